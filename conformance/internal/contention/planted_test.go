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
		return isFound(bounded(ctx, p, sound, broken)), nil
	}
	first := number(t, "TASKTWIN_SEED", 1)
	for n := range number(t, "TASKTWIN_PROGRAMS", 5000) {
		p := Generate(first + n)
		if found, _ := differs(t.Context(), p); !found {
			continue
		}
		small, err := program.Shrink(t.Context(), scripts.Methods(), p, differs)
		require.NoError(t, err)
		t.Logf("planted: %d programs, %d steps, PostgreSQL: %s\n%s",
			n+1, len(small), says(t, small, pg.engine, broken), report(t, small, sound, broken))
		return
	}
}

func isFound(r *sessions.Report, err error) bool { return err != nil || r.Mismatch != "" }

// bounded is lockstep with an engine that may never return.
func bounded(ctx context.Context, p program.Program, ref, sub engines) (*sessions.Report, error) {
	type outcome struct {
		report *sessions.Report
		err    error
	}
	ctx, cancel := context.WithTimeout(ctx, hangTimeout)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		report, err := lockstep(ctx, p, ref, sub)
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
		if !isFound(bounded(t.Context(), p, pg, broken)) {
			return "no"
		}
	}
	return "yes"
}

func report(t *testing.T, p program.Program, sound, broken engines) string {
	t.Helper()
	report, err := bounded(t.Context(), p, sound, broken)
	if err != nil {
		return err.Error()
	}
	return scripts.WithNames(report.Mismatch + "\n" + report.Transcript)
}
