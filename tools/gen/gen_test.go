package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// words replaces white space by single spaces, and backquotes by ~.
func words(text []byte) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(string(text)), " "), "`", "~")
}

func TestGenerate(t *testing.T) {
	t.Parallel()
	files, err := generate(small(t))
	require.NoError(t, err)
	for name, wants := range map[string][]string{
		"enums.go": {
			`// NoteKind is what a note is. type NoteKind string`,
			`const ( NoteKindTodo NoteKind = "todo" NoteKindSSHKey NoteKind = "ssh_key" )`,
			`func (NoteKind) TypeName() string { return "note_kind" }`,
		},
		"constraints.go": {
			`UniqueNotesPKey UniqueConstraint = "notes_pkey" UniqueNotesMadeAtIdx UniqueConstraint = "notes_made_at_idx" )`,
			`FKNotesParentFKey ForeignKeyConstraint = "notes_parent_fkey" )`,
			`CheckNotesMadeCheck CheckConstraint = "notes_made_check" )`,
		},
		"models.go": {
			`import ( "time" "github.com/google/uuid" )`,
			`// Note is a row of notes. type Note struct { ID uuid.UUID ~json:"id"~ MadeAt time.Time ~json:"made_at"~ Kind NoteKind ~json:"kind"~ }`,
			`type Dump struct { Notes []Note ~json:"notes"~ }`,
		},
		"params.go": {
			// Described fields are in the order of the comment. The others keep their places.
			`// InsertNoteParams are the columns of a new note. type InsertNoteParams struct { MadeAt time.Time ~json:"made_at"~ // ID is the key,`,
			`// and new. ID uuid.UUID ~json:"id"~ // Kind: what it is. Kind NoteKind ~json:"kind"~ }`,
			`// TouchNoteParams are the parameters of [Querier.TouchNote].`,
			`func (r TouchNoteParams) MarshalJSON() ([]byte, error) { return marshalRow(r) }`,
		},
		"pgdb/internal/null/null.go": {`NoteKind = sql.Null[tasktwin.NoteKind]`},
		"pgdb/forward.go": {
			`return one(ctx, q, writes, func() error { return enums.Check(arg.Kind) }, (*sqlc.Queries).InsertNote, ` +
				`sqlc.InsertNoteParams{MadeAt: arg.MadeAt, Kind: arg.Kind, ID: arg.ID}, toNote)`,
			`return many(ctx, q, reads, func() error { return enums.Check(kind) }, (*sqlc.Queries).ListNotes, kind, toNote)`,
			`return q.run(ctx, writes, nothing, func(s *sqlc.Queries) error { return s.TouchNote(ctx, sqlc.TouchNoteParams(arg)) })`,
			`return one(ctx, q, writes, nothing, (*sqlc.Queries).DeleteNote, id, same)`,
		},
		"pgdb/rows.go": {`func toNote(row sqlc.Note) tasktwin.Note { out := tasktwin.Note(row) utc(&out.MadeAt) return out }`},
		"pgdb/scan_enums.go": {
			`case *tasktwin.NoteKind: return (*string)(d)`,
			`case *sql.Null[tasktwin.NoteKind]: return (*nativeNullEnum[tasktwin.NoteKind])(d)`,
		},
		"pgdb/internal/sqlc/notes.go": {
			`const insertNote = ~INSERT INTO notes (id, made_at, kind) VALUES ($1, $2, $3) -- name: InsertNote :one ~ type NoteKind`,
		},
		"pgdb/dump_tables.go": {`dumpTable("notes", q.DumpNotes, toNote, &d.Notes),`},
		"pgdb/load_tables.go": {`copyTable(tx, "notes", d.Notes),`},
		"internal/enums/dump.go": {
			`for i := range d.Notes { r := &d.Notes[i] if err := Check(r.Kind); err != nil { return err } }`,
		},
		"tasktest/insert_rows.go": {
			`each("InsertNote", tx.InsertNote, d.Notes, insertNoteParams),`,
			`func insertNoteParams(r tasktwin.Note) tasktwin.InsertNoteParams { ` +
				`return tasktwin.InsertNoteParams{ MadeAt: r.MadeAt, ID: r.ID, Kind: r.Kind, } }`,
		},
		"tasktest/dumped_tables.go": {
			`tableOf("notes", d.Notes, []column{ {name: "id", key: true}, {name: "made_at"}, {name: "kind"},`,
			`func(r *tasktwin.Note) []any { return []any{ r.ID, r.MadeAt, r.Kind,`,
		},
		"internal/intercept/querier_methods.go": {
			`return callHook(ctx, q, "ListNotes", tasktwin.Store.ListNotes, kind)`, `return callHookExec(ctx, q, "TouchNote",`,
			`"ListNotes": false, "TouchNote": true,`,
		},
		"conformance/internal/stores/method_calls.go": {
			`"ListNotes": calling(tasktwin.Store.ListNotes), "TouchNote": callingExec(tasktwin.Store.TouchNote),`,
		},
		"conformance/internal/stores/constraint_outcomes.go": {
			`"InsertNote": { "23503 notes_parent_fkey", "23505 notes_made_at_idx", "23514 notes_made_check", }`,
			`"TouchNote": { "22001", "23505 notes_made_at_idx", "23514 notes_made_check", }`,
			`"DeleteNote": { "23001/23503 notes_parent_fkey", }`,
		},
	} {
		for _, want := range wants {
			assert.Contains(t, words(files[name]), want, name)
		}
	}
}

