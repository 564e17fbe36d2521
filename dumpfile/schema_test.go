package dumpfile

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
)

var update = flag.Bool("update", false, "write the file of the newest version of the schema, if there is none")

// A new table, column or enum value makes a new version of the schema. The files of
// the older versions stay as they are.
func TestEveryVersionOfTheSchemaIsKept(t *testing.T) {
	t.Parallel()
	const help = "for a new table, column or enum value: increment Schema and describe the addition in current, both in dumpfile/schema.go, " +
		"and run go test -update"
	for version := 1; version <= Schema; version++ {
		tables, err := current.at(version)
		noError(t, err)
		var got strings.Builder
		for _, table := range tables {
			fmt.Fprintf(&got, "%s: %s\n", table.name, strings.Join(table.columns, ", "))
		}
		file := fmt.Sprintf("testdata/schema%d.txt", version)
		if _, err := os.Stat(file); *update && version == Schema && errors.Is(err, fs.ErrNotExist) {
			noError(t, os.WriteFile(file, []byte(got.String()+"\n"+enums()), 0o644))
		}
		want, err := os.ReadFile(file)
		noError(t, err, "run go test -update")
		columns, _, _ := strings.Cut(string(want), "\n\n")
		equal(t, columns+"\n", got.String(), help)
		if version == Schema { // the code does not know the enums of older versions
			equal(t, string(want), got.String()+"\n"+enums(), help)
		}
	}
}

// enums lists the enums that are used by columns, with their values.
func enums() string {
	return values(tasktwin.AllProvisionerJobStatusValues()) + values(tasktwin.AllWorkspaceTransitionValues()) +
		values(tasktwin.AllBuildReasonValues()) + values(tasktwin.AllWorkspaceAgentLifecycleStateValues()) +
		values(tasktwin.AllWorkspaceAppHealthValues()) + values(tasktwin.AllWorkspaceAppStatusStateValues())
}

func values[E interface {
	~string
	TypeName() string
}](all []E,
) string {
	var text []string
	for _, v := range all {
		text = append(text, string(v))
	}
	return fmt.Sprintf("%s: %s\n", all[0].TypeName(), strings.Join(text, ", "))
}

// madeUp returns a schema whose version 2 added columns of existing tables, and
// whose version 3 added a table with a column.
func madeUp(more ...addition) *schema {
	return &schema{version: 4, tables: tables, added: append([]addition{
		{version: 2, table: "tasks", column: "display_name", value: `"none"`},
		{version: 2, table: "tasks", column: "deleted_at", value: `null`},
		{version: 2, table: "workspaces", column: "user_acl", value: `"{\"a\": 1}"`},
		{version: 2, table: "workspace_builds", column: "reason", value: `"cli"`},
		{version: 3, table: "provisioner_jobs", column: "job_status", value: `"pending"`},
		{version: 3, table: "task_snapshots"},
		{version: 4, table: "task_snapshots", column: "log_snapshot"},
	}, more...)}
}

// schemaField returns the header's field for a version of the schema.
func schemaField(version int) string { return fmt.Sprintf(`"schema":%d`, version) }

// inSchema returns the lines of sampleRows without the end line, as another
// version of the schema has them: without some columns.
func inSchema(t *testing.T, version int, without map[string][]string) []string {
	t.Helper()
	var out []string
	var drop []int
	for _, line := range lines(t, sampleRows()) {
		var m mark
		switch {
		case strings.HasPrefix(line, `{"format"`):
			line = strings.Replace(line, schemaField(Schema), schemaField(version), 1)
		case strings.HasPrefix(line, "{"):
			noError(t, json.Unmarshal([]byte(line), &m))
			drop = nil
			for i, column := range m.Columns {
				if slices.Contains(without[m.Table], column) {
					drop = append(drop, i)
				}
			}
			m.Columns = remove(m.Columns, drop)
			text, err := json.Marshal(m)
			noError(t, err)
			line = string(text) + "\n"
		default:
			var row []json.RawMessage
			noError(t, json.Unmarshal([]byte(line), &row))
			text, err := json.Marshal(remove(row, drop))
			noError(t, err)
			line = string(text) + "\n"
		}
		out = append(out, line)
	}
	return out
}

func remove[T any](list []T, drop []int) []T {
	var out []T
	for i, v := range list {
		if !slices.Contains(drop, i) {
			out = append(out, v)
		}
	}
	return out
}

// added2 and added3 are the columns that the versions 2 and 3 of madeUp added.
var (
	added3 = map[string][]string{"provisioner_jobs": {"job_status"}}
	added2 = map[string][]string{
		"provisioner_jobs": {"job_status"}, "tasks": {"display_name", "deleted_at"}, "workspaces": {"user_acl"}, "workspace_builds": {"reason"},
	}
)

