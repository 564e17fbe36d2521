package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/faults"
	"github.com/tasktwin/tasktwin/memdb"
)

func insert(ctx context.Context, s tasktwin.Store, name string) error {
	_, err := s.InsertUser(ctx, tasktwin.InsertUserParams{ID: uuid.New(), Username: name})
	return err
}

// users returns how many users a store has.
func users(t *testing.T, s tasktwin.Store) int {
	t.Helper()
	rows, err := s.(tasktwin.Dumper).Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(rows.Users)
}

func isCode(err error, code tasktwin.SQLState) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && e.Code == code
}

func want(t *testing.T, what string, ok bool, err error) {
	t.Helper()
	if !ok {
		t.Errorf("%s: %v", what, err)
	}
}

// A retry loop commits everything exactly once, and takes one try more for each failure.
func TestRetryLoop(t *testing.T) {
	t.Parallel()
	store, tries := faults.Wrap(memdb.New(memdb.Options{}), faults.SerializationFailures(3, 1)), 0
	const inserts = 60
	for range inserts {
		for {
			tries++
			err := store.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, uuid.NewString()) }, nil)
			if err == nil {
				break
			}
			want(t, "a try", isCode(err, tasktwin.SerializationFailure), err)
		}
	}
	fired := store.Fired()
	if fired < 15 || fired > 60 {
		t.Errorf("%d transactions failed: about one in three of %d should", fired, tries)
	}
	if got := users(t, store); got != inserts || tries != inserts+fired || store.Calls() != tries {
		t.Errorf("%d users after %d tries with %d failures, %d calls", got, tries, fired, store.Calls())
	}
}

// A statement that fails aborts its transaction. Only a savepoint around it recovers that.
func TestAFailedStatementAborts(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		rule := faults.Fail(tasktwin.DeadlockDetected).On("InsertUser").Nth(2, 4)
		if lost {
			rule = faults.LoseConnection().On("InsertUser").Nth(2, 4)
		}
		store := faults.Wrap(memdb.New(memdb.Options{}), rule)
		injected := func(err error) bool {
			return isCode(err, tasktwin.DeadlockDetected) || lost && errors.Is(err, faults.ErrConnectionLost) && errors.Is(err, io.ErrUnexpectedEOF)
		}
		err := store.InTx(t.Context(), func(tx tasktwin.Store) error {
			want(t, "the first", insert(t.Context(), tx, "a") == nil, nil)
			err := insert(t.Context(), tx, "b")
			want(t, "the second", injected(err) && !errors.Is(err, tasktwin.ErrCommitUnknown), err)
			_, err = tx.GetTaskByID(t.Context(), uuid.New())
			want(t, "a later statement", isCode(err, tasktwin.InFailedSQLTransaction), err)
			return nil
		}, nil)
		want(t, "the commit", errors.Is(err, tasktwin.ErrCommitAborted), err)

		err = store.InTx(t.Context(), func(tx tasktwin.Store) error {
			err := tx.InTx(t.Context(), func(sp tasktwin.Store) error {
				want(t, "the third", insert(t.Context(), sp, "c") == nil, nil)
				err := insert(t.Context(), sp, "d")
				want(t, "the fourth", injected(err), err)
				return err
			}, nil)
			want(t, "the savepoint", injected(err), err)
			return insert(t.Context(), tx, "e")
		}, nil)
		if lost {
			want(t, "after the loss", isCode(err, tasktwin.InFailedSQLTransaction), err)
		} else {
			want(t, "after the savepoint", err == nil, err)
		}
		if got, left := users(t, store), map[bool]int{false: 1, true: 0}[lost]; got != left || store.Fired(rule) != 2 {
			t.Errorf("%d users are left and not %d; the rule fired %d times", got, left, store.Fired(rule))
		}
	}
}

