package shadow

import (
	"fmt"
	"time"
)

// The defaults of Options.
const (
	DefaultWorkers = 4
	DefaultQueue   = 256
	DefaultTimeout = 5 * time.Second
)

// Options configure a Store. The zero value compares every call and only counts the
// differences.
type Options struct {
	// Report is called with each difference, by one goroutine at a time. While it runs
	// comparisons may wait, callers never do. It may use the store, except for Wait and
	// Close, which wait for it.
	Report func(Difference)
	// Sample is the fraction of calls that are compared, more than 0 and at most 1. 0
	// means all.
	Sample float64
	// Seed chooses which calls are in the sample. With the same seed the same ones are
	// chosen, by their number in the order of calls.
	Seed uint64
	// Workers is the number of goroutines that compare, and so of calls of the secondary
	// at a time. 0 means DefaultWorkers.
	Workers int
	// Queue is the number of comparisons that may wait for a worker; each holds a copy of
	// its answer. 0 means DefaultQueue.
	Queue int
	// Timeout bounds a call of the secondary, and the second one of the primary. A call of
	// the secondary that ends by it is counted as unanswered. One that ignores its
	// context occupies its worker. 0 means DefaultTimeout.
	Timeout time.Duration
}

// Validate returns an error that names the first field that is not valid, and its value.
func (o Options) Validate() error {
	switch {
	case !(o.Sample >= 0 && o.Sample <= 1):
		return fmt.Errorf("shadow: Options.Sample is %v: it must be 0 to 1", o.Sample)
	case o.Workers < 0:
		return fmt.Errorf("shadow: Options.Workers is %d: it must not be negative", o.Workers)
	case o.Queue < 0:
		return fmt.Errorf("shadow: Options.Queue is %d: it must not be negative", o.Queue)
	case o.Timeout < 0:
		return fmt.Errorf("shadow: Options.Timeout is %v: it must not be negative", o.Timeout)
	}
	return nil
}
