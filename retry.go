package tasktwin

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// The defaults of RetryOptions.
const (
	defaultAttempts = 10
	defaultMinDelay = 10 * time.Millisecond
	defaultMaxDelay = time.Second
)

// RetryOptions configures [Retry]. The zero value is ready to use.
type RetryOptions struct {
	// Tx are the options of each transaction.
	Tx TxOptions
	// Attempts is how often the transaction is run at most. 0 means 10.
	Attempts int
	// MinDelay is the longest time before the second attempt, which is doubled for each
	// further one. 0 means 10 ms.
	MinDelay time.Duration
	// MaxDelay is the longest time between two attempts. 0 means a second, or MinDelay if
	// that is longer. With the defaults, ten attempts take about 2.5 seconds without their
	// transactions: a failover may take longer.
	MaxDelay time.Duration
}

// Validate returns an error if an option is out of its range.
func (o RetryOptions) Validate() error {
	if err := o.Tx.Validate(); err != nil {
		return err
	}
	switch {
	case o.Attempts < 0:
		return fmt.Errorf("tasktwin: RetryOptions.Attempts is %d: it must not be negative", o.Attempts)
	case o.MinDelay < 0:
		return fmt.Errorf("tasktwin: RetryOptions.MinDelay is %s: it must not be negative", o.MinDelay)
	case o.MaxDelay < 0:
		return fmt.Errorf("tasktwin: RetryOptions.MaxDelay is %s: it must not be negative", o.MaxDelay)
	case o.MaxDelay > 0 && o.MaxDelay < o.MinDelay:
		return fmt.Errorf("tasktwin: RetryOptions.MaxDelay is %s: it must not be shorter than MinDelay, which is %s", o.MaxDelay, o.MinDelay)
	}
	return nil
}

// withDefaults returns the options with the defaults in place of zeros.
func (o RetryOptions) withDefaults() RetryOptions {
	if o.Attempts == 0 {
		o.Attempts = defaultAttempts
	}
	if o.MinDelay == 0 {
		o.MinDelay = defaultMinDelay
		if o.MaxDelay > 0 {
			o.MinDelay = min(o.MinDelay, o.MaxDelay)
		}
	}
	if o.MaxDelay == 0 {
		o.MaxDelay = max(defaultMaxDelay, o.MinDelay)
	}
	return o
}

// delay returns a random time to wait after an attempt, counted from 1: between a half
// and the whole of what is allowed, so that those who have met do not meet again.
func (o RetryOptions) delay(attempt int) time.Duration {
	longest := o.MinDelay
	for range attempt - 1 {
		if longest > o.MaxDelay/2 {
			longest = o.MaxDelay
			break
		}
		longest *= 2
	}
	return longest - rand.N(longest/2+1)
}

// IsRetryable reports whether a transaction that has failed with err has certainly changed
// nothing, and may succeed if it runs again from its start:
//
//   - it has lost against another session: SQLSTATE 40001 or 40P01, which is also what
//     a standby answers to a query that its replication has to cancel;
//   - there was no connection or it was lost, and a COMMIT was not sent: a
//     [ConnectionError] whose outcome is not OutcomeUnknown;
//   - a table has changed: [ErrSchemaChanged].
//
// It is false for an error that wraps [ErrCommitUnknown], and for one of a context.
func IsRetryable(err error) bool {
	if errors.Is(err, ErrCommitUnknown) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if lost, ok := errors.AsType[*ConnectionError](err); ok {
		return lost.Outcome == OutcomeNotSent || lost.Outcome == OutcomeFailed
	}
	if errors.Is(err, ErrSchemaChanged) {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == SerializationFailure || e.Code == DeadlockDetected)
}

// Retry runs fn in a transaction, as [Store.InTx] does, and runs it again, in a new
// transaction, as long as that fails with an error that [IsRetryable] allows. Between two
// attempts it waits, longer each time, for a random time that [RetryOptions] bound. So fn
// must have no effects but those of the Store that it receives, and must set again what it
// leaves to its caller. It returns the errors of that Store, or errors that wrap them.
//
// An error for which there is no second attempt is returned as it is: one of fn's own, a
// constraint violation, and above all one that wraps [ErrCommitUnknown], because the
// transaction may have been committed. After the last attempt the error says how many there
// were, and wraps that of the last one. If ctx ends during a wait, the error wraps that of ctx,
// too. Retry panics if fn does.
//
// The store must not be that of a transaction: 40001 and 40P01 end all of it, and a savepoint
// alone cannot run again.
func Retry(ctx context.Context, store Store, opts RetryOptions, fn func(Store) error) error {
	if err := opts.Validate(); err != nil {
		return err
	}
	opts = opts.withDefaults()
	for attempt := 1; ; attempt++ {
		tx := opts.Tx
		err := store.InTx(ctx, fn, &tx)
		if !IsRetryable(err) {
			return err
		}
		if attempt == opts.Attempts {
			return fmt.Errorf("tasktwin: Retry: nothing was committed in %s: %w", attempts(attempt), err)
		}
		if ended := wait(ctx, opts.delay(attempt)); ended != nil {
			return fmt.Errorf("tasktwin: Retry: %w after %s, of which the last failed: %w", ended, attempts(attempt), err)
		}
	}
}

func attempts(n int) string {
	if n == 1 {
		return "1 attempt"
	}
	return fmt.Sprintf("%d attempts", n)
}

// wait waits, or returns the error of ctx.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
