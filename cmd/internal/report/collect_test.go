package report

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"os"
	"reflect"
	"slices"
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
	got := p.Totals()
	require.Equal(t, want.Pauses, got.Pauses)
	require.Equal(t, want.Resumes, got.Resumes)
	var sum int64
	for i := range p.tasks {
		for _, pause := range p.tasks[i].pauses {
			sum += int64(pause.to-pause.from) / 1000
		}
	}
	require.Equal(t, want.Paused.SumMS, sum)
	require.Equal(t, want.Paused.SumMS, got.PausedMS)
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

// A deleted task is on the page up to its deletion.
func TestDeletedTasks(t *testing.T) {
	t.Parallel()
	w := few()
	remove := func(i int, at time.Duration) { w.rows.Tasks[i].DeletedAt = sql.NullTime{Time: t0.Add(at), Valid: true} }
	remove(0, 10*time.Hour+30*time.Minute) // while it works
	remove(1, 7*time.Hour)                 // while it is paused; its owner has no other task
	p := collect(t, w, Options{})
	require.Len(t, p.tasks, 4)
	alpha, beta := &p.tasks[3], &p.tasks[2]
	require.Equal(t, []string{"Alpha", "Beta"}, []string{alpha.DisplayName, beta.DisplayName}, "newest first")
	require.Equal(t, statusDeleted, alpha.Status)
	require.Equal(t, "Bob", beta.OwnerName)
	require.Equal(t, t0.Add(10*time.Hour+30*time.Minute), alpha.intervals[len(alpha.intervals)-1].to.time())
	require.Equal(t, []pause{{
		from: pageTimeOf(t0.Add(6 * time.Hour)), to: pageTimeOf(t0.Add(7 * time.Hour)), reason: "task_auto_pause", over: true,
		idle: (4 * time.Hour).Microseconds(),
	}}, beta.pauses)
	require.Equal(t, 2, p.Totals().Deleted)
	require.Zero(t, p.mismatched, "the telemetry has no deleted tasks")

	// Some stores cannot say which tasks were deleted.
	opaque, err := Collect(t.Context(), opaque{w.store(t)}, Options{})
	require.NoError(t, err)
	require.Len(t, opaque.tasks, 2)

	p = collect(t, w, Options{Since: t0.Add(10 * time.Hour)})
	require.Len(t, p.tasks, 2, "Alpha, and Delta, which is live")
}

// tables is a store that dumps some tables, like that of PostgreSQL.
type tables struct{ tasktwin.Store }

func (s tables) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	return s.Store.InTx(ctx, func(tx tasktwin.Store) error { return fn(tables{tx}) }, opts)
}

func (s tables) DumpTables(ctx context.Context, names ...string) (*tasktwin.Dump, error) {
	d, err := s.Store.(tasktwin.Dumper).Dump(ctx)
	if err != nil {
		return nil, err
	}
	out := reflect.New(reflect.TypeOf(*d)).Elem()
	for i := range out.NumField() {
		if slices.Contains(names, out.Type().Field(i).Tag.Get("json")) {
			out.Field(i).Set(reflect.ValueOf(d).Elem().Field(i))
		}
	}
	return out.Addr().Interface().(*tasktwin.Dump), nil
}

// The table of users is not read of a database.
func TestOwnersOfDeletedTasksWithoutUsers(t *testing.T) {
	t.Parallel()
	w := few()
	for i := range 2 {
		w.rows.Tasks[i].DeletedAt = sql.NullTime{Time: t0.Add(8 * time.Hour), Valid: true}
	}
	p, err := Collect(t.Context(), tables{w.store(t)}, Options{})
	require.NoError(t, err)
	require.Len(t, p.tasks, 4)
	require.Equal(t, "Ada", p.tasks[3].OwnerName, "she has a live task")
	require.Empty(t, p.tasks[2].OwnerName)
	require.Equal(t, w.owner("Bob").String(), p.tasks[2].OwnerUsername)
}

func TestTotals(t *testing.T) {
	t.Parallel()
	hour, minute := time.Hour.Milliseconds(), time.Minute.Milliseconds()
	// Alpha 12 h, Beta 11 h, Gamma 10 h and Delta, which has just begun.
	require.Equal(t, Totals{
		Tasks: 4, Owners: 3, Pauses: 2, Resumes: 1,
		LifetimeMS: 33 * hour, RunningMS: 18*hour + 40*minute, PausedMS: 14*hour + 20*minute,
		ActiveMS: 2*hour + 59*minute, BuildingMS: 15 * minute, IdleMS: 15*hour + 26*minute,
		FailedMS: 3*hour + 9*hour + 50*minute,
	}, collect(t, few(), Options{}).Totals())
}

// A build that is retried counts as in the telemetry: the pause lasts from the last stop
// to the last start.
func TestTotalsOfRetriedBuilds(t *testing.T) {
	t.Parallel()
	w := newWorld()
	task := w.task("task", "owner", 0)
	const start, stop = tasktwin.WorkspaceTransitionStart, tasktwin.WorkspaceTransitionStop
	task.build(0, start, tasktwin.BuildReasonInitiator, failedWith(time.Minute, "no image"))
	task.build(2*time.Minute, start, tasktwin.BuildReasonInitiator, done(4*time.Minute))
	task.build(10*time.Minute, stop, tasktwin.BuildReasonTaskAutoPause, failedWith(11*time.Minute, "stuck"))
	task.build(20*time.Minute, stop, tasktwin.BuildReasonTaskAutoPause, done(21*time.Minute))
	task.build(30*time.Minute, start, tasktwin.BuildReasonTaskResume, failedWith(31*time.Minute, "no image"))
	task.build(40*time.Minute, start, tasktwin.BuildReasonTaskResume, failedWith(41*time.Minute, "no image"))
	task.build(50*time.Minute, start, tasktwin.BuildReasonTaskResume, done(53*time.Minute))
	p := collect(t, w, Options{Now: t0.Add(time.Hour)})
	ms := time.Minute.Milliseconds()
	require.Equal(t, Totals{
		Tasks: 1, Owners: 1, Pauses: 1, Resumes: 1, LifetimeMS: 60 * ms, RunningMS: 30 * ms, PausedMS: 30 * ms,
		BuildingMS: 6 * ms, IdleMS: 24 * ms, FailedMS: 10 * ms,
	}, p.Totals())
	events, err := telemetry.CollectTaskEvents(t.Context(), w.store(t), time.Time{}, t0.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, t0.Add(20*time.Minute), *events[0].LastPausedAt)
	require.Equal(t, t0.Add(50*time.Minute), *events[0].LastResumedAt)
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
		Recommended: "pause after 1h", Current: "pause after never", Currency: "USD",
	}
	doc, err := collect(t, few(), opts).document()
	require.NoError(t, err)
	data, err := json.Marshal(doc)
	require.NoError(t, err)
	var got struct {
		Summary     string   `json:"summary"`
		Advice      []string `json:"advice"`
		Recommended string   `json:"recommended"`
		Current     string   `json:"current"`
		Currency    string   `json:"currency"`
	}
	require.NoError(t, json.Unmarshal(data, &got))
	require.Equal(t, opts.Summary, got.Summary)
	require.Equal(t, opts.Advice, got.Advice)
	require.Equal(t, []string{opts.Recommended, opts.Current, opts.Currency}, []string{got.Recommended, got.Current, got.Currency})
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