// What has the names last stays as it is, so that generating twice changes nothing.
func TestNamesLast(t *testing.T) {
	t.Parallel()
	const first = "const a = `-- name: A :one\nSELECT 1\n-- why\nFROM b\n`\n\nconst b = `-- name: B :exec\nDELETE\n`\n"
	const last = "const a = `SELECT 1\n-- why\nFROM b\n-- name: A :one\n`\n\nconst b = `DELETE\n-- name: B :exec\n`\n"
	require.Equal(t, last, namesLast(first))
	require.Equal(t, last, namesLast(last))
}

// Declarations that are written by hand are not generated.
func TestHandWrittenCodeWins(t *testing.T) {
	t.Parallel()
	files, err := generate(small(t,
		change{"pgdb/db.go", "package pgdb", "package pgdb\n\nfunc (q queries) ListNotes() {}"},
		change{"querier.go", "package p\n", "package p\n\ntype InsertNoteParams struct{ MadeAt, Kind, ID any }\n"},
	))
	require.NoError(t, err)
	assert.NotContains(t, string(files["pgdb/forward.go"]), "ListNotes")
	assert.Contains(t, string(files["internal/intercept/querier_methods.go"]), "ListNotes")
	assert.NotContains(t, string(files["params.go"]), "InsertNoteParams")
	assert.Contains(t, string(files["pgdb/forward.go"]), "sqlc.InsertNoteParams(arg)")
}

// Functions of tasktest that are written by hand take the place of what is generated.
func TestHandWrittenInsertsWin(t *testing.T) {
	t.Parallel()
	const file, sqlc = "tasktest/insert.go", "pgdb/internal/sqlc/notes.go"
	inserts := func(changes ...change) string {
		files, err := generate(small(t, changes...))
		require.NoError(t, err)
		return words(files["tasktest/insert_rows.go"])
	}
	rows := inserts(change{file, "tasktest\n", "tasktest\n\nfunc insertNotes() {}\n"})
	assert.Contains(t, rows, "return []func(context.Context) error{ insertNotes(tx, d.Notes), }")
	assert.Contains(t, rows, "func insertNoteParams(")

	rows = inserts(
		change{file, "tasktest\n", "tasktest\n\nfunc insertNoteParams() {}\n"},
		change{sqlc, "MadeAt time.Time", "Made time.Time"},
	)
	assert.Contains(t, rows, `each("InsertNote", tx.InsertNote, d.Notes, insertNoteParams),`)
	assert.NotContains(t, rows, "func insertNoteParams(")

	rows = inserts(
		change{file, "tasktest\n", "tasktest\n\nfunc insertNotes() {}\n"},
		change{"querier.go", "InsertNote(", "AddNote("}, change{sqlc, "InsertNote(", "AddNote("},
	)
	assert.Contains(t, rows, "insertNotes(tx, d.Notes)")
	assert.NotContains(t, rows, "Params")
}

