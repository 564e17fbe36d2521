package sessions

import (
	"context"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// Engine is what the steps of several sessions run on.
type Engine struct {
	// Session returns the engine of a session, and the context for its calls. It is
	// called once for each session of a run.
	Session func(ctx context.Context, name string) (context.Context, program.Engine)
	// Settled returns who waits for whom, and whether it stays like that until some
	// session does something: no statement has been let go and has not returned yet,
	// and no wait is part of a deadlock. busy are the sessions that have not returned.
	Settled func(ctx context.Context, busy []string) ([]tasktwin.Wait, bool, error)
	// Contended returns the pairs of sessions that wait and that one step may wake, so
	// that the engine does not fix which of them goes on first. It is nil where the
	// engine does.
	Contended func(ctx context.Context) ([][2]string, error)
	// Kind returns what a session waits for, such as a key. It is nil where the engine
	// does not tell.
	Kind func(ctx context.Context, session string) (string, error)
	// Dump returns every row of every table.
	Dump func(ctx context.Context) (any, error)
}

// SettledOf returns the Settled of an engine whose waits are those of one moment:
// what is not let go is in the list, what has been let go is not.
func SettledOf(waits func() []tasktwin.Wait) func(context.Context, []string) ([]tasktwin.Wait, bool, error) {
	return func(context.Context, []string) ([]tasktwin.Wait, bool, error) { return waits(), true, nil }
}

// LocalStore is a store in this process that says who waits for whom.
type LocalStore interface {
	tasktwin.Store
	tasktwin.Dumper
	Waits() []tasktwin.Wait
}

// InProcess returns the engine of a store.
func InProcess(db LocalStore) Engine {
	return Engine{
		Session: func(ctx context.Context, name string) (context.Context, program.Engine) {
			return tasktwin.WithSession(ctx, name), stores.Engine(db, nil)
		},
		Settled: SettledOf(db.Waits),
		Dump:    func(ctx context.Context) (any, error) { return db.Dump(ctx) },
	}
}
