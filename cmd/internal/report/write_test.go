package report

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// between returns the text between two markers.
func between(t *testing.T, s, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(s, before)
	require.True(t, found, before)
	out, _, found := strings.Cut(rest, after)
	require.True(t, found, after)
	return out
}

func dataOf(t *testing.T, page string) (text string, doc document) {
	t.Helper()
	text = between(t, page, `<script type="application/json" id="data">`, `</script>`)
	require.NoError(t, json.Unmarshal([]byte(text), &doc))
	return text, doc
}

// No text in the data can end its script element.
func TestDataIsEscaped(t *testing.T) {
	t.Parallel()
	w := newWorld()
	evil := "</script><!--<script>&\u2028\u2029"
	task := w.task(evil, evil, 0)
	task.row().Prompt = evil
	task.start(0)
	task.addStatus(0, "working", evil)
	text, doc := dataOf(t, html(t, collect(t, w, Options{Title: evil, Now: t0.Add(time.Hour), Sweep: []Policy{{Name: evil}}})))
	require.NotContains(t, text, "<")
	require.NotContains(t, text, ">")
	require.NotContains(t, text, "&")
	require.NotContains(t, text, "\u2028")
	require.NotContains(t, text, "\u2029")
	require.Contains(t, doc.Strings, evil)
	require.Equal(t, evil, doc.Sweep[0].Name)
}

// The columns contain the collected data.
func TestColumns(t *testing.T) {
	t.Parallel()
	_, doc := dataOf(t, html(t, collect(t, few(), Options{})))
	require.Equal(t, t0.UnixMilli(), doc.Base)
	require.Equal(t, (12 * time.Hour).Milliseconds(), doc.To)
	name := func(i int) string { return doc.Strings[doc.Tasks.Name[i]] }
	require.Equal(t, []string{"Delta", "Gamma", "Beta", "Alpha"}, []string{name(0), name(1), name(2), name(3)})
	minutes := func(n ...int64) []int64 {
		for i := range n {
			n[i] *= time.Minute.Milliseconds()
		}
		return n
	}
	// In this order: Delta, which has just started; Gamma, which failed; Beta; Alpha.
	require.Equal(t, []int{0, 2, 4, 8}, doc.Tasks.Intervals)
	require.Equal(t, "45"+"2153"+"42123212", doc.Intervals.State)
	require.Equal(t, minutes(10, 590, 60, 60, 180, 360, 5, 5, 60, 30, 500, 1, 59, 60), doc.Intervals.Duration)
	require.Equal(t, minutes(0, 120, 60, 0), doc.Tasks.First)
	require.Equal(t, []int{0, 0, 1, 1}, doc.Tasks.Pauses)
	require.Equal(t, "02", doc.Pauses.End)
	require.Equal(t, minutes(360, 100), doc.Pauses.At)
	require.Equal(t, minutes(360, 500), doc.Pauses.Duration)
	require.Equal(t, minutes(240, 90), doc.Pauses.Idle)
}

// A gap is an interval in state 0.
func TestGapsAreIntervals(t *testing.T) {
	t.Parallel()
	w := newWorld()
	task := w.task("task", "owner", 0)
	task.start(0)
	task.delete(time.Minute)
	task.start(3 * time.Minute)
	_, doc := dataOf(t, html(t, collect(t, w, Options{Now: t0.Add(4 * time.Minute)})))
	require.Equal(t, "202", doc.Intervals.State)
	require.Equal(t, []int64{60_000, 120_000, 60_000}, doc.Intervals.Duration)
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	w := newWorld()
	task := w.task("task", "owner", 0)
	task.row().Prompt = strings.Repeat("ä", maxPrompt+1)
	task.start(0)
	task.addStatus(0, "working", strings.Repeat("b", maxNote))
	_, doc := dataOf(t, html(t, collect(t, w, Options{Now: t0.Add(time.Hour)})))
	require.Contains(t, doc.Strings, strings.Repeat("ä", maxPrompt)+"…")
	require.Contains(t, doc.Strings, strings.Repeat("b", maxNote))
	require.False(t, doc.Cut)
}

// The size of a page is limited: notes of older tasks are omitted first, and
// names are kept.
func TestTextsHaveABudget(t *testing.T) {
	t.Parallel()
	e := &encoder{strings: map[string]int{"": 0}}
	e.Strings = []string{""}
	e.texts = maxTexts - 5
	require.Equal(t, 1, e.text("fits.", 10))
	require.False(t, e.Cut)
	require.Equal(t, 1, e.text("fits.", 10), "what is there costs nothing")
	require.Equal(t, 0, e.text("one too many", 20))
	require.True(t, e.Cut)
	require.Equal(t, 2, e.name("a name"))
}

func TestAnEmptyStore(t *testing.T) {
	t.Parallel()
	page := html(t, collect(t, newWorld(), Options{}))
	require.Contains(t, page, "There are no tasks.")
	_, doc := dataOf(t, page)
	require.Zero(t, doc.To)
}

func TestTheTitleIsText(t *testing.T) {
	t.Parallel()
	page := html(t, collect(t, few(), Options{Title: `</title><script>alert(1)</script>`}))
	require.NotContains(t, page, "<script>alert")
	require.Contains(t, page, "&lt;/title&gt;&lt;script&gt;alert")
}

// The title says what, when and, if the summary does, from where.
func TestTheTitleSaysWhatAndWhen(t *testing.T) {
	t.Parallel()
	for want, opts := range map[string]Options{
		"Task report: 2026-03-01 to 2026-03-02":        {},
		"Agents: 2026-03-01":                           {Title: "Agents", Now: t0.Add(time.Hour)},
		"Agents: March, from &lt;a&gt; log &amp; more": {Title: "Agents", Summary: "March, from <a> log & more"},
	} {
		page := html(t, collect(t, few(), opts))
		require.Contains(t, page, "<title>"+want+"</title>")
		if opts.Summary != "" {
			require.Contains(t, page, `<p class="summary text">March, from &lt;a&gt; log &amp; more</p>`)
		}
	}
	require.Contains(t, html(t, collect(t, newWorld(), Options{})), "<title>Task report</title>")
}

func TestTheSweepIsLeftOut(t *testing.T) {
	t.Parallel()
	require.NotContains(t, html(t, collect(t, few(), Options{})), "Cost and waiting")
	require.Contains(t, html(t, collect(t, few(), Options{Sweep: policies()})), "Cost and waiting")
}

// limited is a writer that fails after a number of bytes.
type limited struct{ left int }

var errFull = errors.New("full")

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		return l.left, errFull
	}
	l.left -= len(p)
	return len(p), nil
}

func TestWritersErrors(t *testing.T) {
	t.Parallel()
	n, err := collect(t, few(), Options{}).WriteTo(&limited{left: 100})
	require.ErrorIs(t, err, errFull)
	require.Equal(t, int64(100), n)
}

// If a page cannot be encoded, nothing is written.
func TestUnknownStatus(t *testing.T) {
	t.Parallel()
	p := collect(t, few(), Options{})
	p.tasks[0].Status = "dreaming"
	n, err := p.WriteTo(&limited{})
	require.ErrorContains(t, err, `status is "dreaming"`)
	require.Zero(t, n)
}