// A row whose columns are all parameters is converted. A statement may return nothing.
func TestInsertsOfEveryColumn(t *testing.T) {
	t.Parallel()
	const sqlc = "pgdb/internal/sqlc/notes.go"
	files, err := generate(small(t,
		change{
			"pgdb/migrations/1.sql", "-- +goose Down",
			"-- Title is a row of titles.\nCREATE TABLE titles (id uuid CONSTRAINT titles_pkey PRIMARY KEY);\n-- +goose Down",
		},
		change{"querier.go", "TouchNote(ctx context.Context, arg TouchNoteParams)", "UpsertTitle(ctx context.Context, arg UpsertTitleParams)"},
		change{sqlc, "TouchNote(ctx context.Context, arg TouchNoteParams)", "UpsertTitle(ctx context.Context, arg UpsertTitleParams)"},
		change{sqlc, "package sqlc\n", `package sqlc
			type Title struct { ID uuid.UUID }
			type UpsertTitleParams struct { ID uuid.UUID }
			func (q *Queries) DumpTitles(ctx context.Context) ([]Title, error) {}
		`},
	))
	require.NoError(t, err)
	rows := words(files["tasktest/insert_rows.go"])
	assert.Contains(t, rows, `each("UpsertTitle", noRow(tx.UpsertTitle), d.Titles, upsertTitleParams),`)
	assert.Contains(t, rows, "return tasktwin.UpsertTitleParams(r) }")
}

