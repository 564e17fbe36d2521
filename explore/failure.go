package explore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/footprint"
	"github.com/tasktwin/tasktwin/internal/optext"
	"github.com/tasktwin/tasktwin/tasktest"
)

// Failure is a schedule that has failed. It is an error that wraps its cause.
type Failure struct { //nolint:errname // it is a result, and an error only to be printed and looked at
	// Schedule is the schedule, for Config.Schedule: the names of the handlers in the order of
	// their turns.
	Schedule string
	// Cause is why it has failed.
	Cause error
	// Steps is the schedule in the text form of sessions: each call with what it led to.
	Steps string
	// Conflicts are the pairs of calls whose order matters, with what they met at, if the store
	// tells: a row, a key, the rows that refer to another, or a table.
	Conflicts string
	// Changes are the rows that the handlers have changed, as [tasktest.Diff] prints them, if
	// the store is a [tasktwin.Dumper].
	Changes string
}

func (f *Failure) Unwrap() error { return f.Cause }

// Error returns all of it.
func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "explore: a schedule fails: %v\n\n%s", f.Cause, f.Steps)
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n%s:\n%s", title, indent(text))
		}
	}
	section("The order of these calls matters", f.Conflicts)
	section("The rows that have changed", f.Changes)
	fmt.Fprintf(&b, "\nTo run this schedule alone, set Config.Schedule: %q", f.Schedule)
	return b.String()
}

// explain returns the failure of the shortest schedule that fails. It runs that again, to name
// what its calls have met at.
func (x *explorer) explain(ctx context.Context, f *failed) (*Failure, error) {
	f, err := x.shrink(ctx, f)
	if err != nil {
		return nil, err
	}
	var before *tasktwin.Dump
	again := &explorer{config: x.config}
	again.config.Before = func(ctx context.Context, s tasktwin.Store) (err error) {
		if x.config.Before != nil {
			err = x.config.Before(ctx, s)
		}
		before = dump(ctx, s)
		return err
	}
	again.onEnd = func(r *run) { r.after = dump(context.WithoutCancel(ctx), r.engine.Store) }
	named, cause := again.replay(ctx, f.run.turns(), map[footprint.Item]string{})
	var same *failed
	if !errors.As(cause, &same) {
		named, same = f.run, f // it does not fail again, so that only its steps are known
	}
	out := &Failure{Schedule: x.config.format(named.turns()), Cause: same.cause, Steps: named.steps(), Conflicts: named.conflicts(x.rules)}
	if before != nil && named.after != nil {
		out.Changes = tasktest.Diff(before, named.after)
	}
	return out, ctx.Err()
}

// dump returns the rows of a store, or nil if it does not tell.
func dump(ctx context.Context, s tasktwin.Store) *tasktwin.Dump {
	dumper, ok := s.(tasktwin.Dumper)
	if !ok {
		return nil
	}
	rows, err := dumper.Dump(ctx)
	if err != nil {
		return nil
	}
	return rows
}

// String returns a call in the text form of sessions.
func (c *call) String() string {
	text := optext.Argument(c.arg)
	if c.name == opStep {
		text, _ = c.arg.(string)
	}
	return strings.TrimSpace(fmt.Sprintf("%s: %s %s", c.proc.handler.Name, c.name, text))
}

// steps returns the events of a schedule in the text form of sessions.
func (r *run) steps() string {
	var b strings.Builder
	shown := shownRows{}
	line := func(format string, args ...any) { fmt.Fprint(&b, indent(fmt.Sprintf(format, args...))) }
	for _, e := range r.events {
		fmt.Fprintln(&b, e.call)
		own := func(a answer) bool { return a.call == e.call }
		if i := slices.IndexFunc(e.answers, own); i >= 0 && (e.answers[i].err != nil || !e.call.begins()) {
			line("-> %s", e.answers[i].text(shown))
		}
		for _, a := range e.answers {
			if !own(a) {
				line("%s: %s -> %s", a.call.proc.handler.Name, a.call.name, a.text(shown))
			}
		}
		for _, w := range e.waits {
			who, where := "", ""
			if w.call != e.call {
				who = w.call.proc.handler.Name + " "
			}
			if w.table != "" {
				where = ": " + strings.TrimSpace(w.table+" "+w.key)
			}
			line("%swaits for %s%s", who, strings.Join(w.holders, ", "), where)
		}
	}
	return b.String()
}

// text returns an answer as transcripts of sessions have it.
func (a answer) text(shown shownRows) string {
	switch {
	case a.call.name == opRollback && a.err != nil:
		return "ok" // the error is why it was rolled back
	case errors.Is(a.err, sql.ErrNoRows):
		return "no rows"
	case a.err != nil:
		return "error: " + a.err.Error()
	case a.value == nil || a.value == struct{}{}:
		return "ok"
	}
	if _, isDump := a.value.(*tasktwin.Dump); isDump {
		return "all rows"
	}
	return optext.Answer(a.value, shown.omit)
}

// shownRows has the columns of the rows that a transcript has shown, by type and key.
type shownRows map[string]map[string]string

// omit leaves out of a row what has been shown before, and, where it is shown first, what
// seldom matters for an order: ids of other rows, times and JSON.
func (s shownRows) omit(row reflect.Value, column, text string) bool {
	key := row.Type().Name() + " " + optext.Value(row.Field(0))
	columns := s[key]
	if columns == nil {
		columns = map[string]string{}
		s[key] = columns
	}
	was, seen := columns[column]
	columns[column] = text
	if seen {
		return was == text
	}
	switch row.FieldByName(column).Interface().(type) {
	case uuid.UUID, uuid.NullUUID, time.Time, json.RawMessage:
		return true
	}
	return false
}

const maxPairs = 50

// conflicts returns the pairs of calls of a schedule that have met, and in the other order
// might have led to something else.
func (r *run) conflicts(by rules) string {
	var b strings.Builder
	pairs := 0
	for j, e := range r.events {
		for i, o := range r.events[:j] {
			if pairs == maxPairs {
				fmt.Fprintln(&b, "…")
				return b.String()
			}
			if o.proc == e.proc || o.everything || e.everything || o.procs&(1<<e.proc) != 0 || !by.dependBeside(o, e) {
				continue
			}
			pairs++
			fmt.Fprintf(&b, "%d %s before %d %s%s\n", i+1, o.short(), j+1, e.short(), r.where(by, o, e))
		}
	}
	return b.String()
}

// short returns a call without its argument.
func (e *event) short() string { return e.call.proc.handler.Name + ": " + e.call.name }

// where says where two events have met.
func (r *run) where(by rules, a, b *event) string {
	item := by.meet(a, b)
	switch {
	case item != nil && r.names[*item] != "":
		return ", at " + r.names[*item]
	case a.snapshot || b.snapshot:
		return ": a snapshot, and a change"
	case a.conflicts && b.conflicts:
		return ": one waits for the other"
	case a.serializable && b.serializable:
		return ": serializable transactions"
	}
	return ""
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
}
