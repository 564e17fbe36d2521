package pgserver

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// A Starter starts servers of one kind.
type Starter struct {
	// Kind is the name of the kind, for TASKTWIN_POSTGRES and [Server.Kind].
	Kind string
	// Start starts a server that is this run's only. It first removes what dead
	// runs have left; see [Run.LockFile]. The context bounds the start, not the
	// server. Where there is nothing to start a server with, the error is one that
	// [Absent] returns.
	Start func(ctx context.Context, run *Run) (*Backend, error)
}

// Backend is a running PostgreSQL.
type Backend struct {
	URL   string       // of the maintenance database, as a user who may create databases
	Close func() error // ends the server; it is called once
}

// absentError is the reason why there is no server of one kind.
type absentError struct{ reason string }

func (e *absentError) Error() string { return e.reason }

// Absent returns the error of a [Starter] that finds nothing to start a server
// with. [Start] then tries the next kind.
func Absent(format string, args ...any) error {
	return &absentError{reason: fmt.Sprintf(format, args...)}
}

// settings make a server fast and forgetful.
var settings = []string{
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"wal_level=minimal",
	"max_wal_senders=0",
	"jit=off",
	"max_connections=200",
	"shared_buffers=128MB",
	"deadlock_timeout=100ms",
	"timezone=UTC",
	"log_min_messages=log", // what statements do wrong is the tests' own affair
}

// registered are the starters besides those of this package.
var registered struct {
	mu       sync.RWMutex
	starters []Starter
}

// Register adds a kind of server, which [Start] tries after those that it tried
// before. It is for the init function of a package that is imported for its
// effect, such as conformance/pgdocker. A kind that is there is replaced, unless
// it is url or local.
func Register(s Starter) error {
	switch {
	case s.Kind == "" || s.Kind == KindURL || s.Kind == KindLocal:
		return fmt.Errorf("pgserver: Starter.Kind is %q: it must be a name other than %s and %s", s.Kind, KindURL, KindLocal)
	case s.Start == nil:
		return fmt.Errorf("pgserver: Starter.Start is nil, of kind %s", s.Kind)
	}
	registered.mu.Lock()
	defer registered.mu.Unlock()
	registered.starters = append(slices.DeleteFunc(registered.starters, func(r Starter) bool { return r.Kind == s.Kind }), s)
	return nil
}

// Kinds returns the kinds of server, in the order in which [Start] tries them.
func Kinds() []string {
	kinds := []string{KindURL, KindLocal}
	for _, s := range registeredStarters() {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

func registeredStarters() []Starter {
	registered.mu.RLock()
	defer registered.mu.RUnlock()
	return slices.Clone(registered.starters)
}

// Settings returns the settings of a server that is fast and forgets everything,
// each as postgres -c takes it, in a new slice.
func Settings() []string { return slices.Clone(settings) }
