package report

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/telemetry"
)

// Options are the options of a report. The zero value includes everything.
type Options struct {
	// Title is the page's heading. Empty means "Task report".
	Title string
	// Summary is one line under the title: what the page shows, when it happened and
	// where the data is from. Empty means none.
	Summary string
	// Advice has the sentences that answer the question of the sweep, as plain text.
	Advice []string
	// Recommended and Current are the names of the policies of Sweep that the advice
	// recommends and compares with. Empty means none.
	Recommended, Current string
	// Currency is the ISO 4217 code or the symbol of the costs. Empty means none.
	Currency string
	// Now ends open intervals. Later events are ignored. The zero time means the
	// latest instant in the store.
	Now time.Time
	// Since excludes intervals and pauses that ended before it, and older tasks
	// whose workspace has no build after it. The zero time excludes nothing.
	Since time.Time
	// Sweep has the policies to compare. If it is empty, the page has no comparison.
	Sweep []Policy
}

// Page is a report that can be written. It is immutable.
type Page struct {
	title   string
	summary string
	advice  []string
	// recommended and current are names of policies in sweep, or empty.
	recommended, current string
	currency             string

	from, to pageTime
	tasks    []taskReport // in the order of ListTasks: newest first
	sweep    []Policy
	// mismatched is the number of tasks whose working time differs from the
	// telemetry's.
	mismatched int
}

// taskReport is the data of one task on the page.
type taskReport struct {
	tasktwin.TaskWithStatus
	intervals []interval
	pauses    []pause
	// active and resumeToStatus are active_duration_ms and resume_to_status_ms of
	// the telemetry, or nil.
	active, resumeToStatus *int64
}

// Collect reads a store as one consistent snapshot, in a read-only transaction,
// and derives the report of every task by the rules of the package. It holds all rows
// in memory: it dumps the tables that it shows of a database, and all of another Dumper.
// Any other store is queried task by task, without the deleted tasks. The error is the
// store's or the context's, or names an invalid option.
func Collect(ctx context.Context, store tasktwin.Store, opts Options) (*Page, error) {
	for i := range opts.Sweep {
		if err := opts.Sweep[i].check(); err != nil {
			return nil, fmt.Errorf("report: Options.Sweep: %w", err)
		}
	}
	for _, marked := range []struct{ option, name string }{{"Recommended", opts.Recommended}, {"Current", opts.Current}} {
		if marked.name != "" && !slices.ContainsFunc(opts.Sweep, func(p Policy) bool { return p.Name == marked.name }) {
			return nil, fmt.Errorf("report: Options.%s is %q: it must be the name of a policy of Options.Sweep", marked.option, marked.name)
		}
	}
	if !opts.Since.IsZero() && !opts.Now.IsZero() && !opts.Since.Before(opts.Now) {
		return nil, fmt.Errorf("report: Options.Since is %s: it must be before Options.Now, which is %s",
			opts.Since.Format(time.RFC3339Nano), opts.Now.Format(time.RFC3339Nano))
	}
	p := &Page{
		title: cmp.Or(opts.Title, "Task report"), summary: opts.Summary, advice: slices.Clone(opts.Advice),
		recommended: opts.Recommended, current: opts.Current, currency: opts.Currency, sweep: slices.Clone(opts.Sweep),
	}
	err := store.InTx(ctx, func(tx tasktwin.Store) error { return p.collect(ctx, tx, opts) },
		&tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return p, nil
}

func (p *Page) collect(ctx context.Context, tx tasktwin.Store, opts Options) error {
	histories, err := read(ctx, tx)
	if err != nil {
		return err
	}
	p.setRange(histories, opts)
	if p.to < p.from {
		return fmt.Errorf("Options.Since is %s: nothing has happened since then", opts.Since.Format(time.RFC3339Nano))
	}
	list, err := telemetry.CollectTaskEvents(ctx, tx, opts.Since, p.to.time())
	if err != nil {
		return err
	}
	events := make(map[string]*telemetry.TaskEvent, len(list))
	for i := range list {
		events[list[i].TaskID] = &list[i]
	}
	for _, h := range histories {
		if err := ctx.Err(); err != nil {
			return err
		}
		event := events[h.task.ID.String()]
		if event == nil && !opts.Since.IsZero() && pageTimeOf(h.task.CreatedAt) < p.from && !h.deletedSince(p.from) {
			continue
		}
		p.add(h, event)
	}
	return nil
}

// setRange sets the first and the last instant that the page shows.
func (p *Page) setRange(histories []*history, opts Options) {
	var first, last pageTime
	for i, h := range histories {
		a, b := h.span()
		if i == 0 {
			first, last = a, b
		}
		first, last = min(first, a), max(last, b)
	}
	if !opts.Now.IsZero() {
		last = pageTimeOf(opts.Now)
		first = min(first, last)
	}
	if len(histories) == 0 {
		first = last
	}
	if !opts.Since.IsZero() {
		first = pageTimeOf(opts.Since)
	}
	p.from, p.to = first, last
}

func (p *Page) add(h *history, event *telemetry.TaskEvent) {
	t := taskReport{TaskWithStatus: h.task}
	var worked int64
	end := h.until(p.to)
	for _, i := range h.intervals(end) {
		if i.state == working {
			worked += int64(i.to - i.from)
		}
		if i.from = max(i.from, p.from); i.from < i.to {
			t.intervals = append(t.intervals, i)
		}
	}
	for _, pause := range h.pauses(end) {
		pause.over = pause.over || h.task.DeletedAt.Valid
		if pause.to >= p.from {
			t.pauses = append(t.pauses, pause)
		}
	}
	var counted int64
	if event != nil {
		t.active, t.resumeToStatus = event.ActiveDurationMS, event.ResumeToStatusMS
		if t.active != nil {
			counted = *t.active
		}
		// The telemetry is rounded to milliseconds.
		if d := worked/1000 - counted; d < -1 || d > 1 {
			p.mismatched++
		}
	}
	p.tasks = append(p.tasks, t)
}
