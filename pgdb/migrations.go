package pgdb

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

//go:embed migrations/*.sql views/*.sql
var sqlFiles embed.FS

// migration is one step of the schema. Its version is its position among all
// migrations, starting with 1.
type migration struct {
	file string
	up   string
	// objects are the tables and types that it creates.
	objects []object
}

// definition is the intended schema.
type definition struct {
	migrations []migration
	views      []view
}

// objects returns the objects of a version of the schema.
func (d *definition) objects(version int) []object {
	var objects []object
	for _, m := range d.migrations[:version] {
		objects = append(objects, m.objects...)
	}
	if version >= firstView {
		for _, v := range d.views {
			objects = append(objects, v.object)
		}
	}
	return objects
}

// latest returns the version after all migrations.
func (d *definition) latest() int { return len(d.migrations) }

func readDefinition() (*definition, error) {
	migrations, err := readMigrations()
	if err != nil {
		return nil, err
	}
	views, err := readViews()
	return &definition{migrations, views}, err
}

var created = regexp.MustCompile(`(?m)^CREATE (?:OR REPLACE )?(TABLE|VIEW|TYPE) (\w+)`)

// objectsIn returns the objects that SQL statements create.
func objectsIn(sql string) []object {
	var objects []object
	for _, match := range created.FindAllStringSubmatch(sql, -1) {
		objects = append(objects, object{strings.ToLower(match[1]), match[2]})
	}
	return objects
}

// readMigrations returns all migrations in order. The files have goose's format,
// which sqlc can read too.
func readMigrations() ([]migration, error) {
	files, err := fs.Glob(sqlFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]migration, len(files))
	for i, file := range files {
		text, err := sqlFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(file, fmt.Sprintf("migrations/%05d_", i+1)) {
			return nil, fmt.Errorf("%s: its number must be %05d", file, i+1)
		}
		up, _, found := strings.Cut(string(text), "\n-- +goose Down\n")
		if !found {
			return nil, fmt.Errorf("%s: it has no line -- +goose Down", file)
		}
		all[i] = migration{file: file, up: up, objects: objectsIn(up)}
	}
	return all, nil
}

// SchemaSQL returns the statements that create the tables, types, indexes and views, in
// order, without what [Migrate] keeps of its own: for servers on which Migrate fails, such
// as one without advisory locks. They have no schema in them, and so create all in the
// first one of the search path.
func SchemaSQL() ([]string, error) {
	def, err := readDefinition()
	if err != nil {
		return nil, err
	}
	var statements []string
	add := func(sql string) {
		for statement := range strings.SplitSeq(comments.ReplaceAllString(sql, ""), ";\n") {
			if statement = strings.TrimSpace(statement); statement != "" {
				statements = append(statements, statement)
			}
		}
	}
	for _, m := range def.migrations {
		add(m.up)
	}
	for _, v := range def.views {
		add(v.sql)
	}
	return statements, nil
}

var comments = regexp.MustCompile(`(?m)^\s*--.*$`)

// firstView is the first version that has the views.
const firstView = 2

// view is a view. Its only definition is applied after the migrations, so
// changing it requires a migration, which may be empty.
type view struct {
	file, sql string
	object
}

// readViews returns the views in the order of their file names.
func readViews() ([]view, error) {
	files, err := fs.Glob(sqlFiles, "views/*.sql")
	if err != nil {
		return nil, err
	}
	var views []view
	for _, file := range files {
		sql, err := sqlFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		objects := objectsIn(string(sql))
		if len(objects) != 1 || objects[0].Kind != "view" {
			return nil, fmt.Errorf("%s: it must create one view", file)
		}
		views = append(views, view{file, string(sql), objects[0]})
	}
	return views, nil
}

// invalidDefinition is the SQLSTATE of CREATE OR REPLACE VIEW if the new columns
// do not begin with the existing ones.
const invalidDefinition = "42P16"

// apply creates or replaces the view. Privileges on it and objects that depend on
// it stay, unless its existing columns change: then it must be dropped first,
// which fails if other objects depend on it.
func (v view) apply(ctx context.Context, tx pgx.Tx) error {
	create := func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, v.sql)
		return err
	}
	err := pgx.BeginFunc(ctx, tx, create)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == invalidDefinition {
		if _, err = tx.Exec(ctx, "DROP VIEW "+pgx.Identifier{v.Name}.Sanitize()); err == nil {
			err = create(tx)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", v.file, err)
	}
	return nil
}
