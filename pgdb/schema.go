package pgdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	// versionTable has a row for each applied migration.
	versionTable = "tasktwin_db_version"
	// earlierTable is the version table of earlier builds. Other programs that use
	// goose have a table with this name, too.
	earlierTable = "goose_db_version"
	// earlierVersion is the last version of earlier builds.
	earlierVersion = 3
)

// schema describes tasktwin's objects in a schema. It is zero for an empty
// schema.
type schema struct {
	// table is the version table, or empty.
	table   string
	version int
}

// object is a table, view, sequence, type or function.
type object struct{ Kind, Name string }

func (o object) String() string { return o.Kind + " " + o.Name }

// objectsSQL selects the objects in a schema, except for those that belong to an
// extension or to another object, like the row type of a table. Objects with our
// names come first.
const objectsSQL = `
SELECT kind, name::text
FROM (
    SELECT 'pg_class'::regclass AS catalogue, oid, relnamespace AS namespace, relname AS name, CASE relkind
        WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
        ELSE 'table' END AS kind
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL
    SELECT 'pg_type'::regclass, oid, typnamespace, typname, 'type' FROM pg_type
    UNION ALL
    SELECT 'pg_proc'::regclass, oid, pronamespace, proname, 'function' FROM pg_proc
) AS o
WHERE namespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = o.catalogue AND d.objid = o.oid AND d.objsubid = 0
            AND (d.deptype IN ('e', 'i') OR (d.deptype = 'a' AND o.kind = 'sequence'))
    )
ORDER BY name = ANY($1) DESC, kind, name`

// inspect describes tasktwin's objects in the current schema. It refuses a schema
// with other objects, unless it was created by Migrate: users may add objects to
// that.
func inspect(ctx context.Context, tx pgx.Tx, def *definition) (schema, error) {
	var name *string
	var path string
	var temporary bool
	const current = `SELECT s, current_setting('search_path'), pg_my_temp_schema() IN (SELECT oid FROM pg_namespace WHERE nspname = s)
		FROM current_schema() AS s`
	if err := tx.QueryRow(ctx, current).Scan(&name, &path, &temporary); err != nil {
		return schema{}, err
	}
	switch {
	case name == nil:
		return schema{}, fmt.Errorf("%w: its search_path is %q, of which no schema exists", ErrRefused, path)
	case temporary: // tables in it would be dropped with the session
		return schema{}, fmt.Errorf("%w: its search_path is %q, which begins with the schema of temporary tables", ErrRefused, path)
	}
	var ours []string
	for _, o := range def.objects(def.latest()) {
		ours = append(ours, o.Name)
	}
	rows, err := tx.Query(ctx, objectsSQL, ours)
	if err != nil {
		return schema{}, err
	}
	objects, err := pgx.CollectRows(rows, pgx.RowToStructByPos[object])
	if err != nil {
		return schema{}, err
	}
	switch {
	case len(objects) == 0:
		return schema{}, nil
	case slices.Contains(objects, object{"table", versionTable}):
		return inspectOurs(ctx, tx, def)
	default:
		return inspectEarlier(ctx, tx, *name, objects, def)
	}
}

// inspectOurs reads the version table.
func inspectOurs(ctx context.Context, tx pgx.Tx, def *definition) (schema, error) {
	s := schema{table: versionTable}
	if err := tx.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM "+versionTable).Scan(&s.version); err != nil {
		return s, fmt.Errorf("%s: %w", versionTable, err)
	}
	if s.version > def.latest() {
		return s, fmt.Errorf("%w: it was made by a newer tasktwin: it is at version %d, and this one knows %d",
			ErrRefused, s.version, def.latest())
	}
	return s, nil
}

// inspectEarlier refuses a schema that does not have exactly the objects of an
// earlier build.
func inspectEarlier(ctx context.Context, tx pgx.Tx, name string, objects []object, def *definition) (schema, error) {
	others := slices.DeleteFunc(slices.Clone(objects), func(o object) bool { return o == object{"table", earlierTable} })
	if len(others) == len(objects) {
		return schema{}, refuseObjects(name, objects)
	}
	version, err := readEarlierVersion(ctx, tx)
	if err != nil {
		return schema{}, err
	}
	if version == 0 || !slices.Equal(sorted(others), sorted(def.objects(version))) {
		// Objects that cannot be ours come first, and those that could be last.
		ours := def.objects(def.latest())
		fits := func(o object) bool { return slices.Contains(ours, o) }
		unfit := slices.DeleteFunc(slices.Clone(others), fits)
		fit := slices.DeleteFunc(others, func(o object) bool { return !fits(o) })
		return schema{}, refuseObjects(name, slices.Concat([]object{{"table", earlierTable}}, unfit, fit))
	}
	return schema{table: earlierTable, version: version}, nil
}

// readEarlierVersion returns the version in goose's table, or 0 if the versions
// there are not those of an earlier build.
func readEarlierVersion(ctx context.Context, tx pgx.Tx) (int, error) {
	var version int
	// In a savepoint, because the table may have other columns.
	err := pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		const sql = `
SELECT CASE WHEN min(version_id) = 0 AND max(version_id) <= $1 AND count(*) = max(version_id) + 1
    AND count(DISTINCT version_id) = count(*) AND bool_and(is_applied) THEN max(version_id) ELSE 0 END
FROM ` + earlierTable
		return tx.QueryRow(ctx, sql, earlierVersion).Scan(&version)
	})
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && strings.HasPrefix(e.Code, "42") {
		return 0, nil // syntax_error_or_access_rule_violation
	}
	return version, err
}

// refuseObjects returns an error that names some of the objects.
func refuseObjects(schema string, objects []object) error {
	const most = 5
	var b strings.Builder
	for i, o := range objects[:min(most, len(objects))] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(o.String())
	}
	if n := len(objects) - most; n > 0 {
		fmt.Fprintf(&b, " and %d more", n)
	}
	return fmt.Errorf("%w: its schema %s has what tasktwin did not make: %s; give an empty database, "+
		"or make an empty schema and name it by search_path in the URL", ErrRefused, pgx.Identifier{schema}.Sanitize(), b.String())
}

func sorted(objects []object) []object {
	slices.SortFunc(objects, func(a, b object) int { return cmp.Compare(a.String(), b.String()) })
	return objects
}
