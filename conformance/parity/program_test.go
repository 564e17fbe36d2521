package parity_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestProgramsRoundTrip(t *testing.T) {
	t.Parallel()
	p := parity.Generate(memdb.New(memdb.Options{}), 1, parity.PresetMixed, 3000)
	text := p.String()
	read, err := parity.ParseProgram(text)
	require.NoError(t, err)
	require.Equal(t, text, read.String())
	require.Len(t, read, len(p))
	for i := range p {
		require.Empty(t, parity.Compare(p[i].Arg, read[i].Arg), p[i])
	}
	for _, name := range []string{
		program.OpBegin, program.OpCommit, program.OpRollback, program.OpSavepoint, program.OpRelease, program.OpCancel,
	} {
		require.Contains(t, text, name)
	}
	require.Equal(t, text, parity.Generate(memdb.New(memdb.Options{}), 1, parity.PresetMixed, 3000).String())
}

func TestProgramTextRefuses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"Nope":                    `line 1: there is no operation "Nope"`,
		"\n\nGetTaskByID x":       "line 3: GetTaskByID: x: ",
		"GetTaskByID":             "takes one value, and has 0",
		"InsertUser Nope=1":       `"Nope=1" is no field`,
		"InsertUser Name=ada":     "ada is no quoted text",
		`InsertUser Name="ada`:    "a quote is not closed",
		"InsertUser CreatedAt=x":  "CreatedAt: x: ",
		"InsertUser Deleted=2":    "2 is neither true nor false",
		"commit":                  "does not end what it begins",
		"begin":                   "does not end what it begins",
		"begin\nrollback now":     "takes no argument",
		"begin Isolation=\"x\" y": `"y" is no field`,
		"UpsertTaskWorkspaceApp WorkspaceBuildNumber=2147483648": "no integer of 32 bits",
	} {
		_, err := parity.ParseProgram(line)
		require.ErrorContains(t, err, want, line)
	}
}

// Balanced turns any part of a program into a program.
func TestBalanced(t *testing.T) {
	t.Parallel()
	for have, want := range map[string]string{
		"commit":                   "",
		"begin":                    "begin|commit",
		"savepoint":                "begin|commit",
		"begin|begin":              "begin|savepoint|release|commit",
		"begin|fork|commit":        "begin|commit",
		"savepoint|release":        "begin|commit",
		"begin|savepoint|rollback": "begin|savepoint|rollback|commit",
		"release|begin|panic":      "begin|panic",
	} {
		var p parity.Program
		for name := range strings.SplitSeq(have, "|") {
			p = append(p, parity.Op{Name: name})
		}
		got := strings.Fields(p.Balanced().String())
		require.Equal(t, want, strings.Join(got, "|"), have)
	}
}

// Running a program on a store repeats what its generator did.
func TestProgramsRepeat(t *testing.T) {
	t.Parallel()
	p := parity.Generate(memdb.New(memdb.Options{}), 2, parity.PresetMixed, 3000)
	var dumps [2]*tasktwin.Dump
	for i := range dumps {
		db := memdb.New(memdb.Options{})
		calls := 0
		require.NoError(t, parity.Apply(t.Context(), db, p, func(parity.Op, error) { calls++ }))
		require.Greater(t, calls, 2500)
		var err error
		dumps[i], err = db.Dump(t.Context())
		require.NoError(t, err)
	}
	require.Empty(t, parity.Compare(dumps[0], dumps[1]))
	require.NotEmpty(t, dumps[0].Tasks)
	require.NotEmpty(t, dumps[0].WorkspaceAppStatuses)
}

func TestPanicsAndRollbacks(t *testing.T) {
	t.Parallel()
	user := func(name string) string {
		return `InsertUser ID=00000000-0000-0000-0000-00000000000` + name + ` Username="` + name + `" Email="` + name + `"` + "\n"
	}
	p, err := parity.ParseProgram("begin\n" + user("1") +
		"savepoint\n" + user("2") + "panic\n" + user("3") +
		"savepoint\n" + user("4") + "rollback\n" +
		"savepoint\n" + user("5") + "release\ncommit\n" +
		"begin\n" + user("6") + "panic\n" +
		"begin\n" + user("7") + "rollback\n" +
		"cancel\n" + user("8") +
		"cancel\nbegin\n" + user("9") + "commit\n")
	require.NoError(t, err)
	db := memdb.New(memdb.Options{})
	require.NoError(t, parity.Apply(t.Context(), db, p, nil))
	dump, err := db.Dump(t.Context())
	require.NoError(t, err)
	var names []string
	for _, u := range dump.Users {
		names = append(names, u.Username)
	}
	require.Equal(t, []string{"1", "3", "5"}, names)
}

// Each failure of the matrix fails with the outcome that it is named after.
func TestMatrixFails(t *testing.T) {
	t.Parallel()
	for name, op := range workload.MatrixFailures() {
		db := memdb.New(memdb.Options{})
		var last error
		require.NoError(t, parity.Apply(t.Context(), db, append(workload.MatrixRows(), op), func(_ parity.Op, err error) { last = err }))
		want, _, _ := strings.Cut(name, ",")
		got, _, _ := strings.Cut(stores.Outcome(last), " ")
		if want != "no rows" {
			require.Equal(t, want, got)
		} else {
			require.Equal(t, want, stores.Outcome(last))
		}
	}
	require.Greater(t, len(workload.Matrix()), 2000)
}

// An update is folded into the insert of its row, and into no other.
func TestUpdatesAreFolded(t *testing.T) {
	t.Parallel()
	app := tasktwin.InsertWorkspaceAppParams{ID: program.ID(1), Health: tasktwin.WorkspaceAppHealthHealthy, Slug: "a"}
	insert := parity.Op{Name: "InsertWorkspaceApp", Arg: app}
	update := parity.Op{Name: "UpdateWorkspaceAppHealthByID", Arg: tasktwin.UpdateWorkspaceAppHealthByIDParams{
		ID: app.ID, Health: tasktwin.WorkspaceAppHealthUnhealthy,
	}}
	taken, ok := insert.Taking(update)
	require.True(t, ok)
	app.Health = tasktwin.WorkspaceAppHealthUnhealthy
	require.Equal(t, app, taken.Arg)
	other := parity.Op{Name: "InsertWorkspaceApp", Arg: tasktwin.InsertWorkspaceAppParams{ID: program.ID(2)}}
	_, ok = other.Taking(update)
	require.False(t, ok)
	_, ok = parity.Op{Name: "DeleteUserByID", Arg: program.ID(1)}.Taking(update)
	require.False(t, ok)
}