// Errors say what is missing, and where.
func TestProblemsAreNamed(t *testing.T) {
	t.Parallel()
	const (
		schema  = "pgdb/migrations/1.sql"
		queries = "pgdb/queries/notes.sql"
		sqlc    = "pgdb/internal/sqlc/notes.go"
	)
	for name, c := range map[string]struct {
		change

		want string
	}{
		"no query": {
			change{sqlc, "Queries) TouchNote", "Queries) TouchNotes"},
			"querier.go has TouchNote, and pgdb/queries has no query of that name",
		},
		"another result": {
			change{"querier.go", "(Note, error)", "([]Note, error)"},
			"InsertNote is (ctx, InsertNoteParams) ([]Note, error), and the query of that name is (ctx, InsertNoteParams) (Note, error)",
		},
		"no argument": {
			change{"querier.go", ", arg TouchNoteParams", ""},
			"TouchNote has to take a context and one argument",
		},
		"no dump": {
			change{sqlc, "DumpNotes", "Dump"},
			"the table notes has no query for Dump, which begins: -- name: DumpNotes :many",
		},
		"no insert": {
			change{"querier.go", "InsertNote(", "AddNote("},
			"the table notes has no method InsertNote or UpsertNote in querier.go",
		},
		"no column of a field": {
			change{sqlc, "MadeAt time.Time", "Made time.Time"},
			"InsertNoteParams has a field MadeAt, and Note has no column of that name",
		},
		"no comment": {
			change{schema, "-- Note is a row of notes.\n", ""},
			"CREATE TABLE notes: no comment above it begins with its name in Go, such as -- Note is",
		},
		"another name": {
			change{schema, "-- Note is", "-- Notice is"},
			"the table notes: its comment in pgdb/migrations begins with Notice, but sqlc calls its rows something else",
		},
		"another enum": {
			change{schema, "-- NoteKind is", "-- Kind is"},
			"the type note_kind: its comment in pgdb/migrations begins with Kind",
		},
		"no field": {
			change{queries, "Kind: what", "Sort: what"},
			"the comment on InsertNoteParams describes a field Sort",
		},
		"no query's name": {
			change{queries, "-- name: TouchNote :exec\n", ""},
			"no comment such as -- name: ListTasks :many is directly above",
		},
		"nullable enum": {
			change{sqlc, "tasktwin.NoteKind ~json:\"kind\"~\n\tID", "null.NoteKind ~json:\"kind\"~\n\tID"},
			"InsertNote: arg.Kind is an enum that may be NULL",
		},
		"no primary key": {
			change{schema, "CONSTRAINT notes_pkey PRIMARY KEY (id)", "CONSTRAINT notes_key UNIQUE (id)"},
			"the table notes has no constraint notes_pkey, by which its rows are told apart",
		},
		"no column": {
			change{sqlc, "MadeAt time.Time", "Other time.Time ~json:\"other\"~\n\tMadeAt time.Time"},
			"the table notes has no column for the field Other of Note",
		},
		"no constraint's name": {
			change{schema, "CONSTRAINT notes_pkey ", ""},
			`"PRIMARY KEY ( id )" has no name: write CONSTRAINT and a name before PRIMARY`,
		},
		"no column's constraint's name": {
			change{schema, "id uuid NOT NULL", "id uuid REFERENCES others (id)"},
			"has no name: write CONSTRAINT and a name before REFERENCES",
		},
		"statement": {
			change{schema, "CREATE UNIQUE INDEX", "RENAME UNIQUE INDEX"},
			"tools/gen does not know what this statement does",
		},
		"no semicolon": {
			change{schema, "(made_at);", "(made_at)"},
			`no semicolon after "CREATE UNIQUE INDEX notes_made_at_idx`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := generate(small(t, c.change))
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Later migrations change the objects of earlier ones.
func TestMigrations(t *testing.T) {
	t.Parallel()
	var s schema
	for _, text := range []string{
		`-- E is one.
		CREATE TYPE e AS ENUM ('b');
		-- T is a row.
		CREATE TABLE t (id int CONSTRAINT t_pkey PRIMARY KEY);

		-- V is a row.
		CREATE VIEW v AS SELECT ';';`,
		"ALTER TYPE e ADD VALUE 'd'; ALTER TYPE e ADD VALUE IF NOT EXISTS 'a' BEFORE 'b'; ALTER TYPE e ADD VALUE 'c' AFTER 'b';",
		`ALTER TABLE t ADD COLUMN a int CONSTRAINT t_a_fkey REFERENCES t (id) ON DELETE CASCADE,
			ADD CONSTRAINT t_a_check CHECK (a > 0), DROP CONSTRAINT t_pkey;`,
		"ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN a TYPE bigint, ADD b int CONSTRAINT t_b_key UNIQUE;",
		"ALTER TABLE t DROP COLUMN b;",
		"CREATE UNIQUE INDEX CONCURRENTLY x ON t (a); CREATE UNIQUE INDEX IF NOT EXISTS y ON t (a); DROP INDEX x;",
		"DROP VIEW v; CREATE VIEW v AS SELECT 2;\n-- +goose Down\nDROP TABLE t;",
	} {
		require.NoError(t, s.migrate(text))
	}
	require.Equal(t, []string{"a", "b", "c", "d"}, s.enums[0].values)
	require.Equal(t, []constraint{
		{name: "t_a_fkey", kind: foreignKey, columns: []string{"a"}, refersTo: "t", cascades: true},
		{name: "t_a_check", kind: check, columns: []string{"a", ">", "0"}},
		{name: "y", kind: unique, columns: []string{"a"}},
	}, s.tables[0].constraints)
	require.Equal(t, []column{{name: "id", typ: "int"}, {name: "a", typ: "bigint", notNull: true}}, s.tables[0].columns)
	require.Equal(t, []string{"V is a row."}, s.views[0].doc.lines)
	require.Len(t, s.views, 1)
}

// sqlc's configuration gets the enums, in place of those that it had.
func TestSqlcConfig(t *testing.T) {
	t.Parallel()
	root := small(t)
	path := filepath.Join(root, "pgdb", "sqlc.yaml")
	require.NoError(t, os.WriteFile(path, []byte("a: 1\n"+overridesBegin+"old\n"+overridesEnd+"b: 2\n"), 0o600))
	for range 2 {
		require.NoError(t, writeSqlcConfig(root))
		config, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, "a: 1 "+words([]byte(overridesBegin))+
			" - db_type: note_kind go_type: {import: github.com/tasktwin/tasktwin, type: NoteKind}"+
			" - db_type: note_kind nullable: true go_type: {import: github.com/tasktwin/tasktwin/pgdb/internal/null, type: NoteKind} "+
			words([]byte(overridesEnd))+" b: 2", words(config))
	}
	require.NoError(t, os.WriteFile(path, []byte("a: 1\n"), 0o600))
	require.ErrorContains(t, writeSqlcConfig(root), "there are no lines")
}
