package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	// maxBadPercent is the maximum percentage of bad rows.
	maxBadPercent = 1
	// maxFirstSkipped is how many of the skipped rows are kept.
	maxFirstSkipped = 10
)

// SkippedFor counts the rows skipped for one reason.
type SkippedFor struct {
	Reason    Reason `json:"reason"`
	Rows      int    `json:"rows"`
	FirstLine int    `json:"first_line"`
	detail    string // of the first such row
}

// BadLogError reports a log with too many bad rows.
type BadLogError struct {
	Rows    int // good and bad rows
	Bad     int
	Reasons []SkippedFor
}

// Error returns the counts, and the first bad row for each reason.
func (e *BadLogError) Error() string {
	reasons := make([]string, len(e.Reasons))
	for i, r := range e.Reasons {
		reasons[i] = fmt.Sprintf("%d %s (first: line %d: %s)", r.Rows, r.Reason, r.FirstLine, r.detail)
	}
	return fmt.Sprintf("%d of %d rows (%.3g %%) cannot be used: %s; more than %d %% is refused: "+
		"correct the log, or use --skip-bad to skip these rows",
		e.Bad, e.Rows, 100*float64(e.Bad)/float64(e.Rows), strings.Join(reasons, ", "), maxBadPercent)
}

// warn adds a warning.
func (s *Summary) warn(format string, args ...any) {
	s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
}

func (s *Summary) skip(bad *BadRow) {
	s.Skipped++
	if len(s.FirstSkipped) < maxFirstSkipped {
		s.FirstSkipped = append(s.FirstSkipped, bad)
	}
	i := slices.IndexFunc(s.Reasons, func(r SkippedFor) bool { return r.Reason == bad.Reason })
	if i < 0 {
		i = len(s.Reasons)
		s.Reasons = append(s.Reasons, SkippedFor{Reason: bad.Reason, FirstLine: bad.Line, detail: bad.Detail})
	}
	s.Reasons[i].Rows++
}

// finish sorts the reasons, and refuses a log with too many bad rows, without rows
// or without work.
func (s *Summary) finish(opts Options) error {
	slices.SortStableFunc(s.Reasons, func(a, b SkippedFor) int { return cmp.Compare(b.Rows, a.Rows) })
	all := s.Rows + s.Skipped
	switch {
	case !opts.SkipBad && s.Skipped*100 > all*maxBadPercent:
		return &BadLogError{Rows: all, Bad: s.Skipped, Reasons: s.Reasons}
	case s.Rows == 0:
		return ErrNoRows
	case s.Work == 0 && !opts.AllowNoWork:
		return &NoWorkError{Rows: s.Rows, OnlyEnds: s.OnlyEnds, Columns: s.Columns}
	}
	return nil
}

// NoWorkError reports a log in which no row has a duration: its tasks would never
// be active.
type NoWorkError struct {
	Rows     int
	OnlyEnds int // rows without a start
	Columns  Columns
}

// Error says which column would have the ends.
func (e *NoWorkError) Error() string {
	why := "the log has no column with a usual name for the end or the life cycle; name it with --end or --lifecycle"
	switch {
	case e.OnlyEnds == e.Rows:
		why = fmt.Sprintf("column %q has no start; name another one with --start", shorten(e.Columns.Start))
	case e.Columns.Lifecycle != "":
		why = fmt.Sprintf("column %q has no start that is followed by the completion of its activity", shorten(e.Columns.Lifecycle))
	case e.Columns.End != "":
		why = fmt.Sprintf("column %q has no end after the start in column %q", shorten(e.Columns.End), shorten(e.Columns.Start))
	}
	return fmt.Sprintf("none of the %d rows is work, with an end after its start, so that no task would ever be active: %s; "+
		"use --allow-no-work to read the rows as instants", e.Rows, why)
}
