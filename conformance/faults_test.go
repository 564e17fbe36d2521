package conformance

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/pgdb"
)

// tape makes calls one after the other and keeps what each led to. "a" is inserted outside
// of transactions, "b" and "e" in a transaction, "c" in a savepoint of it that is released,
// "d" in one that is rolled back. Nothing ends early because a call has failed.
func tape(ctx context.Context, s tasktwin.Store) []string {
	var out []string
	note := func(what string, err error) {
		out = append(out, what+": "+consequence(err))
	}
	stop := errors.New("stop")
	note("outside", insertUser(ctx, s, newUser("user-a")))
	note("transaction", s.InTx(ctx, func(tx tasktwin.Store) error {
		note("first", insertUser(ctx, tx, newUser("user-b")))
		note("savepoint", tx.InTx(ctx, func(sp tasktwin.Store) error {
			err := insertUser(ctx, sp, newUser("user-c"))
			note("inside", err)
			return err
		}, nil))
		note("second savepoint", tx.InTx(ctx, func(sp tasktwin.Store) error {
			note("inside the second", insertUser(ctx, sp, newUser("user-d")))
			return stop
		}, nil))
		note("last", insertUser(ctx, tx, newUser("user-e")))
		return nil
	}, nil))
	note("a read", func() error { _, err := s.ListTasks(ctx, tasktwin.ListTasksParams{}); return err }())
	return out
}

// consequence says what an error means to its caller.
func consequence(err error) string {
	if lost, ok := errors.AsType[*tasktwin.ConnectionError](err); ok {
		return fmt.Sprintf("connection lost: %s, commit unknown: %t", lost.Outcome, errors.Is(err, tasktwin.ErrCommitUnknown))
	}
	facts := stores.Describe(err)
	if facts.Elsewise != "" && facts.Elsewise != "stop" {
		return "the driver's error"
	}
	return stores.Outcome(err) + facts.Elsewise
}

// result is a tape and the names that are left.
type result struct {
	Tape  []string
	Users []string
}

func play(t *testing.T, s tasktwin.Store) result {
	t.Helper()
	r := result{Tape: tape(t.Context(), s), Users: []string{}}
	rows, err := s.(tasktwin.Dumper).Dump(t.Context())
	require.NoError(t, err)
	for _, name := range []string{"user-a", "user-b", "user-c", "user-d", "user-e"} {
		for _, u := range rows.Users {
			if u.Username == name {
				r.Users = append(r.Users, name)
			}
		}
	}
	return r
}

// playFaults plays the tape on a memdb and on a pgdb with faults, and requires a result of
// both.
func playFaults(t *testing.T, want result, rule *faults.Rule) {
	t.Helper()
	for name, open := range map[string]func(testing.TB) tasktwin.Store{"memdb": openMemdb, "pgdb": openPgdb} {
		s := faults.Wrap(open(t), rule)
		require.Equal(t, want, play(t, s), "%s on %s", rule, name)
		require.Equal(t, 1, s.Fired(), "%s on %s", rule, name)
	}
}

// After a connection is lost by a fault, everything is as after PostgreSQL's is lost.
func TestFaultsAreLikeLostConnections(t *testing.T) {
	t.Parallel()
	// at is the message that is lost, or whose answer is, and the call that fails for it.
	for _, at := range []struct {
		message string
		rule    func(*faults.Rule) *faults.Rule
		after   bool // whether the rule can be After
	}{
		{"user-a", nth("InsertUser", 1), true},
		{"user-b", nth("InsertUser", 2), true},
		{"user-c", nth("InsertUser", 3), true},
		{"user-d", nth("InsertUser", 4), true},
		{"user-e", nth("InsertUser", 5), true},
		{"tasks_with_status", nth("ListTasks", 1), true},
		{"begin isolation", nth(faults.Begin, 1), false},
		{"savepoint sp_1", nth(faults.Savepoint, 1), false},
		{"release savepoint sp_1", nth(faults.Release, 1), false},
		{"rollback to savepoint sp_2", nth(faults.RollbackTo, 1), false},
		{commit, nth(faults.Commit, 1), true},
	} {
		for _, before := range []bool{true, false} {
			t.Run(at.message+map[bool]string{true: ", message", false: ", answer"}[before], func(t *testing.T) {
				t.Parallel()
				l := &loss{message: at.message, before: before, then: func(conn net.Conn) { _ = conn.Close() }}
				want := play(t, openLossy(t, pgtest.URL(t), l, pgdb.Options{}))
				require.True(t, l.happened.Load())
				rule := at.rule(faults.LoseConnection())
				if !before && at.after {
					rule = rule.After()
				}
				playFaults(t, want, rule)
			})
		}
	}
}

func nth(call string, n int) func(*faults.Rule) *faults.Rule {
	return func(r *faults.Rule) *faults.Rule { return r.On(call).Nth(n) }
}

// failingInsert is a store on which PostgreSQL itself fails one of the inserts: the row is there
// already.
type failingInsert struct {
	tasktwin.Store
	count *int
	fails int
}

func (s failingInsert) InsertUser(ctx context.Context, arg tasktwin.InsertUserParams) (tasktwin.User, error) {
	if *s.count++; *s.count == s.fails {
		arg.Username = "taken"
	}
	return s.Store.InsertUser(ctx, arg)
}

func (s failingInsert) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error { return fn(failingInsert{tx, s.count, s.fails}) }, opts)
}

func (s failingInsert) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	return s.Store.(tasktwin.Dumper).Dump(ctx)
}

// What follows a statement that a fault makes fail is what follows one that PostgreSQL
// refuses.
func TestFaultsAreLikeFailedStatements(t *testing.T) {
	t.Parallel()
	for n := range 5 {
		db := pgtest.Open(t)
		require.NoError(t, insertUser(t.Context(), db, newUser("taken")))
		want := play(t, failingInsert{db, new(int), n + 1})
		duplicate := &tasktwin.Error{Code: tasktwin.UniqueViolation, Constraint: string(tasktwin.UniqueUsersUsernameLowerIdx)}
		playFaults(t, want, faults.Error(duplicate).On("InsertUser").Nth(n+1))
	}
}
