package sim

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
)

// policyFunc is a policy that is a function.
type policyFunc func(TaskView, time.Time) Action

func (policyFunc) Name() string                              { return "func" }
func (f policyFunc) Decide(t TaskView, now time.Time) Action { return f(t, now) }

// However the store or the policy ends a run, Run ends in the same way, the simulation's
// goroutine has ended before, and the store is unchanged.
func TestEndsOfRuns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		insert func() error
		decide policyFunc
		panics any
		err    error
	}{
		{name: "the store fails", insert: func() error { return errRefused }, err: errRefused},
		{name: "the store panics", insert: func() error { panic("store") }, panics: "store"},
		{name: "the store ends its goroutine", insert: func() error { runtime.Goexit(); return nil }},
		{name: "the policy panics", decide: func(TaskView, time.Time) Action { panic("policy") }, panics: "policy"},
		{name: "the policy ends its goroutine", decide: func(TaskView, time.Time) Action { runtime.Goexit(); return Keep() }},
		{name: "the policy asks for the past", decide: func(_ TaskView, now time.Time) Action { return KeepUntil(now) }, err: &PolicyError{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := writesWorld(t, 1, 48*time.Hour)
			db := writesStore(t, w)
			store := tasktwin.Store(db)
			if test.insert != nil {
				store = statusStore{db, func(tasktwin.Store, tasktwin.InsertWorkspaceAppStatusParams) (tasktwin.WorkspaceAppStatus, error) {
					return tasktwin.WorkspaceAppStatus{}, test.insert()
				}}
			}
			policy := Policy(IdleTimeout(0))
			if test.decide != nil {
				policy = test.decide
			}
			r := w.newRun(t.Context(), store, policy, Options{})
			var err error
			var panicked any
			returned := false
			done := make(chan struct{})
			go func() {
				defer close(done)
				defer func() { panicked = recover() }()
				err = store.InTx(t.Context(), func(tx tasktwin.Store) error {
					r.store = tx
					r.meter = newMeter(t.Context(), tx)
					_, err := r.run()
					return err
				}, nil)
				returned = true
			}()
			<-done
			if panicked != test.panics || returned != (test.err != nil) {
				t.Errorf("panicked with %v, returned: %t, %v", panicked, returned, err)
			}
			if _, isPolicy := test.err.(*PolicyError); isPolicy { //nolint:errorlint // of the table
				if _, ok := errors.AsType[*PolicyError](err); !ok {
					t.Errorf("%v, want a PolicyError", err)
				}
			} else if !errors.Is(err, test.err) {
				t.Errorf("%v, want %v", err, test.err)
			}
			if _, running := <-r.steps; running {
				t.Error("the simulation has not ended")
			}
			dump, err := db.Dump(t.Context())
			if err != nil || len(dump.Tasks) > 0 {
				t.Errorf("%d tasks are left, %v", len(dump.Tasks), err)
			}
		})
	}
}
