package conformance

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// envDeclarations makes this test binary run suites that have to fail.
const envDeclarations = "TASKTWIN_TEST_DECLARATIONS"

// otherError returns another error for rows that do not exist.
var otherError = changesAnswer("another error", "DeleteUserByID",
	func(_ tasktwin.Store, _ any, out uuid.UUID, err error) (uuid.UUID, error) {
		if errors.Is(err, sql.ErrNoRows) {
			err = &tasktwin.Error{Code: "XX000"}
		}
		return out, err
	})

func openOther(testing.TB) tasktwin.Store { return plant(memdb.New(memdb.Options{}), otherError, 0) }

// accepted lists that error, and a difference that never occurs.
var accepted = []Difference{
	{Name: "occurs", Matches: func(_ parity.Op, _, sub lockstep.ErrorFacts) bool { return sub.Code == "XX000" }},
	{Name: "never", Matches: func(parity.Op, lockstep.ErrorFacts, lockstep.ErrorFacts) bool { return false }},
}

// TestDeclared is run by TestDeclarations, in a child process.
func TestDeclared(t *testing.T) {
	t.Parallel()
	if os.Getenv(envDeclarations) == "" {
		t.Skip(envDeclarations + " is not set")
	}
	t.Run("run", func(t *testing.T) {
		t.Parallel()
		Run(t, openOther, Deviates("delete/none", "its errors are its own"),
			Deviates("delete/app", "it does not"), Deviates("delete/nothing", ""))
	})
	t.Run("parity", func(t *testing.T) {
		t.Parallel()
		RunParity(t, openMemdb, openOther, Accept(accepted...), Scratch(openMemdb))
	})
	t.Run("skipped", func(t *testing.T) {
		t.Parallel()
		RunParity(t, openMemdb, func(t testing.TB) tasktwin.Store {
			t.Skip("the engine cannot be opened")
			return nil
		}, Accept(accepted...))
	})
	t.Run("part", func(t *testing.T) {
		t.Parallel()
		newParityRun(t, openMemdb, openOther, Accept(accepted...)).matrix(t)
	})
}

// A declaration that does not hold fails the run, and one that holds does not.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDeclared$", "-test.v", "-test.short")
	cmd.Env = append(os.Environ(), envDeclarations+"=1", envOps+"=100", envSeed+"=1", envPreset+"=")
	out, err := cmd.CombinedOutput()
	require.Error(t, err)
	text := string(out)
	for _, want := range []string{
		"--- SKIP: TestDeclared/run/delete/none ", "deviates: its errors are its own",
		"--- FAIL: TestDeclared/run/delete/app ", "declared to deviate (it does not): take the declaration out",
		`Deviates: there is no case "delete/nothing"`,
		`"never" did not occur`,
		"--- PASS: TestDeclared/parity/cases ", "--- PASS: TestDeclared/parity/operations ", "--- PASS: TestDeclared/part ",
		"--- PASS: TestDeclared/skipped ",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, `"occurs" did not occur`)
	assert.Equal(t, 1, strings.Count(text, "did not occur"))
}

// A recorder keeps failures of each kind to itself.
func TestRecorder(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(testing.TB){
		"error":              func(tb testing.TB) { tb.Error("what") },
		"fatal":              func(tb testing.TB) { tb.Fatalf("%s", "what") },
		"fail now":           func(tb testing.TB) { tb.Log("what"); tb.FailNow() },
		"panic":              func(testing.TB) { panic("what") },
		"clean up":           func(tb testing.TB) { tb.Cleanup(func() { tb.Error("what") }) },
		"clean up, fatal":    func(tb testing.TB) { tb.Cleanup(func() { tb.Fatal("what") }) },
		"clean up, a panic":  func(tb testing.TB) { tb.Cleanup(func() { panic("what") }) },
		"clean up, followed": func(tb testing.TB) { tb.Cleanup(func() { tb.Cleanup(func() { tb.Fatal("what") }) }) },
	} {
		var r recorder
		assert.True(t, r.run(t, fn), name)
		assert.Contains(t, r.log(), "what", name)
	}
	cleaned := ""
	var r recorder
	assert.False(t, r.run(t, func(tb testing.TB) {
		tb.Cleanup(func() { cleaned += "b" })
		tb.Cleanup(func() { cleaned += "a" })
		tb.Logf("what")
	}))
	assert.Equal(t, "ab", cleaned)
}
