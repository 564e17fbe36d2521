package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/telemetry"
)

func html(t testing.TB, p *Page) string {
	t.Helper()
	var b bytes.Buffer
	n, err := p.WriteTo(&b)
	require.NoError(t, err)
	require.Equal(t, int64(b.Len()), n)
	return b.String()
}

// replayed returns a store with the sample log, and the time of the log's last
// event.
func replayed(t *testing.T) (tasktwin.Store, time.Time) {
	t.Helper()
	log, err := os.Open("../../tasktwin/testdata/support-tickets.csv")
	require.NoError(t, err)
	defer log.Close()
	store := memdb.New(memdb.Options{})
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	sum, err := replay.Run(t.Context(), store, log, replay.Options{IdleTimeout: 30 * time.Minute})
	require.NoError(t, err)
	return store, sum.Now
}

// On ordinary data, the page agrees with the telemetry.
func TestAgreesWithTheTelemetry(t *testing.T) {
	t.Parallel()
	store, now := replayed(t)
	p, err := Collect(t.Context(), store, Options{Now: now})
	require.NoError(t, err)
	events, err := telemetry.CollectTaskEvents(t.Context(), store, time.Time{}, now)
	require.NoError(t, err)
	byID := map[string]*telemetry.TaskEvent{}
	for i := range events {
		byID[events[i].TaskID] = &events[i]
	}
	require.Len(t, p.tasks, len(events))
	worked, stopped := 0, 0
	for i := range p.tasks {
		task := &p.tasks[i]
		e := byID[task.ID.String()]
		var sum int64
		for _, in := range task.intervals {
			if in.state == working {
				sum += int64(in.to - in.from)
			}
		}
		if e.ActiveDurationMS == nil {
			require.Zero(t, sum)
		} else {
			worked++
			require.InDelta(t, *e.ActiveDurationMS, float64(sum)/1000, 0.5, task.DisplayName)
		}
		if e.LastPausedAt == nil {
			require.Empty(t, task.pauses)
			continue
		}
		stopped++
		last := task.pauses[len(task.pauses)-1]
		require.Equal(t, *e.LastPausedAt, last.from.time())
		require.Equal(t, *e.PausedDurationMS, int64(last.to-last.from)/1000)
		if e.IdleDurationMS == nil {
			require.Zero(t, last.idle)
		} else {
			require.Equal(t, *e.IdleDurationMS, last.idle/1000)
		}
	}
	require.Positive(t, worked)
	require.Positive(t, stopped)
	require.Zero(t, p.mismatched)
	require.Zero(t, collect(t, many(300), Options{}).mismatched)
}

// The pauses are the same as those of a replay's report.
func TestAgreesWithTheReplay(t *testing.T) {
	t.Parallel()
	store, now := replayed(t)
	p, err := Collect(t.Context(), store, Options{Now: now})
	require.NoError(t, err)
	want, err := replay.MakeReport(t.Context(), store, now)
	require.NoError(t, err)
	got := p.totals()
	require.Equal(t, want.Pauses, got.pauses)
	require.Equal(t, want.Resumes, got.resumes)
	var sum int64
	for i := range p.tasks {
		for _, pause := range p.tasks[i].pauses {
			sum += int64(pause.to-pause.from) / 1000
		}
	}
	require.Equal(t, want.Paused.SumMS, sum)
	require.InDelta(t, want.Paused.SumMS, got.time[paused], float64(want.Pauses)) // rounding: up to a millisecond each
}

// The page counts the tasks whose active time differs from that of the telemetry.
func TestSaysWhereTheTelemetryDiffers(t *testing.T) {
	t.Parallel()
	w := few()
	odd := w.task("odd", "Ada", 0)
	odd.start(0)
	odd.stop(time.Hour)
	odd.works(2 * time.Hour) // an hour that only the telemetry counts
	odd.idles(3 * time.Hour)
	p := collect(t, w, Options{})
	require.Equal(t, 1, p.mismatched)
}

