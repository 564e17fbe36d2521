package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/period"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/telemetry"
)

type telemetryCmd struct {
	Postgres string `help:"Database to read, in one read-only transaction. The tables are found by its search_path." required:"" placeholder:"URL"`
	Since    string `help:"Only tasks with builds after this time, such as 2016-12-31T00:00:00Z, or this long before --until, such as 1h30m or 7d." required:"" placeholder:"TIME"`
	Until    string `help:"Time at which pauses and work that have not ended are counted as ended: a time, or how long ago. Default: now." placeholder:"TIME"`
	Format   string `help:"Output format: ${enum}. jsonl and csv have one event per line and print the summary on standard error if that is a terminal. Default: ${default}." enum:"${formats}" default:"table" placeholder:"FORMAT"`
}

// The output formats. A table is followed by a summary; JSON has both in one object.
const (
	formatTable = "table"
	formatJSONL = "jsonl"
	formatCSV   = "csv"
	formatJSON  = "json"
)

var telemetryFormats = []string{formatTable, formatJSONL, formatCSV, formatJSON}

// namedEvent is an event with the name of its task, if it is known.
type namedEvent struct {
	telemetry.TaskEvent
	TaskName *string `json:"task_name"`
}

// Help is the additional text of the command's help.
func (*telemetryCmd) Help() string {
	return `For each task with a build after --since, it shows the last pause and the last resume with their reasons,
and the idle, paused and active time. Times are in UTC.

The database must have tasktwin's tables. They may have additional columns, and their types additional values.
The user needs only SELECT on them. If they are in another schema, set search_path in the URL:

  tasktwin telemetry --postgres 'postgres://reader@db/main?search_path=platform' --since 1d
  tasktwin telemetry --postgres "$URL" --since 7d --format csv > week.csv

Behind a pooler, add default_query_exec_mode=cache_describe to the URL. A password may also come from PGPASSWORD or ~/.pgpass.`
}

// telemetrySummary has totals of the events.
type telemetrySummary struct {
	Since   time.Time                      `json:"since"`
	Until   time.Time                      `json:"until"`
	Tasks   int                            `json:"tasks"`
	Paused  map[telemetry.PauseReason]int  `json:"paused"`  // paused tasks by reason
	Resumed map[telemetry.ResumeReason]int `json:"resumed"` // resumed tasks by reason
	// Durations of the tasks that have them.
	Idle           replay.Spread `json:"idle_before_last_pause"`
	LastPause      replay.Spread `json:"last_pause"`
	ResumeToStatus replay.Spread `json:"resume_to_status"`
	Active         replay.Spread `json:"active"`
}

func (c *telemetryCmd) Run(e *env) error {
	since, until, err := c.window(e.now())
	if err != nil {
		return err
	}
	events, names, err := c.collect(e, since, until)
	if err != nil {
		return withStandbyHint(err)
	}
	sum := summarize(events, since, until)
	named := make([]namedEvent, len(events))
	for i := range events {
		named[i] = namedEvent{events[i], names[events[i].TaskID].task}
	}
	switch c.Format {
	case formatJSON:
		err = writeIndented(e.stdout, struct {
			*telemetrySummary
			Events []namedEvent `json:"events"`
		}{sum, named})
	case formatJSONL:
		err = writeLines(e.stdout, named, func(n *namedEvent) string { return n.TaskID })
	case formatCSV:
		err = writeCSV(e.stdout, named)
	default:
		_, err = io.WriteString(e.stdout, eventsText(events, names, e.style)+"\n"+sum.text(e.style))
		return err
	}
	if err == nil && c.Format != formatJSON && term.Is(e.stderr) {
		fmt.Fprint(e.stderr, sum.text(term.Style{}))
	}
	return err
}

// window parses --since and --until.
func (c *telemetryCmd) window(now time.Time) (since, until time.Time, err error) {
	until = now
	if c.Until != "" {
		if until, err = parseInstant("--until", c.Until, now); err != nil {
			return since, until, err
		}
	}
	if since, err = parseInstant("--since", c.Since, until); err != nil {
		return since, until, err
	}
	if !since.Before(until) {
		return since, until, usagef(
			"--since is %s: it must be before --until, which is %s", since.Format(time.RFC3339Nano), until.Format(time.RFC3339Nano),
		)
	}
	return since, until, nil
}

