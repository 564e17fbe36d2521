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
	// Start starts a server for this run only. It first removes what dead runs have
	// left behind; see [Run.LockFile]. The context applies to the start only, not
	// to the server. If this kind of server is not available, the error is one that
	// [Absent] returns.
	Start func(ctx context.Context, run *Run) (*Backend, error)
}

// Backend is a running PostgreSQL.
type Backend struct {
	URL   string       // of the maintenance database, as a user who may create databases
	Close func() error // ends the server; it is called once
}

// absentError is the reason why a kind of server is not available.
type absentError struct{ reason string }

func (e *absentError) Error() string { return e.reason }

// Absent returns the error of a [Starter] whose kind of server is not available.
// [Start] then tries the next kind.
func Absent(format string, args ...any) error {
	return &absentError{reason: fmt.Sprintf(format, args...)}
}

// settings trade durability for speed.
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
	"log_min_messages=log", // errors of statements are up to the tests
}

// registered holds the starters of other packages.
var registered struct {
	mu       sync.RWMutex
	starters []Starter
}

// Register adds a kind of server. [Start] tries the built-in kinds first, then the
// others in the order of their registration. Packages that are imported for this
// side effect, such as conformance/pgdocker, call it in init. A kind that is
// registered again is replaced; url and local cannot be replaced.
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

// Settings returns server settings that trade durability for speed, each in the
// form of an argument of postgres -c, in a new slice.
func Settings() []string { return slices.Clone(settings) }