// opaque is a store without Dump.
type opaque struct{ tasktwin.Store }

func (o opaque) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return o.Store.InTx(ctx, func(tx tasktwin.Store) error { return fn(opaque{tx}) }, opts)
}

func TestAStoreThatCannotDumpGivesTheSamePage(t *testing.T) {
	t.Parallel()
	for _, w := range []*world{few(), many(60)} {
		store := w.store(t)
		dumped, err := Collect(t.Context(), store, Options{})
		require.NoError(t, err)
		asked, err := Collect(t.Context(), opaque{store}, Options{})
		require.NoError(t, err)
		require.Equal(t, html(t, dumped), html(t, asked))
	}
}

func TestTheSameStoreGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	store := many(200).store(t)
	pages := map[string]bool{}
	for range 5 {
		p, err := Collect(t.Context(), store, Options{Sweep: policies()})
		require.NoError(t, err)
		pages[html(t, p)] = true
		pages[html(t, p)] = true
	}
	require.Len(t, pages, 1)
}

// optionsRecorder records the options of the transaction.
type optionsRecorder struct {
	tasktwin.Store
	seen *tasktwin.TxOptions
}

func (o *optionsRecorder) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	o.seen = opts
	return o.Store.InTx(ctx, fn, opts)
}

func TestReadsOneMomentAndWritesNothing(t *testing.T) {
	t.Parallel()
	store := &optionsRecorder{Store: few().store(t)}
	_, err := Collect(t.Context(), store, Options{})
	require.NoError(t, err)
	require.Equal(t, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead, ReadOnly: true}, store.seen)
}

func TestNowIsTheLatestInstant(t *testing.T) {
	t.Parallel()
	p := collect(t, few(), Options{})
	require.Equal(t, t0, p.from.time())
	require.Equal(t, t0.Add(12*time.Hour), p.to.time())
}

func TestSince(t *testing.T) {
	t.Parallel()
	p := collect(t, few(), Options{Since: t0.Add(9 * time.Hour)})
	require.Equal(t, t0.Add(9*time.Hour), p.from.time())
	require.Len(t, p.tasks, 2)
	require.Equal(t, "Delta", p.tasks[0].DisplayName)
	require.Equal(t, "Alpha", p.tasks[1].DisplayName)
	require.Equal(t, []string{
		"paused 9h0m0s-10h0m0s task_auto_pause", "idle 10h0m0s-10h1m0s", "working 10h1m0s-11h0m0s", "idle 11h0m0s-12h0m0s",
	}, drawn(&p.tasks[1]))
	require.Len(t, p.tasks[1].pauses, 1)

	_, err := Collect(t.Context(), few().store(t), Options{Since: t0.Add(13 * time.Hour)})
	require.ErrorContains(t, err, "Options.Since is 2026-03-02T01:00:00Z: nothing has happened since then")
	_, err = Collect(t.Context(), few().store(t), Options{Since: t0, Now: t0})
	require.ErrorContains(t, err, "it must be before Options.Now")
}

func TestDeletedTasksAreLeftOut(t *testing.T) {
	t.Parallel()
	w := few()
	w.rows.Tasks[0].DeletedAt.Time, w.rows.Tasks[0].DeletedAt.Valid = t0, true
	require.Len(t, collect(t, w, Options{}).tasks, 3)
}

func TestTotals(t *testing.T) {
	t.Parallel()
	got := collect(t, few(), Options{}).totals()
	hour := time.Hour.Milliseconds()
	require.Equal(t, 4, got.tasks)
	require.Equal(t, 3, got.owners)
	require.Equal(t, 2, got.pauses)
	require.Equal(t, 1, got.resumes)
	require.Equal(t, hour+59*hour/60+hour, got.time[working])
	require.Equal(t, 15*hour/60, got.time[building])
	require.Equal(t, got.time[working]+got.time[idle]+got.time[building]+got.time[failed], got.running())
}

