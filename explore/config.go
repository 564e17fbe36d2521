package explore

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin"
)

// Handler is code that works on a store while others do, such as the handler of a request.
type Handler struct {
	// Name names the handler in schedules and failures: a letter, then letters, digits and
	// underscores. The default is A for the first handler, B for the second, and so on.
	Name string
	// Run is the code. It is called once for each schedule, in a goroutine of its own, with a
	// store whose calls wait for their turn. It may use transactions, savepoints, the store
	// itself inside of a transaction, and contexts of its own that are made from ctx; it must
	// do the same when it gets the same answers, and must make one call at a time.
	Run func(ctx context.Context, store tasktwin.Store) error
	// Expect reports whether Run may return an error. Nil allows none.
	Expect func(error) bool
}

// Config says what to explore. Handlers and one of Store and Open are needed.
type Config struct {
	// Store has the rows on which the handlers start. It has to be a [tasktwin.Forker]: each
	// schedule runs on a fork.
	Store tasktwin.Store
	// Open is for stores that do not fork: it returns a fresh engine for each schedule, with
	// equal rows. Package conformance/pgtest has one for PostgreSQL.
	Open func(ctx context.Context) (*Engine, error)

	Handlers []Handler
	// Before, unless it is nil, is called with the store before the handlers run, for each
	// schedule. It resets what they share beside the store.
	Before func(ctx context.Context, store tasktwin.Store) error
	// Check is called with the store after the handlers have returned. Its error fails the
	// schedule. It may be nil.
	Check func(ctx context.Context, store tasktwin.Store) error

	// Schedule, unless it is empty, is the only schedule to run: that of a [Failure], to debug
	// it or to confirm it on another engine.
	Schedule string
	// Every runs every schedule, also those that differ only in the order of statements with
	// nothing in common.
	Every bool
	// Switches, unless it is zero, bounds how often a schedule leaves a handler that could go
	// on. It implies Every.
	Switches int
	// Samples, unless it is zero, is how many schedules are chosen at random by Seed, where
	// there are too many for all.
	Samples int
	Seed    uint64
	// MaxSchedules bounds the number of schedules. Zero means 100,000. [Result.LeftOut] says
	// what that has left out.
	MaxSchedules int
	// Patience is how long a handler may take between two calls on the store before it is taken
	// to wait for something else, which fails the schedule. Zero means 5 seconds.
	Patience time.Duration
}

// Engine is a store for one schedule that does not tell by itself who waits for whom.
type Engine struct {
	// Store is the store. Each handler uses it with contexts that have the handler's name: see
	// [tasktwin.WithSession].
	Store tasktwin.Store
	// Settled returns who waits for whom, by the names of the handlers, and whether that stays so
	// until a statement is sent: no other of the busy handlers, whose statements have not
	// returned, is about to.
	Settled func(ctx context.Context, busy []string) (waits []tasktwin.Wait, settled bool, err error)
	// Close ends the use of the store.
	Close func() error
}

const (
	defaultMaxSchedules = 100_000
	defaultPatience     = 5 * time.Second
	maxHandlers         = 26
)

var handlerName = regexp.MustCompile(`^[A-Za-z]\w*$`)

// withDefaults returns the configuration with its defaults, or an error that names the
// field that is wrong.
func withDefaults(c Config) (Config, error) {
	bad := func(field, format string, args ...any) (Config, error) {
		return c, fmt.Errorf("explore: Config.%s: %s", field, fmt.Sprintf(format, args...))
	}
	switch _, forks := c.Store.(tasktwin.Forker); {
	case c.Store == nil && c.Open == nil:
		return bad("Store", "one of Store and Open is needed")
	case c.Store != nil && c.Open != nil:
		return bad("Open", "there is a Store, too")
	case c.Store != nil && !forks:
		return bad("Store", "a %T is not a tasktwin.Forker: use Open", c.Store)
	case len(c.Handlers) == 0 || len(c.Handlers) > maxHandlers:
		return bad("Handlers", "there are %d: there must be 1 to %d", len(c.Handlers), maxHandlers)
	}
	for field, n := range map[string]int{"Switches": c.Switches, "Samples": c.Samples, "MaxSchedules": c.MaxSchedules} {
		if n < 0 {
			return bad(field, "%d is negative", n)
		}
	}
	if c.Patience < 0 {
		return bad("Patience", "%s is negative", c.Patience)
	}
	if c.Samples > 0 && (c.Switches > 0 || c.Every) {
		return bad("Samples", "random schedules are neither bounded by Switches nor all of them, as Every asks for")
	}
	if c.MaxSchedules == 0 {
		c.MaxSchedules = defaultMaxSchedules
	}
	if c.Patience == 0 {
		c.Patience = defaultPatience
	}
	names := map[string]bool{}
	handlers := make([]Handler, len(c.Handlers))
	for i, h := range c.Handlers {
		if h.Name == "" {
			h.Name = string(rune('A' + i))
		}
		switch {
		case h.Run == nil:
			return bad(fmt.Sprintf("Handlers[%d].Run", i), "it is nil")
		case !handlerName.MatchString(h.Name):
			return bad(fmt.Sprintf("Handlers[%d].Name", i), "%q is not a letter, then letters, digits and underscores", h.Name)
		case names[h.Name]:
			return bad(fmt.Sprintf("Handlers[%d].Name", i), "two handlers have the name %s", h.Name)
		}
		names[h.Name] = true
		handlers[i] = h
	}
	c.Handlers = handlers
	return c, nil
}

// parse returns a schedule's handlers, by their places.
func (c *Config) parse(schedule string) ([]int, error) {
	var turns []int
	for name := range strings.FieldsSeq(schedule) {
		turn := -1
		for i, h := range c.Handlers {
			if h.Name == name {
				turn = i
			}
		}
		if turn < 0 {
			return nil, fmt.Errorf("explore: Config.Schedule: there is no handler %q", name)
		}
		turns = append(turns, turn)
	}
	return turns, nil
}

// format returns the text of a schedule.
func (c *Config) format(turns []int) string {
	names := make([]string, len(turns))
	for i, turn := range turns {
		names[i] = c.Handlers[turn].Name
	}
	return strings.Join(names, " ")
}

// open returns the engine of a schedule.
func (c *Config) open(ctx context.Context) (*Engine, error) {
	if c.Open != nil {
		e, err := c.Open(ctx)
		if err == nil && (e == nil || e.Store == nil || e.Settled == nil || e.Close == nil) {
			err = errors.New("its engine lacks Store, Settled or Close")
		}
		if err != nil {
			return nil, fmt.Errorf("explore: Config.Open: %w", err)
		}
		return e, nil
	}
	fork, err := c.Store.(tasktwin.Forker).ForkStore()
	if err != nil {
		return nil, fmt.Errorf("explore: Config.Store: %w", err)
	}
	return &Engine{Store: fork, Close: fork.Close}, nil
}