// Outside of transactions and at a COMMIT the rule decides whether the change is made, and
// the caller cannot see it if the connection was lost.
func TestWhetherItWasCommitted(t *testing.T) {
	t.Parallel()
	type test struct {
		rule    *faults.Rule
		err     error
		unknown bool
		left    int
	}
	deadline := faults.Error(context.DeadlineExceeded)
	full := &tasktwin.Error{Code: "53100", Message: "disk full"}
	tests := []test{
		{faults.LoseConnection(), faults.ErrConnectionLost, true, 0},
		{faults.LoseConnection().After(), faults.ErrConnectionLost, true, 1},
		{deadline, context.DeadlineExceeded, false, 0},
		{deadline.After(), context.DeadlineExceeded, true, 1},
		{faults.Error(full), full, false, 0},
		{faults.Error(io.ErrClosedPipe).After(), io.ErrClosedPipe, true, 1},
	}
	for _, tt := range tests {
		for name, run := range map[string]func(tasktwin.Store) error{
			"commit": func(s tasktwin.Store) error {
				return s.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, "a") }, nil)
			},
			"InsertUser": func(s tasktwin.Store) error { return insert(t.Context(), s, "a") },
			"Load": func(s tasktwin.Store) error {
				return s.(tasktwin.Loader).Load(t.Context(), &tasktwin.Dump{Users: []tasktwin.User{{ID: uuid.New()}}})
			},
		} {
			rule := tt.rule.On(name)
			store := faults.Wrap(memdb.New(memdb.Options{}), rule)
			err := run(store)
			if !errors.Is(err, tt.err) || errors.Is(err, tasktwin.ErrCommitUnknown) != tt.unknown {
				t.Errorf("%s: %v", rule, err)
			}
			if got := users(t, store); got != tt.left || store.Fired() != 1 {
				t.Errorf("%s: %d users, fired %d times", rule, got, store.Fired())
			}
		}
	}
}

// The error of a lost connection says what is known of the call, as that of pgdb does.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	inTx := func(s tasktwin.Store) error {
		return s.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, "a") }, nil)
	}
	outside := func(s tasktwin.Store) error { return insert(t.Context(), s, "a") }
	read := func(s tasktwin.Store) error {
		_, err := s.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		return err
	}
	begin := faults.LoseConnection().On(faults.Begin)
	for _, tt := range []struct {
		rule    *faults.Rule
		call    func(tasktwin.Store) error
		outcome tasktwin.Outcome
	}{
		{begin, inTx, tasktwin.OutcomeFailed},
		{faults.LoseConnection(), inTx, tasktwin.OutcomeFailed},
		{faults.LoseConnection().On(faults.Commit), inTx, tasktwin.OutcomeUnknown},
		{faults.LoseConnection().On(faults.Commit).After(), inTx, tasktwin.OutcomeUnknown},
		{faults.LoseConnection(), outside, tasktwin.OutcomeUnknown},
		{faults.LoseConnection(), read, tasktwin.OutcomeFailed},
		{faults.Fail(tasktwin.AdminShutdown), outside, tasktwin.OutcomeUnknown},
		{faults.Fail("08006"), read, tasktwin.OutcomeFailed},
		{faults.Fail(tasktwin.CannotConnectNow), outside, tasktwin.OutcomeNotSent},
		{faults.Fail(tasktwin.TooManyConnections).On(faults.Begin), inTx, tasktwin.OutcomeNotSent},
		{faults.Error(&tasktwin.ConnectionError{Outcome: tasktwin.OutcomeNotSent, Err: io.EOF}), read, tasktwin.OutcomeNotSent},
	} {
		err := tt.call(faults.Wrap(memdb.New(memdb.Options{}), tt.rule))
		lost, ok := errors.AsType[*tasktwin.ConnectionError](err)
		if !ok || lost.Outcome != tt.outcome || errors.Is(err, tasktwin.ErrCommitUnknown) != (tt.outcome == tasktwin.OutcomeUnknown) {
			t.Errorf("%s: %v, want the outcome %s", tt.rule, err, tt.outcome)
		}
	}
	for _, rule := range []*faults.Rule{faults.Fail("53100"), faults.Error(context.Canceled)} {
		if err := read(faults.Wrap(memdb.New(memdb.Options{}), rule)); err == nil || tasktwin.IsConnectionError(err) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

// What changes no rows leaves nothing unknown.
func TestReadsAreNeverUnknown(t *testing.T) {
	t.Parallel()
	for _, rule := range []*faults.Rule{faults.LoseConnection(), faults.LoseConnection().After()} {
		store := faults.Wrap(memdb.New(memdb.Options{}), rule.On("ListTasks", faults.Commit))
		_, err := store.ListTasks(t.Context(), tasktwin.ListTasksParams{})
		want(t, "a read", errors.Is(err, faults.ErrConnectionLost) && !errors.Is(err, tasktwin.ErrCommitUnknown), err)
		err = store.InTx(t.Context(), func(tasktwin.Store) error { return nil }, nil)
		want(t, "a commit", errors.Is(err, faults.ErrConnectionLost) && !errors.Is(err, tasktwin.ErrCommitUnknown), err)
	}
}

func TestBeginsAndEndsOfSavepoints(t *testing.T) {
	t.Parallel()
	const full = tasktwin.SQLState("53200")
	fn := errors.New("of the function")
	lost := func(err error) bool { return errors.Is(err, faults.ErrConnectionLost) }
	for _, tt := range []struct {
		rule            *faults.Rule
		inner           error                // of the savepoint's function
		wants           func(err error) bool // of the savepoint's InTx
		recovers, calls bool
	}{
		{faults.Fail(full).On(faults.Savepoint), nil, func(err error) bool { return isCode(err, full) }, false, false},
		{faults.LoseConnection().On(faults.Savepoint), nil, lost, false, false},
		{faults.Fail(full).On(faults.Release), nil, func(err error) bool { return isCode(err, full) }, true, true},
		{faults.LoseConnection().On(faults.Release), nil, lost, false, true},
		{faults.LoseConnection().On(faults.RollbackTo), fn, func(err error) bool { return errors.Is(err, fn) }, false, true},
	} {
		store, called := faults.Wrap(memdb.New(memdb.Options{}), tt.rule), false
		err := store.InTx(t.Context(), func(tx tasktwin.Store) error {
			err := tx.InTx(t.Context(), func(sp tasktwin.Store) error {
				called = true
				if err := insert(t.Context(), sp, "a"); err != nil {
					return err
				}
				return tt.inner
			}, nil)
			want(t, tt.rule.String(), tt.wants(err), err)
			return insert(t.Context(), tx, "b")
		}, nil)
		want(t, tt.rule.String()+": afterwards", tt.recovers == (err == nil) && (err == nil || isCode(err, tasktwin.InFailedSQLTransaction)), err)
		if got := users(t, store); called != tt.calls || got > 1 || got == 1 != tt.recovers || store.Fired() != 1 {
			t.Errorf("%s: called %t, %d users, fired %d times", tt.rule, called, got, store.Fired())
		}
	}
	store := faults.Wrap(memdb.New(memdb.Options{}), faults.Fail(full).On(faults.Begin).First(1))
	begin := func() error {
		return store.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, "a") }, nil)
	}
	err := begin()
	want(t, "begin", isCode(err, full) && users(t, store) == 0, err)
	err = begin()
	want(t, "the next begin", err == nil && users(t, store) == 1, err)
}

