package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
	"github.com/tasktwin/tasktwin/telemetry"
)

// eventsText is a table of events. Yellow is what is paused still.
func eventsText(events []telemetry.TaskEvent, names map[string]taskNames, style term.Style) string {
	if len(events) == 0 {
		return "no task has builds in this time\n"
	}
	const l, r = term.Left, term.Right
	table := term.NewTable(l, l, l, l, l, r, r, l, l, r, r)
	table.PaintedRow(style.Bold, "name", "owner", "task", "last paused", "by", "idle", "paused", "last resumed", "by", "to status", "active")
	at := func(t time.Time) string { return t.Format(time.DateTime) }
	for i := range events {
		e := &events[i]
		paused := cellOf(e.PausedDurationMS, number.Duration, style)
		if e.LastResumedAt == nil && e.PausedDurationMS != nil {
			paused = style.Yellow(paused)
		}
		table.Row(
			cellOf(names[e.TaskID].task, printable, style), cellOf(names[e.TaskID].owner, printable, style),
			e.TaskID, cellOf(e.LastPausedAt, at, style), cellOf(e.PauseReason, asText, style),
			cellOf(e.IdleDurationMS, number.Duration, style), paused,
			cellOf(e.LastResumedAt, at, style), cellOf(e.ResumeReason, asText, style),
			cellOf(e.ResumeToStatusMS, number.Duration, style), cellOf(e.ActiveDurationMS, number.Duration, style),
		)
	}
	return table.String()
}

func cellOf[T any](v *T, text func(T) string, style term.Style) string {
	if v == nil {
		return style.Dim("-")
	}
	return text(*v)
}

// text is the summary for a reader.
func (s *telemetrySummary) text(style term.Style) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d tasks with builds later than %s, as of %s\n", s.Tasks, s.Since.Format(time.DateTime), s.Until.Format(time.DateTime))
	fmt.Fprintf(&b, "paused: %d auto, %d manual, %d other; resumed: %d manual, %d other\n\n",
		s.Paused[telemetry.PauseReasonAuto], s.Paused[telemetry.PauseReasonManual], s.Paused[telemetry.PauseReasonOther],
		s.Resumed[telemetry.ResumeReasonManual], s.Resumed[telemetry.ResumeReasonOther])
	b.WriteString(spreadsText(style, []namedSpread{
		{"active", s.Active}, {"idle before the last pause", s.Idle}, {"last pause", s.LastPause}, {"resume to first status", s.ResumeToStatus},
	}))
	return b.String()
}