// collect collects the events in one read-only transaction, and then the names of
// their tasks.
func (c *telemetryCmd) collect(e *env, since, until time.Time) (events []telemetry.TaskEvent, names map[string]taskNames, err error) {
	db, closeDB, err := openExisting(e, c.Postgres)
	if err != nil {
		return nil, nil, err
	}
	defer closeDB()
	err = db.InTx(e.ctx, func(tx tasktwin.Store) error {
		events, err = telemetry.CollectTaskEvents(e.ctx, tx, since, until)
		return err
	}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true})
	if err == nil {
		names, err = readNames(e.ctx, db, events)
	}
	return events, names, explainMissing(e.ctx, db, err)
}

func summarize(events []telemetry.TaskEvent, since, until time.Time) *telemetrySummary {
	s := &telemetrySummary{
		Since: since, Until: until, Tasks: len(events),
		Paused: map[telemetry.PauseReason]int{}, Resumed: map[telemetry.ResumeReason]int{},
	}
	var idle, paused, resume, active []int64
	for i := range events {
		e := &events[i]
		if e.PauseReason != nil {
			s.Paused[*e.PauseReason]++
		}
		if e.ResumeReason != nil {
			s.Resumed[*e.ResumeReason]++
		}
		for _, d := range []struct {
			from *int64
			to   *[]int64
		}{{e.IdleDurationMS, &idle}, {e.PausedDurationMS, &paused}, {e.ResumeToStatusMS, &resume}, {e.ActiveDurationMS, &active}} {
			if d.from != nil {
				*d.to = append(*d.to, *d.from)
			}
		}
	}
	s.Idle, s.LastPause = replay.NewSpread(idle), replay.NewSpread(paused)
	s.ResumeToStatus, s.Active = replay.NewSpread(resume), replay.NewSpread(active)
	return s
}

// writeLines writes one event per line as JSON.
func writeLines[E any](w io.Writer, events []E, task func(*E) string) error {
	enc := json.NewEncoder(w)
	for i := range events {
		if err := enc.Encode(&events[i]); err != nil {
			return fmt.Errorf("task %s: %w", task(&events[i]), err)
		}
	}
	return nil
}

func idOf(e *telemetry.TaskEvent) string { return e.TaskID }

// writeCSV writes a header and one event per line. NULL is an empty field.
func writeCSV(w io.Writer, events []namedEvent) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{ // Error returns its error
		"task_id", "last_paused_at", "pause_reason", "idle_duration_ms", "paused_duration_ms",
		"last_resumed_at", "resume_reason", "resume_to_status_ms", "active_duration_ms", "task_name",
	})
	at := func(t time.Time) string { return t.Format(time.RFC3339Nano) }
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	for i := range events {
		e := &events[i]
		_ = out.Write([]string{
			e.TaskID,
			orEmpty(e.LastPausedAt, at), orEmpty(e.PauseReason, asText), orEmpty(e.IdleDurationMS, number), orEmpty(e.PausedDurationMS, number),
			orEmpty(e.LastResumedAt, at), orEmpty(e.ResumeReason, asText), orEmpty(e.ResumeToStatusMS, number), orEmpty(e.ActiveDurationMS, number),
			orEmpty(e.TaskName, asText),
		})
	}
	out.Flush()
	return out.Error()
}

func asText[S ~string](s S) string { return string(s) }

func orEmpty[T any](v *T, text func(T) string) string {
	if v == nil {
		return ""
	}
	return text(*v)
}

// parseInstant parses a time, or a duration before end.
func parseInstant(flag, text string, end time.Time) (time.Time, error) {
	if t, ok := asTime(text); ok {
		return t, nil
	}
	if d, ok := period.Parse(text); ok {
		return end.Add(-d).UTC(), nil
	}
	return time.Time{}, usagef("%s is %q: it must be a time such as 2016-12-31T23:59:59Z, "+
		"or a duration such as 90m, 1h30m, 7d or 2w", flag, text)
}