// What a store refuses anyway keeps the error that it has without faults.
func TestTheStoreRefusesFirst(t *testing.T) {
	t.Parallel()
	store := faults.Wrap(memdb.New(memdb.Options{}), faults.Fail("53200").On("InsertUser", faults.Begin, faults.Savepoint).Every(2))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	want(t, "the first", insert(t.Context(), store, "a") == nil, nil)
	err := insert(ctx, store, "b")
	want(t, "a context that is done", errors.Is(err, context.Canceled), err)
	var ended tasktwin.Store
	err = store.InTx(t.Context(), func(tx tasktwin.Store) error { // 3
		ended = tx
		_, err := tx.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{})
		want(t, "an invalid value", isCode(err, tasktwin.InvalidTextRepresentation), err)
		err = insert(t.Context(), tx, "c") // 4
		want(t, "an aborted transaction", isCode(err, tasktwin.InFailedSQLTransaction), err)
		return nil
	}, nil)
	want(t, "its commit", errors.Is(err, tasktwin.ErrCommitAborted), err)
	_ = insert(t.Context(), store, "d") // 5
	err = insert(t.Context(), ended, "e")
	want(t, "a transaction that has ended", errors.Is(err, tasktwin.ErrTxDone), err)
	_ = insert(t.Context(), store, "f") // 7
	chaos := &tasktwin.TxOptions{Isolation: "chaos"}
	err = store.InTx(t.Context(), func(tasktwin.Store) error { return nil }, chaos)
	want(t, "invalid options", err != nil && err.Error() == chaos.Validate().Error(), err)
	_ = store.Close()
	_ = insert(t.Context(), store, "g") // 9
	err = insert(t.Context(), store, "h")
	want(t, "a closed store", errors.Is(err, tasktwin.ErrClosed), err)
	if store.Fired() != 0 || store.Calls() != 10 {
		t.Errorf("fired %d times in %d calls", store.Fired(), store.Calls())
	}
}