func TestPoliciesMustBeNumbers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Policy)
		want   string
	}{
		"not a number":  {func(p *Policy) { p.Cost = math.NaN() }, `policy "p": Cost is NaN`},
		"infinite":      {func(p *Policy) { p.WaitP95Seconds = math.Inf(1) }, `policy "p": WaitP95Seconds is +Inf`},
		"more than all": {func(p *Policy) { p.WaitShare = 1.01 }, `policy "p": WaitShare is 1.01`},
		"negative":      {func(p *Policy) { p.RunningHours = -1 }, `policy "p": RunningHours is -1`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Policy{Name: "p"}
			c.change(&p)
			_, err := Collect(t.Context(), few().store(t), Options{Sweep: []Policy{p}})
			require.ErrorContains(t, err, c.want)
		})
	}
}

// The words of a command and the policies that they mark are in the page's data.
func TestWordsAreInTheData(t *testing.T) {
	t.Parallel()
	opts := Options{
		Summary: "14 days, seed 1", Advice: []string{"Pause after 1 h.", "It saves <half>."}, Sweep: policies(),
		Recommended: "pause after 1h", Current: "pause after never",
	}
	doc, err := collect(t, few(), opts).document()
	require.NoError(t, err)
	data, err := json.Marshal(doc)
	require.NoError(t, err)
	var got struct {
		Summary              string
		Advice               []string
		Recommended, Current string
	}
	require.NoError(t, json.Unmarshal(data, &got))
	require.Equal(t, opts.Summary, got.Summary)
	require.Equal(t, opts.Advice, got.Advice)
	require.Equal(t, []string{opts.Recommended, opts.Current}, []string{got.Recommended, got.Current})
}

func TestMarkedPoliciesMustExist(t *testing.T) {
	t.Parallel()
	for want, opts := range map[string]Options{
		`report: Options.Recommended is "x": it must be the name of a policy of Options.Sweep`: {Recommended: "x", Sweep: policies()},
		`report: Options.Current is "y": it must be the name of a policy of Options.Sweep`:     {Current: "y"},
	} {
		_, err := Collect(t.Context(), few().store(t), opts)
		require.EqualError(t, err, want)
	}
}

// canceling cancels its context in the first query.
type canceling struct {
	tasktwin.Store
	cancel context.CancelFunc
}

func (c canceling) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return c.Store.InTx(ctx, func(tx tasktwin.Store) error { return fn(canceling{tx, c.cancel}) }, opts)
}

func (c canceling) ListTasks(ctx context.Context, arg tasktwin.ListTasksParams) ([]tasktwin.TaskWithStatus, error) {
	tasks, err := c.Store.ListTasks(ctx, arg)
	c.cancel()
	return tasks, err
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Collect(ctx, canceling{few().store(t), cancel}, Options{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = Collect(ctx, few().store(t), Options{})
	require.ErrorIs(t, err, context.Canceled)
}

// broken fails in one query.
type broken struct {
	tasktwin.Store
	query string
}

var errBroken = errors.New("broken")

func (b broken) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return b.Store.InTx(ctx, func(tx tasktwin.Store) error { return fn(broken{tx, b.query}) }, opts)
}

func (b broken) GetTelemetryTaskEvents(
	ctx context.Context, arg tasktwin.GetTelemetryTaskEventsParams,
) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
	if b.query == "telemetry" {
		return nil, errBroken
	}
	return b.Store.GetTelemetryTaskEvents(ctx, arg)
}

func (b broken) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	if b.query == "dump" {
		return nil, errBroken
	}
	return b.Store.(tasktwin.Dumper).Dump(ctx)
}

func TestErrorsOfTheStore(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"telemetry", "dump"} {
		_, err := Collect(t.Context(), broken{few().store(t), query}, Options{})
		require.ErrorIs(t, err, errBroken, query)
	}
}
