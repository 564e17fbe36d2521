package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
)

// text is the report as text.
func (o *replayOutput) text(style term.Style) string {
	var b strings.Builder
	for _, w := range o.Warnings {
		fmt.Fprintf(&b, "%s %s\n", style.Yellow("warning:"), escaped(w))
	}
	fmt.Fprintf(&b, "%d rows of %d tasks by %d users, until %s\n", o.Rows, o.Tasks, o.Users, o.Now.Format(time.RFC3339))
	if o.Skipped > 0 {
		fmt.Fprintf(&b, "%d rows skipped:", o.Skipped)
		reasons := make([]string, 0, len(o.Reasons))
		for _, r := range o.Reasons {
			reasons = append(reasons, fmt.Sprintf(" %s %d (first: line %d)", r.Reason, r.Rows, r.FirstLine))
		}
		b.WriteString(strings.Join(reasons, ",") + "\n")
	}
	b.WriteString("\ntasks by status\n")
	table := term.NewTable(term.Right, term.Right)
	for _, status := range tasktwin.AllTaskStatusValues() {
		table.Row("  "+string(status), strconv.Itoa(o.Statuses[status]))
	}
	b.WriteString(table.String())
	fmt.Fprintf(&b, "\n%d pauses, %d resumes\n\n", o.Pauses, o.Resumes)
	b.WriteString(spreadsText(style, []namedSpread{
		{"active", o.Active}, {"idle before the last pause", o.Idle}, {"last pause", o.LastPause}, {"all pauses", o.Paused},
	}))
	if len(o.Longest) > 0 {
		b.WriteString("\nlongest pauses\n")
		table = term.NewTable(term.Left, term.Left, term.Left, term.Left)
		for _, p := range o.Longest {
			end := "resumed"
			if !p.Over {
				end = "still paused"
			}
			table.Row("  "+number.Duration(p.DurationMS), printable(p.Task), p.At.Format(time.DateTime), end)
		}
		b.WriteString(table.String())
	}
	b.WriteString("\n")
	where := map[string]string{storeMemory: "in memory", storePostgres: "on PostgreSQL"}
	for _, t := range o.Timing {
		fmt.Fprintf(&b, "replayed %s in %.2f s\n", where[t.Store], t.Seconds)
	}
	if o.Parity != nil {
		for _, d := range o.Parity.Details {
			fmt.Fprintf(&b, "%s\n", escaped(d))
		}
		fmt.Fprintf(&b, "parity: %d rows compared, %s\n", o.Parity.Rows, mismatches(o.Parity.Mismatches, style))
	}
	return b.String()
}

// namedSpread is a row of a table of spreads.
type namedSpread struct {
	name string
	replay.Spread
}

func spreadsText(style term.Style, rows []namedSpread) string {
	const r = term.Right
	table := term.NewTable(r, r, r, r, r)
	table.PaintedRow(style.Bold, "time", "count", "sum", "median", "p90")
	for _, row := range rows {
		table.Row(row.name, strconv.Itoa(row.Count), number.Duration(row.SumMS), number.Duration(row.MedianMS), number.Duration(row.P90MS))
	}
	return table.String()
}

// mismatches is the number of mismatches as text: green if it is 0, else red.
func mismatches(n int, style term.Style) string {
	text := fmt.Sprintf("%d mismatches", n)
	if n > 0 {
		return style.Red(text)
	}
	return style.Green(text)
}

// printable returns s, quoted if it has characters that could control a terminal.
func printable(s string) string {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(s)
	}
	return s
}

// escaped returns a message with escape sequences for the characters that could
// control a terminal, which the name of a file may have. Line breaks, tabs and spaces of
// every width, which go-cmp's reports have, are kept.
func escaped(message string) string {
	var b strings.Builder
	for len(message) > 0 {
		r, size := utf8.DecodeRuneInString(message)
		part := message[:size]
		message = message[size:]
		if controls(r) || r == utf8.RuneError && size == 1 {
			quoted := strconv.Quote(part)
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(part)
		}
	}
	return b.String()
}

func controls(r rune) bool {
	return !unicode.IsPrint(r) && r != '\n' && r != '\t' && !unicode.Is(unicode.Zs, r)
}