// A COMMIT that the store refuses, or does not make, keeps its own error.
func TestACommitThatIsRefused(t *testing.T) {
	t.Parallel()
	store := faults.Wrap(memdb.New(memdb.Options{}), faults.Fail("53200").On(faults.Commit), faults.LoseConnection().On(faults.Commit).After())
	stop := errors.New("stop")
	for _, tt := range []struct{ returns, wants error }{{nil, tasktwin.ErrCommitAborted}, {stop, stop}} {
		err := store.InTx(t.Context(), func(tx tasktwin.Store) error {
			_, _ = tx.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{})
			return tt.returns
		}, nil)
		want(t, "the commit", errors.Is(err, tt.wants), err)
	}
	if store.Fired() != 0 {
		t.Errorf("fired %d times", store.Fired())
	}
}

// Of several rules the first makes a call fail. All of them count it.
func TestTheFirstRuleWins(t *testing.T) {
	t.Parallel()
	first, second := faults.Fail("53100").Every(2), faults.Fail("53200").Every(3)
	store := faults.Wrap(memdb.New(memdb.Options{}), first, second)
	var codes []string
	for range 6 {
		code := "ok"
		if e, ok := errors.AsType[*tasktwin.Error](insert(t.Context(), store, uuid.NewString())); ok {
			code = string(e.Code)
		}
		codes = append(codes, code)
	}
	if got := strings.Join(codes, " "); got != "ok 53100 53200 53100 ok 53100" {
		t.Error(got)
	}
	none := store.Fired(faults.Delay(1))
	if store.Fired(first) != 3 || store.Fired(second) != 1 || store.Fired() != 4 || store.Calls(first, second) != 12 || none != 0 {
		t.Errorf("fired %d and %d times in %d calls", store.Fired(first), store.Fired(second), store.Calls())
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := faults.Delay(time.Second).On("InsertUser", faults.Commit)
		late := faults.Delay(time.Minute).On("InsertUser").After().Nth(3)
		store := faults.Wrap(memdb.New(memdb.Options{}), slow, late, faults.LoseConnection().Delay(time.Hour).On("Load"))
		start := time.Now()
		took := func(d time.Duration) {
			t.Helper()
			if got := time.Since(start); got != d {
				t.Errorf("took %s, not %s", got, d)
			}
			start = time.Now()
		}
		err := store.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, "a") }, nil)
		want(t, "slow", err == nil, err)
		took(2 * time.Second)
		short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err = insert(short, store, "b")
		want(t, "given up before", errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, tasktwin.ErrCommitUnknown), err)
		took(time.Millisecond)
		long, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		err = insert(long, store, "c")
		want(t, "given up after", errors.Is(err, context.DeadlineExceeded) && errors.Is(err, tasktwin.ErrCommitUnknown), err)
		took(2 * time.Second)
		err = store.Load(t.Context(), &tasktwin.Dump{})
		want(t, "a loss", errors.Is(err, faults.ErrConnectionLost), err)
		took(time.Hour)
		if users(t, store) != 2 || store.Fired(slow) != 4 || store.Fired(late) != 1 {
			t.Errorf("%d users, fired %d and %d", users(t, store), store.Fired(slow), store.Fired(late))
		}
	})
}

// The methods of a rule that is nil give rules that Validate refuses.
func TestNilRules(t *testing.T) {
	t.Parallel()
	var none *faults.Rule
	for _, rule := range []*faults.Rule{
		none, none.On("Load"), none.After(), none.Nth(1), none.First(1), none.Every(2), none.OneIn(2, 1), none.Delay(1),
	} {
		if err := rule.Validate(); err == nil || err.Error() != "faults: a rule is nil" {
			t.Errorf("%s: %v", rule, err)
		}
	}
	var noError *tasktwin.Error
	if err := faults.Error(noError).On("Load").Validate(); err == nil || !strings.HasPrefix(err.Error(), "faults: Error: the error is nil") {
		t.Error(err)
	}
}