func TestOlderSchemaIsLoadedWithDefaults(t *testing.T) {
	t.Parallel()
	for _, explicit := range []bool{true, false} {
		content := inSchema(t, 1, added2)
		if !explicit { // like the first dumps
			content[0] = strings.Replace(content[0], schemaField(1)+",", "", 1)
		}
		// Version 2 does not have this table.
		n := slices.IndexFunc(content, func(line string) bool { return strings.HasPrefix(line, `{"table":"task_snapshots"`) })
		content = slices.Delete(content, n, n+2) // with its row
		rows, info, err := readRows(bytes.NewReader(ended(content)), madeUp())
		noError(t, err)
		equal(t, 1, info.Schema)
		equal(t, len(tables)-1, len(info.Tables))

		want := sampleRows()
		for i := range want.Tasks {
			want.Tasks[i].DisplayName, want.Tasks[i].DeletedAt = "none", sql.NullTime{}
		}
		want.Workspaces[0].UserACL = json.RawMessage(`{"a": 1}`)
		want.WorkspaceBuilds[0].Reason = tasktwin.BuildReasonCLI
		want.ProvisionerJobs[1].JobStatus = tasktwin.ProvisionerJobStatusPending
		want.TaskSnapshots = []tasktwin.TaskSnapshot{}
		equal(t, want, rows)
	}
}

// Dumps of the newest schema have all its columns.
func TestSameSchemaHasNoDefaults(t *testing.T) {
	t.Parallel()
	content := inSchema(t, 4, nil)
	rows, info, err := readRows(bytes.NewReader(ended(content)), madeUp())
	noError(t, err)
	equal(t, 4, info.Schema)
	equal(t, sampleRows(), rows)
}

func TestOtherSchemasAreRefused(t *testing.T) {
	t.Parallel()
	newer := fmt.Sprintf("the dump was made by another schema (version %d): this tasktwin knows version %d", Schema+1, Schema)
	for name, c := range map[string]struct {
		lines  []string
		schema *schema
		kind   error
		want   string
	}{
		"newer": {inSchema(t, Schema+1, nil), &current, ErrSchema, newer},
		"newer with a column that is not known": {
			edited(inSchema(t, Schema+1, nil), `"display_name"`, `"colour"`), &current, ErrSchema, newer,
		},
		"older than a column without a default": {
			inSchema(t, 3, map[string][]string{"task_snapshots": {"log_snapshot"}}), madeUp(), ErrSchema,
			"the dump was made by another schema (version 3): the column log_snapshot of the table task_snapshots " +
				"is in the schema since version 4, and has no default",
		},
		"older with a newer column": {
			inSchema(t, 2, nil), madeUp(addition{version: 3, table: "users", column: "name", value: `""`}), ErrDamaged,
			`the table users has no column "name"`,
		},
		"older without a column of its own": {
			inSchema(t, 3, map[string][]string{"tasks": {"display_name"}}), &schema{version: 4, tables: tables}, ErrDamaged,
			"the column display_name of the table tasks is missing",
		},
		"older with a newer table": {
			inSchema(t, 2, added3), madeUp(), ErrDamaged, `there is no table "task_snapshots"`,
		},
		"the same with a column less": {
			inSchema(t, Schema, map[string][]string{"tasks": {"display_name"}}), &current, ErrDamaged,
			"the column display_name of the table tasks is missing",
		},
		"0":       {inSchema(t, 0, nil), &current, ErrDamaged, "line 1: the schema's version is 0"},
		"below 0": {inSchema(t, -1, nil), &current, ErrDamaged, "line 1: the schema's version is -1"},
		"null": {
			edited(lines(t, sampleRows()), schemaField(Schema), `"schema":null`), &current, ErrDamaged,
			"line 1: schema: it is not an integer",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, info, err := readRows(bytes.NewReader(ended(c.lines)), c.schema)
			isError(t, err, c.kind)
			errorContains(t, err, c.want)
			holds(t, rows == nil, rows)
			holds(t, info == nil, info)
			equal(t, errors.Is(c.kind, ErrDamaged), errors.Is(err, ErrDamaged))
		})
	}
}

// edited replaces the first old in the lines.
func edited(lines []string, old, with string) []string {
	return strings.SplitAfter(strings.Replace(strings.TrimSuffix(strings.Join(lines, ""), "\n"), old, with, 1)+"\n", "\n")
}

func TestBadDefaultsAreErrors(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]addition{
		"there is no such column": {version: 2, table: "tasks", column: "colour", value: `""`},
		"it is not a string":      {version: 2, table: "tasks", column: "prompt", value: `1`},
		"it is not a value of":    {version: 2, table: "workspace_builds", column: "reason", value: `"whim"`},
	} {
		_, err := (&schema{version: 2, tables: tables, added: []addition{a}}).at(1)
		errorContains(t, err, want)
	}
}

// The header contains the version of the schema.
func TestHeader(t *testing.T) {
	t.Parallel()
	header := lines(t, sampleRows())[0]
	holds(t, strings.HasPrefix(header, `{"format":"tasktwin dump","version":1,`+schemaField(Schema)+`,"created_by":"`), header)
}
