package report

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/cmd/internal/number"
)

// tiles returns the totals by name: the figure and the detail.
func (b *tab) tiles() map[string][2]string {
	b.t.Helper()
	return eval[map[string][2]string](b, `Object.fromEntries([...document.querySelectorAll('.headings > div')].map(
		(d) => [d.querySelector('dt').textContent,
		[d.querySelector('.figure').textContent, d.querySelector('.detail')?.textContent || '']]))`)
}

// The totals are those of the tasks that the filter leaves, by each of its fields.
func TestTotalsFollowTheFilter(t *testing.T) {
	t.Parallel()
	b := openPage(t, collect(t, few(), Options{}), desk)
	all := map[string][2]string{
		"Tasks": {"4", "3 owners"}, "Running": {"18.7 h", "56.6 % of the lifetime"}, "Active": {"3.0 h", "16.0 % of running"},
		"Idle": {"15.4 h", "82.7 % of running, 12.8 h of it failed"}, "Building": {"0.2 h", "1.3 % of running"},
		"Paused": {"14.3 h", "43.4 % of the lifetime"}, "Pauses": {"2", "1 resume"},
	}
	require.Equal(t, all, b.tiles())
	require.Empty(t, b.text("#totals-of"))

	beta := map[string][2]string{
		"Tasks": {"1", "1 owner"}, "Running": {"5.0 h", "45.5 % of the lifetime"}, "Active": {"1.0 h", "20.0 % of running"},
		"Idle": {"4.0 h", "80.0 % of running, 3.0 h of it failed"}, "Building": {"0.0 h", "0.0 % of running"},
		"Paused": {"6.0 h", "54.5 % of the lifetime"}, "Pauses": {"1", "0 resumes"},
	}
	for selector, value := range map[string]string{"#filter-text": "beta", "#filter-status": "3"} {
		b.set(selector, value)
		require.Equal(t, beta, b.tiles(), selector)
		require.Equal(t, "of 1 task that matches the filter", b.text("#totals-of"))
		b.set(selector, "")
	}
	b.set("#filter-owner", "1") // Ada
	require.Equal(t, [2]string{"2", "1 owner"}, b.tiles()["Tasks"])
	require.Equal(t, [2]string{"1", "1 resume"}, b.tiles()["Pauses"])
	b.set("#filter-owner", "")
	b.set("#filter-text", "nothing like it")
	require.Equal(t, map[string][2]string{
		"Tasks": {"0", "0 owners"}, "Running": {"0.0 h", ""}, "Active": {"0.0 h", ""}, "Idle": {"0.0 h", ""},
		"Building": {"0.0 h", ""}, "Paused": {"0.0 h", ""}, "Pauses": {"0", "0 resumes"},
	}, b.tiles())
	b.set("#filter-text", "")
	require.Equal(t, all, b.tiles())
}

// The totals are the same as those that a command prints of a simulation.
func TestTotalsAreThoseOfTheCommands(t *testing.T) {
	t.Parallel()
	w := many(300)
	for i := range w.rows.Tasks {
		if i%3 == 0 {
			w.rows.Tasks[i].DeletedAt = sql.NullTime{Time: t0.Add(25 * 24 * time.Hour), Valid: true}
		}
	}
	p := collect(t, w, Options{})
	want, got := p.Totals(), openPage(t, p, desk).tiles()
	hours := func(ms int64) string { return number.Hours(ms) + " h" }
	share := func(part, whole int64) string { return number.Percent(float64(part)/float64(whole)) + " % of " }
	require.Positive(t, want.FailedMS)
	require.Equal(t, map[string][2]string{
		"Tasks":    {"300", "100 deleted, " + number.Plural(want.Owners, "owner")},
		"Running":  {hours(want.RunningMS), share(want.RunningMS, want.LifetimeMS) + "the lifetime"},
		"Active":   {hours(want.ActiveMS), share(want.ActiveMS, want.RunningMS) + "running"},
		"Idle":     {hours(want.IdleMS), share(want.IdleMS, want.RunningMS) + "running, " + hours(want.FailedMS) + " of it failed"},
		"Building": {hours(want.BuildingMS), share(want.BuildingMS, want.RunningMS) + "running"},
		"Paused":   {hours(want.PausedMS), share(want.PausedMS, want.LifetimeMS) + "the lifetime"},
		"Pauses":   {number.Count(want.Pauses), number.Plural(want.Resumes, "resume")},
	}, got)
}

// An empty chart says why it is empty.
func TestEmptyChartsSaySo(t *testing.T) {
	t.Parallel()
	charts := `[...document.querySelectorAll('#states svg, #durations svg, #longest tbody')]
		.map((g) => g.querySelector('.empty, td').textContent)`
	b := openPage(t, collect(t, newWorld(), Options{}), desk)
	b.shoot("empty", true)
	none := "There are no tasks."
	require.Equal(t, []string{none, none, none, none, "No pauses."}, eval[[]string](b, charts))
	require.Equal(t, none, b.text("#tl-none"))

	b = openPage(t, collect(t, few(), Options{}), desk)
	b.set("#filter-text", "nothing like it")
	none = "No task matches the filter."
	require.Equal(t, []string{none, none, none, none, "No pauses."}, eval[[]string](b, charts))
	require.Equal(t, none, b.text("#tl-none"))
	b.set("#filter-text", "delta") // has just started
	none = "Nothing has run in this time."
	require.Equal(t, []string{none, "No idle spells.", "No idle before a pause.", "No pauses.", "No pauses."}, eval[[]string](b, charts))
	b.set("#filter-text", "")
	require.Empty(t, eval[[]string](b, `[...document.querySelectorAll('svg .empty')].map((e) => e.textContent)`))
	evalAll[bool](b, "#legend input", `.map((box) => { box.click(); return true; })`)
	b.settle()
	require.Equal(t, "No state is chosen.", b.text("#states .empty"))
}

// The highest bar of each histogram and the peak of the area have their numbers.
func TestHighestBarsHaveLabels(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]look{"desk": desk, "phone": {width: 390, height: 844, phone: true}, "narrow": {width: 320, height: 700}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openPage(t, collect(t, many(3000), Options{}), l)
			b.openDetails()
			require.Len(t, evalAll[string](b, "#states .value", `.map((v) => v.textContent)`), 1)
			for i := range 3 {
				column := func(code string) []string {
					return evalAll[string](b, "#durations > div", `[`+string(rune('0'+i))+`]`+code)
				}
				labels := column(`.querySelectorAll('svg .value').values().map((v) => v.textContent).toArray()`)
				numbers := column(`.querySelectorAll('tbody tr').values()
					.map((r) => [r.cells[2].textContent, Number(r.cells[2].textContent.replaceAll(',', ''))])
					.toArray().sort((a, b) => b[1] - a[1]).map(([text]) => text)`)
				require.Contains(t, labels, numbers[0])
			}
			overlaps := eval[[]string](b, `[...document.querySelectorAll('#durations svg')].flatMap((g) => {
				const r = [...g.querySelectorAll('.value')].map((v) => [v.textContent, v.getBoundingClientRect()]);
				return r.filter(([, a], i) => r.some(([, o], k) => k !== i
					&& a.left < o.right && a.right > o.left && a.top + 2 < o.bottom && a.bottom > o.top + 2));
			}).map(([text]) => text)`)
			require.Empty(t, overlaps)
		})
	}
}