// A rule that is given twice counts once, and the caller's slice can be used again.
func TestARuleGivenTwice(t *testing.T) {
	t.Parallel()
	rule := faults.Fail("53200").On("InsertUser").Every(2)
	rules := []*faults.Rule{rule, rule}
	store := faults.Wrap(memdb.New(memdb.Options{}), rules...)
	rules[0], rules[1] = faults.Fail("53300"), nil
	for i := range 4 {
		if err := insert(t.Context(), store, uuid.NewString()); i%2 == 1 != isCode(err, "53200") {
			t.Errorf("%d: %v", i, err)
		}
	}
	if store.Calls() != 4 || store.Fired() != 2 || store.Calls(rule, rule) != 4 || store.Fired(rule) != 2 {
		t.Errorf("fired %d times in %d calls", store.Fired(), store.Calls())
	}
}

// Close does not wait for delays: what is not carried out yet never is.
func TestCloseEndsDelays(t *testing.T) {
	t.Parallel()
	inTx := func(t *testing.T, s tasktwin.Store) error {
		return s.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, "a") }, nil)
	}
	inSavepoint := func(t *testing.T, s tasktwin.Store) error {
		return s.InTx(t.Context(), func(tx tasktwin.Store) error { return inTx(t, tx) }, nil)
	}
	for _, tt := range []struct {
		rule *faults.Rule
		call func(*testing.T, tasktwin.Store) error
		left int
		err  error
	}{
		{faults.Delay(time.Hour), func(t *testing.T, s tasktwin.Store) error { return insert(t.Context(), s, "a") }, 0, tasktwin.ErrClosed},
		{faults.Delay(time.Hour).After(), func(t *testing.T, s tasktwin.Store) error { return insert(t.Context(), s, "a") }, 1, nil},
		{faults.Delay(time.Hour).On(faults.Begin), inTx, 0, tasktwin.ErrClosed},
		{faults.Delay(time.Hour), inTx, 0, tasktwin.ErrClosed},
		{faults.Delay(time.Hour).On(faults.Commit), inTx, 0, tasktwin.ErrClosed},
		{faults.Delay(time.Hour).On(faults.Commit).After(), inTx, 1, nil},
		{faults.Delay(time.Hour).On(faults.Savepoint), inSavepoint, 0, tasktwin.ErrClosed},
		{faults.Delay(time.Hour).On(faults.Release), inSavepoint, 0, tasktwin.ErrClosed},
	} {
		synctest.Test(t, func(t *testing.T) {
			inner := memdb.New(memdb.Options{})
			// The store stays open, to see what it holds.
			store, ended, start := faults.Wrap(open{inner}, tt.rule), make(chan error), time.Now()
			go func() { ended <- tt.call(t, store) }()
			synctest.Wait()
			for range 2 {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			}
			err := <-ended
			want(t, tt.rule.String(), errors.Is(err, tt.err), err)
			if waited := time.Since(start); waited > 0 || users(t, inner) != tt.left {
				t.Errorf("%s: %d users after %s", tt.rule, users(t, inner), waited)
			}
		})
	}
}

// open is a store that Close does not close.
type open struct{ *memdb.DB }

func (open) Close() error { return nil }

