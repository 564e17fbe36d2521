package tasktwin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

func serialization() error {
	return &tasktwin.Error{Code: tasktwin.SerializationFailure, Message: "could not serialize access"}
}

func TestIsRetryable(t *testing.T) {
	t.Parallel()
	lost := func(o tasktwin.Outcome, err error) error { return &tasktwin.ConnectionError{Outcome: o, Err: err} }
	unknown := fmt.Errorf("%w: %w", tasktwin.ErrCommitUnknown, lost(tasktwin.OutcomeUnknown, io.EOF))
	for _, c := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{serialization(), true},
		{fmt.Errorf("wrapped: %w", serialization()), true},
		{&tasktwin.Error{Code: tasktwin.DeadlockDetected}, true},
		{&tasktwin.Error{Code: tasktwin.UniqueViolation}, false},
		{&tasktwin.Error{Code: tasktwin.InFailedSQLTransaction}, false},
		{&tasktwin.Error{Code: tasktwin.FeatureNotSupported}, false},
		{fmt.Errorf("%w: %w", tasktwin.ErrSchemaChanged, &tasktwin.Error{Code: tasktwin.FeatureNotSupported}), true},
		{&tasktwin.Error{Code: tasktwin.AdminShutdown}, false}, // without what is known
		{lost(tasktwin.OutcomeNotSent, io.EOF), true},
		{lost(tasktwin.OutcomeFailed, &tasktwin.Error{Code: tasktwin.AdminShutdown}), true},
		{lost(tasktwin.OutcomeUnknown, io.EOF), false},
		{unknown, false},
		{errors.Join(unknown, serialization()), false},
		{fmt.Errorf("%w: %w", tasktwin.ErrCommitUnknown, serialization()), false},
		{lost(tasktwin.OutcomeFailed, context.Canceled), false},
		{errors.Join(serialization(), context.DeadlineExceeded), false},
		{tasktwin.ErrClosed, false},
		{tasktwin.ErrCommitAborted, false},
	} {
		if got := tasktwin.IsRetryable(c.err); got != c.want {
			t.Errorf("IsRetryable(%v) is %t", c.err, got)
		}
	}
}

// What an attempt has done is rolled back, and the last one is committed.
func TestRetryCommitsOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, begin := memdb.New(memdb.Options{}), time.Now()
		var at []time.Duration
		err := tasktwin.Retry(t.Context(), db, tasktwin.RetryOptions{Tx: tasktwin.TxOptions{Isolation: tasktwin.Serializable}},
			func(tx tasktwin.Store) error {
				at = append(at, time.Since(begin))
				if _, err := tx.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: uuid.New()}); err != nil {
					return err
				}
				// A savepoint with another level than the transaction's is refused.
				same := &tasktwin.TxOptions{Isolation: tasktwin.Serializable}
				if err := tx.InTx(t.Context(), func(tasktwin.Store) error { return nil }, same); err != nil {
					return err
				}
				if len(at) < 5 {
					return serialization()
				}
				return nil
			})
		rows, dumped := db.Dump(t.Context())
		if err != nil || dumped != nil || len(rows.Users) != 1 || len(at) != 5 {
			t.Errorf("%v, %v, %d users after attempts at %v", err, dumped, len(rows.Users), at)
		}
		longest := 10 * time.Millisecond
		for i := 1; i < len(at); i, longest = i+1, 2*longest {
			if d := at[i] - at[i-1]; d < longest/2 || d > longest {
				t.Errorf("attempt %d comes after %s: it should be from %s to %s", i+1, d, longest/2, longest)
			}
		}
	})
}

func TestRetryGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, failure := memdb.New(memdb.Options{}), errors.New("of the function")
		for _, c := range []struct {
			opts     tasktwin.RetryOptions
			errs     []error // of the attempts, the last one for all others
			attempts int
			within   time.Duration
			want     string
		}{
			{
				tasktwin.RetryOptions{},
				[]error{serialization()},
				10, 3270 * time.Millisecond,
				"tasktwin: Retry: nothing was committed in 10 attempts: could not serialize access (SQLSTATE 40001)",
			},
			{
				tasktwin.RetryOptions{Attempts: 1},
				[]error{serialization()},
				1, 0,
				"tasktwin: Retry: nothing was committed in 1 attempt: could not serialize access (SQLSTATE 40001)",
			},
			{
				tasktwin.RetryOptions{Attempts: 100, MaxDelay: time.Millisecond},
				[]error{serialization()},
				100, 99 * time.Millisecond,
				"tasktwin: Retry: nothing was committed in 100 attempts: could not serialize access (SQLSTATE 40001)",
			},
			{
				tasktwin.RetryOptions{Attempts: 3, MinDelay: time.Hour},
				[]error{serialization()},
				3, 2 * time.Hour,
				"tasktwin: Retry: nothing was committed in 3 attempts: could not serialize access (SQLSTATE 40001)",
			},
			{tasktwin.RetryOptions{}, []error{serialization(), failure}, 2, 10 * time.Millisecond, "of the function"},
			{tasktwin.RetryOptions{}, []error{tasktwin.ErrCommitUnknown}, 1, 0, tasktwin.ErrCommitUnknown.Error()},
		} {
			calls, begin := 0, time.Now()
			last := c.errs[len(c.errs)-1]
			err := tasktwin.Retry(t.Context(), db, c.opts, func(tasktwin.Store) error {
				calls++
				return c.errs[min(calls, len(c.errs))-1]
			})
			expectError(t, err, c.want)
			took := time.Since(begin)
			if calls != c.attempts || !errors.Is(err, last) || took > c.within || took < c.within/2 {
				t.Errorf("%+v: %d attempts in %s, %v", c.opts, calls, took, err)
			}
		}
	})
}

// The waits end with the context.
func TestRetryUsesTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, begin, calls := memdb.New(memdb.Options{}), time.Now(), 0
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := tasktwin.Retry(ctx, db, tasktwin.RetryOptions{MinDelay: 3 * time.Minute}, func(tasktwin.Store) error {
			calls++
			return serialization()
		})
		expectError(t, err, "tasktwin: Retry: context deadline exceeded after 1 attempt, of which the last failed: "+
			"could not serialize access (SQLSTATE 40001)")
		refused, ok := errors.AsType[*tasktwin.Error](err)
		if calls != 1 || !errors.Is(err, context.DeadlineExceeded) || !ok || refused.Code != tasktwin.SerializationFailure ||
			time.Since(begin) != time.Minute {
			t.Errorf("%d calls in %s: %v", calls, time.Since(begin), err)
		}
		if err := tasktwin.Retry(ctx, db, tasktwin.RetryOptions{}, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

func TestRetryOptionsValidate(t *testing.T) {
	t.Parallel()
	for want, opts := range map[string]tasktwin.RetryOptions{
		"": {Tx: tasktwin.TxOptions{Isolation: tasktwin.Serializable}, Attempts: 1, MinDelay: time.Second, MaxDelay: time.Second},
		`tasktwin: TxOptions.Isolation: unknown isolation level "chaos"`:  {Tx: tasktwin.TxOptions{Isolation: "chaos"}},
		"tasktwin: RetryOptions.Attempts is -1: it must not be negative":  {Attempts: -1},
		"tasktwin: RetryOptions.MinDelay is -1s: it must not be negative": {MinDelay: -time.Second},
		"tasktwin: RetryOptions.MaxDelay is -1s: it must not be negative": {MaxDelay: -time.Second},
		"tasktwin: RetryOptions.MaxDelay is 1s: it must not be shorter than MinDelay, which is 2s": {
			MinDelay: 2 * time.Second, MaxDelay: time.Second,
		},
	} {
		expectError(t, opts.Validate(), want)
		if want != "" {
			expectError(t, tasktwin.Retry(t.Context(), memdb.New(memdb.Options{}), opts, nil), want)
		}
	}
}
