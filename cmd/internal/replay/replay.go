package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tasktwin/tasktwin"
)

// Options are the options of a replay.
type Options struct {
	Columns   Columns
	DateOrder DateOrder
	// Timezone is the time zone of times without an offset. The zero value is UTC.
	Timezone Timezone
	// Encoding is the encoding of the log. If it is empty, it is detected.
	Encoding Encoding
	// IdleTimeout is how long a task may be idle before it is paused. Zero disables
	// pauses.
	IdleTimeout time.Duration
	// Now is the end of the replay. The zero time means the last event.
	Now time.Time
	// Strict makes the first bad row an error.
	Strict bool
	// SkipBad accepts any number of bad rows. Without it, more than one in a hundred
	// is a [*BadLogError].
	SkipBad bool
	// AllowNoWork accepts a log in which no row has a duration. Without it, such a
	// log is a [*NoWorkError].
	AllowNoWork bool

	// sortMemory is how many bytes of rows are sorted in memory. Zero means the
	// default.
	sortMemory int
}

// Summary describes what was replayed.
type Summary struct {
	Columns  Columns      `json:"columns"`
	Warnings []string     `json:"warnings"`
	Rows     int          `json:"rows"` // rows replayed
	Work     int          `json:"work"` // work with a duration, of one row or of two
	Skipped  int          `json:"skipped"`
	Reasons  []SkippedFor `json:"skipped_by_reason"` // by number of rows, descending
	// OnlyEnds is the number of rows with an end and no start. They are instants at
	// their end.
	OnlyEnds int `json:"only_ends"`
	// Unpaired counts the rows of a life cycle that have no counterpart. They are
	// instants.
	Unpaired []UnpairedRows `json:"unpaired"`
	// Reordered is the number of rows that the log has after a later row of their
	// case. They are replayed in the order of time.
	Reordered int       `json:"reordered"`
	Tasks     int       `json:"tasks"`
	Users     int       `json:"users"`
	Now       time.Time `json:"now"`

	// FirstSkipped has the first ten skipped rows.
	FirstSkipped []*BadRow `json:"-"`
}

// ErrNoRows says that a log has no rows that can be replayed.
var ErrNoRows = errors.New("no rows to replay")

// Run replays a log in one transaction, after reading it to its end: if it fails,
// the store is unchanged. Bad rows are counted and skipped. Too many of them are a [*BadLogError]; with
// opts.Strict the first one is the error, a [*BadRow]. A log without work is a
// [*NoWorkError]. A log whose bytes are not text, or not clearly so, is an
// [*EncodingError]. If r is an [io.Seeker], it may be read twice.
func Run(ctx context.Context, store tasktwin.Store, r io.Reader, opts Options) (_ *Summary, err error) {
	rows, sum, err := read(ctx, r, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	err = store.InTx(ctx, func(tx tasktwin.Store) error { return run(ctx, tx, rows, opts, sum) }, nil)
	if err != nil {
		return nil, err
	}
	return sum, nil
}

// open opens a log.
func open(r io.Reader, opts Options) (*Log, *Summary, error) {
	if opts.IdleTimeout < 0 {
		return nil, nil, fmt.Errorf("--idle-timeout is %s: it must not be negative", opts.IdleTimeout)
	}
	log, err := OpenLog(r, opts)
	if err != nil {
		return nil, nil, err
	}
	return log, &Summary{
		Columns: log.Columns(), Warnings: append([]string{}, log.Warnings...), Reasons: []SkippedFor{},
		Unpaired: []UnpairedRows{},
	}, nil
}

func run(ctx context.Context, store tasktwin.Store, rows *events, opts Options, sum *Summary) error {
	p := &player{idleTimeout: opts.IdleTimeout, cases: map[string]*caseState{}}
	for row, err := range rows.all() {
		if err == nil && p.world == nil {
			p.world, err = newWorld(ctx, store, row.Start)
		}
		if err == nil {
			err = p.add(row)
		}
		if err != nil {
			return err
		}
	}
	now, err := endTime(opts.Now, p.lastEvent)
	if err != nil {
		return err
	}
	sum.Tasks, sum.Users, sum.Now = len(p.order), len(p.world.users), now
	return p.finish(now)
}

// later returns the later of two times.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// endTime returns the end of a replay: now or, if that is the zero time, the last
// event.
func endTime(now, last time.Time) (time.Time, error) {
	if now.IsZero() {
		now = last
	}
	if now.Before(last) {
		return now, fmt.Errorf("--now is %s: it must not be before the last event, which is at %s",
			now.Format(time.RFC3339), last.Format(time.RFC3339Nano))
	}
	return now.UTC(), nil
}