func TestMistakesInRules(t *testing.T) {
	t.Parallel()
	full := faults.Fail("53200")
	for wants, rule := range map[string]*faults.Rule{
		`On: there is no call "InsertUsers"`:          full.On("InsertUsers"),
		`On: no call is named`:                        full.On(),
		`Nth(2): the rule has First(1) already`:       full.First(1).Nth(2),
		`Nth is given 0: it must be at least 1`:       full.Nth(1, 0),
		`Nth: no number is given`:                     full.Nth(),
		`First is given -1`:                           full.First(-1),
		`Every is given 0`:                            full.Every(0),
		`OneIn is given 0`:                            full.OneIn(0, 1),
		`SQLSTATE is "4000"`:                          faults.Fail("4000"),
		`SQLSTATE is "4000a"`:                         faults.Fail("4000a"),
		`Error: the error is nil`:                     faults.Error(nil),
		`Delay is 0s: it must be positive`:            faults.Delay(0),
		`Delay: the rule has the delay 1ns already`:   faults.Delay(1).Delay(2),
		`After: 53200 says that nothing was`:          full.After(),
		`After: "savepoint" has no effect`:            faults.LoseConnection().On(faults.Savepoint).After(),
		`"rollback to" cannot fail with 53200`:        full.On(faults.RollbackTo),
		`a rule is nil`:                               nil,
		`Fail: the SQLSTATE is "00000": the classes`:  faults.Fail("00000"),
		`Fail: the SQLSTATE is "01004": the classes`:  faults.Fail("01004"),
		`Fail: the SQLSTATE is "02000": the classes`:  faults.Fail("02000"),
		`Error: the SQLSTATE is "": it must have`:     faults.Error(&tasktwin.Error{Message: "full"}),
		`Error: the SQLSTATE is "x": it must have`:    faults.Error(fmt.Errorf("wrapped: %w", &tasktwin.Error{Code: "x"})),
		`Error: the error wraps a *tasktwin.Error `:   faults.Error(fmt.Errorf("wrapped: %w", (*tasktwin.Error)(nil))),
		`a rule does nothing: begin with Fail, Error`: {},
	} {
		if err := rule.Validate(); err == nil || !strings.Contains(err.Error(), wants) {
			t.Errorf("%q: %v", wants, err)
		}
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), wants) {
					t.Errorf("Wrap panics with %v, not %q", err, wants)
				}
			}()
			faults.Wrap(memdb.New(memdb.Options{}), rule)
		}()
	}
	lost := faults.Fail("57P01").After().On("Load", faults.AnyWrite, "Ping", faults.Commit).OneIn(3, 7)
	if err := lost.Validate(); err != nil {
		t.Error(err)
	}
	if got := lost.String(); got != "57P01 on Load, any write, Ping, commit, after, OneIn(3, 7)" {
		t.Error(got)
	}
}

// bare is a store without anything that a Store does not need.
type bare struct{ tasktwin.Store }

func TestWhatTheWrappedStoreLacks(t *testing.T) {
	t.Parallel()
	rule := faults.Fail("53200").On("InsertUser").Nth(2)
	store := faults.Wrap(memdb.New(memdb.Options{}), rule)
	_ = insert(t.Context(), store, "a")
	fork, err := store.ForkStore()
	if err != nil {
		t.Fatal(err)
	}
	_ = insert(t.Context(), store, "b")
	err = insert(t.Context(), fork, "c")
	want(t, "the first of the fork", err == nil, err)
	err = insert(t.Context(), fork, "d")
	want(t, "the second of the fork", isCode(err, "53200"), err)
	if users(t, fork) != 2 || users(t, store) != 1 || store.Fired() != 1 || fork.(*faults.Store).Fired() != 1 {
		t.Errorf("%d users in the fork, %d in the store", users(t, fork), users(t, store))
	}

	lacking := faults.Wrap(bare{memdb.New(memdb.Options{})})
	_, dump := lacking.Dump(t.Context())
	_, forked := lacking.ForkStore()
	load := lacking.Load(t.Context(), &tasktwin.Dump{})
	for what, err := range map[string]error{"Dumper": dump, "Forker": forked, "Loader": load} {
		if err == nil || !strings.HasSuffix(err.Error(), "the wrapped store, a faults_test.bare, is not a tasktwin."+what) {
			t.Error(err)
		}
	}
}

// Sessions at the same time fail as often as in a row.
func TestConcurrentSessions(t *testing.T) {
	t.Parallel()
	rules := []*faults.Rule{faults.SerializationFailures(2, 1), faults.Deadlocks(5, 2), faults.LoseConnection().Every(7)}
	store := faults.Wrap(memdb.New(memdb.Options{}), rules...)
	const sessions, each = 8, 25
	var committed [sessions]int
	var group sync.WaitGroup
	for i := range sessions {
		group.Go(func() {
			for range each {
				err := store.InTx(t.Context(), func(tx tasktwin.Store) error { return insert(t.Context(), tx, uuid.NewString()) }, nil)
				if err == nil {
					committed[i]++
				}
			}
		})
	}
	group.Wait()
	sum := 0
	for _, n := range committed {
		sum += n
	}
	if got := users(t, store); got != sum || sum+store.Fired() != sessions*each {
		t.Errorf("%d users of %d commits, fired %d times", got, sum, store.Fired())
	}
}
