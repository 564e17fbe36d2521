package main

import (
	"errors"
	"fmt"

	"github.com/tasktwin/tasktwin"
)

// withStandbyHint adds a hint to an error of a read that is in the way of a standby's
// replication. Only on a standby can a transaction that reads one snapshot fail with 40001.
func withStandbyHint(err error) error {
	if e, ok := errors.AsType[*tasktwin.Error](err); ok && e.Code == tasktwin.SerializationFailure {
		return fmt.Errorf("%w\nThe database is a standby, whose replication has ended a query that was in its way. "+
			"Try again, or let it wait for longer queries, by the standby's setting max_standby_streaming_delay", err)
	}
	return err
}
