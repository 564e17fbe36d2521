package replay

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/telemetry"
)

const head = "case,activity,actor,start,end\n"

// clock returns a time on the day of all rows.
func clock(t *testing.T, hhmm string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05", "2025-03-03 "+hhmm)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// rows returns a log with the columns case, activity, start and end. All times
// are on one day.
func rows(lines ...string) string {
	var b strings.Builder
	b.WriteString(head)
	for _, line := range lines {
		f := strings.Fields(line)
		end := ""
		if len(f) > 3 {
			end = "2025-03-03 " + f[3]
		}
		fmt.Fprintf(&b, "%s,%s,ada,2025-03-03 %s,%s\n", f[0], f[1], f[2], end)
	}
	return b.String()
}

func replayed(t *testing.T, log string, opts Options) (*memdb.DB, *Summary, *Report) {
	t.Helper()
	opts.AllowNoWork = true
	db := memdb.New(memdb.Options{})
	sum, err := Run(t.Context(), db, strings.NewReader(log), opts)
	if err != nil {
		t.Fatal(err)
	}
	report, err := MakeReport(t.Context(), db, sum.Now)
	if err != nil {
		t.Fatal(err)
	}
	return db, sum, report
}

// story returns a case's builds and statuses in chronological order.
func story(t *testing.T, db *memdb.DB) string {
	t.Helper()
	d, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	builds, err := db.ListWorkspaceBuildsByWorkspaceID(t.Context(), d.Workspaces[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	bindings, err := db.ListTaskWorkspaceAppsByTaskID(t.Context(), d.Tasks[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for i, b := range builds {
		out = append(out, fmt.Sprintf("%s %s %s", b.CreatedAt.Format("15:04:05.999999"), b.Transition, b.Reason))
		if b.Transition != tasktwin.WorkspaceTransitionStart {
			continue // it is bound to the same app
		}
		statuses, err := db.ListWorkspaceAppStatusesByAppID(t.Context(), bindings[i].WorkspaceAppID.UUID)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range statuses {
			out = append(out, fmt.Sprintf("%s %s %s", s.CreatedAt.Format("15:04:05.999999"), s.State, s.Message))
		}
	}
	return strings.Join(out, "\n")
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		log             string
		now             string
		want            string
		pauses, resumes int
		active          time.Duration
		status          tasktwin.TaskStatus
	}{
		{"an instant", rows("a open 10:00:00"), "10:29:00", "10:00:00 start initiator\n10:00:00 idle open", 0, 0, 0, tasktwin.TaskStatusActive},
		{
			"idle for the timeout exactly", rows("a open 10:00:00"), "10:30:00",
			"10:00:00 start initiator\n10:00:00 idle open\n10:30:00 stop task_auto_pause",
			1, 0, 0, tasktwin.TaskStatusPaused,
		},
		{
			"work, pause, resume", rows("a open 10:00:00", "a fix 10:10:00 10:20:00", "a test 11:00:00 11:05:00"), "11:10:00",
			"10:00:00 start initiator\n10:00:00 idle open\n10:10:00 working fix\n10:20:00 idle fix\n10:50:00 stop task_auto_pause\n" +
				"11:00:00 start task_resume\n11:00:00.000001 working test\n11:05:00 idle test",
			1, 1, 15 * time.Minute, tasktwin.TaskStatusActive,
		},
		{
			"work at the instant of the pause prevents it", rows("a open 10:00:00", "a fix 10:30:00 10:31:00"), "10:32:00",
			"10:00:00 start initiator\n10:00:00 idle open\n10:30:00 working fix\n10:31:00 idle fix",
			0, 0, time.Minute, tasktwin.TaskStatusActive,
		},
		{
			"overlapping work is one", rows("a fix 10:00:00 10:20:00", "a test 10:10:00 10:15:00", "a more 10:20:00 10:25:00"), "10:26:00",
			"10:00:00 start initiator\n10:00:00 working fix\n10:10:00 working test\n10:20:00 working more\n10:25:00 idle more",
			0, 0, 25 * time.Minute, tasktwin.TaskStatusActive,
		},
		{
			"an instant keeps the state", rows("a fix 10:00:00 10:20:00", "a note 10:10:00", "a late 10:20:00"), "10:21:00",
			"10:00:00 start initiator\n10:00:00 working fix\n10:10:00 working note\n10:20:00 idle fix\n10:20:00 idle late",
			0, 0, 20 * time.Minute, tasktwin.TaskStatusActive,
		},
		{
			"an instant neither delays a pause nor ends one", rows("a fix 10:00:00 10:01:00", "a note 10:20:00", "a late 12:00:00"), "12:00:00",
			"10:00:00 start initiator\n10:00:00 working fix\n10:01:00 idle fix\n10:20:00 idle note\n12:00:00 idle late\n" +
				"10:31:00 stop task_auto_pause",
			1, 0, time.Minute, tasktwin.TaskStatusPaused,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, sum, report := replayed(t, c.log, Options{IdleTimeout: 30 * time.Minute, Now: clock(t, c.now)})
			if got := story(t, db); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if report.Pauses != c.pauses || report.Resumes != c.resumes {
				t.Errorf("got %d pauses and %d resumes, want %d and %d", report.Pauses, report.Resumes, c.pauses, c.resumes)
			}
			// Work that starts with a resume is one microsecond shorter.
			if got := time.Duration(report.Active.SumMS) * time.Millisecond; got != c.active {
				t.Errorf("active: got %s, want %s", got, c.active)
			}
			if report.Statuses[c.status] != 1 {
				t.Errorf("statuses: got %v, want one %s", report.Statuses, c.status)
			}
			if sum.Tasks != 1 || sum.Users != 1 {
				t.Errorf("got %d tasks of %d users, want 1 of 1", sum.Tasks, sum.Users)
			}
		})
	}
}

func TestNoTimeoutPausesNone(t *testing.T) {
	t.Parallel()
	_, sum, report := replayed(t, rows("a fix 01:00:00 02:00:00", "b fix 03:00:00", "a fix 20:00:00 21:00:00"), Options{})
	if report.Pauses != 0 || report.Statuses[tasktwin.TaskStatusActive] != 2 {
		t.Errorf("got %d pauses and statuses %v", report.Pauses, report.Statuses)
	}
	if !sum.Now.Equal(clock(t, "21:00:00")) {
		t.Errorf("now is %s, want that of the last event", sum.Now)
	}
}

func TestLongestPauses(t *testing.T) {
	t.Parallel()
	log := rows("a fix 01:00:00 02:00:00", "b fix 03:00:00 03:10:00", "a fix 04:00:00 05:00:00")
	_, _, report := replayed(t, log, Options{IdleTimeout: 30 * time.Minute})
	want := []Pause{
		{Task: "b", TaskID: newID("task", "b", 0), At: clock(t, "03:40:00"), Reason: telemetry.PauseReasonAuto, DurationMS: 80 * 60_000},
		{
			Task: "a", TaskID: newID("task", "a", 0), At: clock(t, "02:30:00"), Reason: telemetry.PauseReasonAuto,
			DurationMS: 90 * 60_000, Over: true,
		},
	}
	want[0], want[1] = want[1], want[0]
	if fmt.Sprint(report.Longest) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", report.Longest, want)
	}
	if want := (Spread{Count: 2, SumMS: 170 * 60_000, MedianMS: 80 * 60_000, P90MS: 90 * 60_000}); report.Paused != want {
		t.Errorf("got %+v, want %+v", report.Paused, want)
	}
}

var badLog = rows("a open 10:00:00") + ",x,ada,2025-03-03 10:01:00,\n" + // missing case
	"a,x,ada,2025-03-03 10:02:00,2025-03-03 10:01:00\n" + // end before start
	"a,x,ada,yesterday,\n" + "a,x,ada\n" + "a,x,ada,,\n" + "b,\"two\nlines\",bob,2025-03-03 11:00:00,\n"

func TestBadRows(t *testing.T) {
	t.Parallel()
	_, sum, _ := replayed(t, badLog, Options{SkipBad: true})
	var got []string
	for _, b := range sum.FirstSkipped {
		got = append(got, fmt.Sprintf("%d %s", b.Line, b.Reason))
	}
	want := "3 missing case|4 end before start|5 unreadable time|6 wrong number of fields|7 missing start"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
	if sum.Rows != 2 || sum.Skipped != 5 || len(sum.Reasons) != 5 || sum.Reasons[0].Reason != ReasonCase || sum.Reasons[0].Rows != 1 {
		t.Errorf("got %+v", sum)
	}
}

func TestStrictStopsAndLeavesNothing(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	_, err := Run(t.Context(), db, strings.NewReader(badLog), Options{Strict: true})
	bad, ok := errors.AsType[*BadRow](err)
	if !ok || bad.Line != 3 || bad.Reason != ReasonCase {
		t.Fatalf("got %v, want line 3: missing case", err)
	}
	d, err := db.Dump(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Organizations)+len(d.Users)+len(d.Tasks) > 0 {
		t.Error("rows are left behind")
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		log  string
		opts Options
		want string
	}{
		"now before the last event": {
			rows("a x 10:00:00 10:01:00"), Options{Now: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}, "--now is 2025-01-01T00:00:00Z",
		},
		"header only":      {head, Options{}, ErrNoRows.Error()},
		"empty":            {"", Options{}, "empty"},
		"negative timeout": {rows("a x 10:00:00"), Options{IdleTimeout: -1}, "--idle-timeout"},
		"no such column":   {rows("a x 10:00:00"), Options{Columns: Columns{Case: "nope"}}, `--case: there is no column "nope"`},
		"no times":         {head + "a,b,c,d,e\n", Options{}, "--start"},
	} {
		_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(c.log), c.opts)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
}

// generatedLog is a log of n rows that belong to few cases.
type generatedLog struct {
	n, i int
	buf  bytes.Buffer
	// each, if set, is called before each row.
	each func(i int)
}

func (e *generatedLog) Read(p []byte) (int, error) {
	for e.buf.Len() < len(p) && e.i < e.n {
		if e.each != nil {
			e.each(e.i)
		}
		if e.i == 0 {
			e.buf.WriteString(head)
		}
		at := time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC).Add(time.Duration(e.i) * time.Second).Format(time.DateTime)
		// All rows but the first ten are bad and long, and must not stay in memory.
		if e.i < 10 {
			fmt.Fprintf(&e.buf, "c%d,x,ada,%s,\n", e.i, at)
		} else {
			fmt.Fprintf(&e.buf, ",%s,ada,%s,\n", strings.Repeat("x", 1000), at)
		}
		e.i++
	}
	if e.buf.Len() == 0 {
		return 0, io.EOF
	}
	return e.buf.Read(p)
}

func TestMemoryFollowsTheTasks(t *testing.T) {
	const n = 200_000 // 200 MB
	_, err := Run(t.Context(), memdb.New(memdb.Options{}), &generatedLog{n: 1000}, Options{SkipBad: true, AllowNoWork: true})
	if err != nil {
		t.Fatal(err)
	}
	var most uint64
	log := &generatedLog{n: n, each: func(i int) {
		if i%50_000 == 0 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
		}
	}}
	sum, err := Run(t.Context(), memdb.New(memdb.Options{}), log, Options{SkipBad: true, AllowNoWork: true})
	if err != nil {
		t.Fatal(err)
	}
	if sum.Skipped != n-10 {
		t.Errorf("got %d bad rows, want %d", sum.Skipped, n-10)
	}
	if most > 64<<20 {
		t.Errorf("%d MB are in use while a log of %d MB is read", most>>20, n/1000)
	}
}

func TestSampleLog(t *testing.T) {
	t.Parallel()
	log, err := os.ReadFile("../../tasktwin/testdata/support-tickets.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, sum, report := replayed(t, string(log), Options{IdleTimeout: 30 * time.Minute})
	if sum.Skipped > 0 || len(sum.Warnings) > 0 || sum.Tasks != 150 {
		t.Errorf("got %+v", sum)
	}
	if report.Pauses < report.Resumes || report.Resumes == 0 {
		t.Errorf("got %d pauses and %d resumes", report.Pauses, report.Resumes)
	}
}
