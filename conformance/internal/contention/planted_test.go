package contention

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/scripts"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
	"github.com/tasktwin/tasktwin/memdb"
)

// openSound opens a memdb as it is, if the one that is tested has a mistake. It is set
// by a file that tools/planted adds.
var openSound func(version int) memory

// choicesOfMemdb are what memdb may answer in several ways: nothing, but the generated programs
// are those that suit PostgreSQL.
var choicesOfMemdb = func() sessions.Choices {
	choices := sessions.ChoicesOfPostgres
	choices.FailsMore = false
	return choices
}()

// A program that finds a mistake is short if it has shrunk to so many steps. If it is long, so
// many are looked for, and the shortest is reported.
const (
	shortProgram = 10
	longPrograms = 3
)

// hangTimeout bounds a program on a memdb with a mistake.
const hangTimeout = 3 * time.Second

// A mistake that was planted in memdb is found by comparing it with memdb as it is,
// which has the order of those that wait, and the serializable transactions that fail,
// that PostgreSQL does not fix. PostgreSQL then has its say on the shrunk program.
func TestPlantedMistake(t *testing.T) {
	t.Parallel()
	if openSound == nil {
		t.Skip("no mistake is planted: see tools/planted")
	}
	pg := openPostgres(t)
	version, err := pg.plain.Store().ServerVersion(t.Context())
	require.NoError(t, err)
	sound := func(ctx context.Context, _ program.Program) (sessions.Engine, error) {
		db := openSound(version)
		return sessions.InProcess(db), db.Load(ctx, scripts.Fixture())
	}
	broken := func(ctx context.Context, _ program.Program) (sessions.Engine, error) {
		db := memdb.New(memdb.Options{PostgresVersion: version})
		engine := sessions.InProcess(db)
		engine.Dump = func(ctx context.Context) (rows any, err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("dump: %v", p)
				}
			}()
			return db.Dump(ctx)
		}
		return engine, db.Load(ctx, scripts.Fixture())
	}
	differs := func(ctx context.Context, p program.Program) (bool, error) {
		if !scripts.HasNames(p) {
			return false, nil
		}
		return isFound(bounded(ctx, p, sound, broken, choicesOfMemdb)), nil
	}
	first := number(t, "TASKTWIN_SEED", 1)
	var shortest program.Program
	programs, shrunk := uint64(0), 0
	for n := uint64(0); n < number(t, "TASKTWIN_PROGRAMS", 5000) && shrunk < longPrograms; n++ {
		p := Generate(first + n)
		if found, _ := differs(t.Context(), p); !found {
			continue
		}
		small, err := program.Shrink(t.Context(), scripts.Methods(), p, differs)
		require.NoError(t, err)
		shrunk++
		if shortest == nil || len(small) < len(shortest) {
			shortest, programs = small, n+1
		}
		if len(shortest) <= shortProgram {
			break
		}
	}
	if shortest != nil {
		t.Logf("planted: %d programs, %d steps, PostgreSQL: %s\n%s",
			programs, len(shortest), says(t, shortest, pg.engine, broken), report(t, shortest, sound, broken))
	}
}

func isFound(r *sessions.Report, err error) bool { return err != nil || r.Mismatch != "" }

// bounded is lockstep with an engine that may never return.
func bounded(ctx context.Context, p program.Program, ref, sub engines, choices sessions.Choices) (*sessions.Report, error) {
	type outcome struct {
		report *sessions.Report
		err    error
	}
	ctx, cancel := context.WithTimeout(ctx, hangTimeout)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		report, err := lockstepWith(ctx, p, ref, sub, choices)
		done <- outcome{report, err}
	}()
	select {
	case o := <-done:
		return o.report, o.err
	case <-time.After(2 * hangTimeout):
		return nil, errors.New("the program hangs")
	}
}

// says returns whether PostgreSQL differs from a memdb with a mistake.
func says(t *testing.T, p program.Program, pg, broken engines) string {
	t.Helper()
	for range attempts {
		if !isFound(bounded(t.Context(), p, pg, broken, sessions.ChoicesOfPostgres)) {
			return "no"
		}
	}
	return "yes"
}

func report(t *testing.T, p program.Program, sound, broken engines) string {
	t.Helper()
	report, err := bounded(t.Context(), p, sound, broken, choicesOfMemdb)
	if err != nil {
		return err.Error()
	}
	return scripts.WithNames(report.Mismatch + "\n" + report.Transcript)
}
