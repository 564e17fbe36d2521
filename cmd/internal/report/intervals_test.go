package report

import (
	"cmp"
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
)

var stateNames = []string{"none", "working", "idle", "paused", "building", "failed"}

// drawn returns the intervals of a task as lines, with offsets from t0.
func drawn(t *taskReport) []string {
	out := []string{}
	for _, i := range t.intervals {
		line := fmt.Sprintf("%s %s-%s", stateNames[i.state], i.from.time().Sub(t0), i.to.time().Sub(t0))
		if i.note != "" {
			line += " " + i.note
		}
		out = append(out, line)
	}
	return out
}

// drawnTimes returns the time of all tasks in each state, in milliseconds.
func drawnTimes(p *Page) (sums [states]int64) {
	for i := range p.tasks {
		for _, in := range p.tasks[i].intervals {
			sums[in.state] += in.to.milliseconds() - in.from.milliseconds()
		}
	}
	return sums
}

func TestIntervals(t *testing.T) {
	t.Parallel()
	const start, stop = tasktwin.WorkspaceTransitionStart, tasktwin.WorkspaceTransitionStop
	const initiator, resume = tasktwin.BuildReasonInitiator, tasktwin.BuildReasonTaskResume
	for name, c := range map[string]struct {
		happens func(*testTask)
		now     time.Duration // 0 means one hour
		want    []string
	}{
		"no builds": {func(*testTask) {}, 0, []string{}},
		"no statuses: idle from the end of the job": {
			func(t *testTask) { t.build(0, start, initiator, done(5*time.Minute)) }, 0,
			[]string{"building 0s-5m0s initiator", "idle 5m0s-1h0m0s"},
		},
		"an unfinished job builds until now": {
			func(t *testTask) { t.build(time.Minute, start, initiator, nil) }, 0,
			[]string{"building 1m0s-1h0m0s initiator"},
		},
		"a status ends building, and the end of the job then changes nothing": {
			func(t *testTask) {
				t.build(0, start, initiator, done(10*time.Minute))
				t.addStatus(5*time.Minute, tasktwin.WorkspaceAppStatusStateWorking, "go")
			}, 0,
			[]string{"building 0s-5m0s initiator", "working 5m0s-1h0m0s go"},
		},
		"a failed build, from its completion": {
			func(t *testTask) { t.build(0, start, initiator, failedWith(5*time.Minute, "no image")) }, 0,
			[]string{"building 0s-5m0s initiator", "failed 5m0s-1h0m0s no image"},
		},
		"a canceled build has failed": {
			func(t *testTask) { t.build(0, start, initiator, canceled(5*time.Minute)) }, 0,
			[]string{"building 0s-5m0s initiator", "failed 5m0s-1h0m0s canceled"},
		},
		"a job with an error has failed before it is completed": {
			func(t *testTask) {
				t.build(0, start, initiator, func(j *tasktwin.ProvisionerJob) {
					j.Error, j.UpdatedAt = sql.NullString{String: "lost", Valid: true}, t0.Add(2*time.Minute)
				})
			}, 0,
			[]string{"building 0s-2m0s initiator", "failed 2m0s-1h0m0s lost"},
		},
		"the next build ends a failure": {
			func(t *testTask) {
				t.build(0, start, initiator, failedWith(5*time.Minute, "no image"))
				t.build(20*time.Minute, start, resume, done(25*time.Minute))
			}, 0,
			[]string{"building 0s-5m0s initiator", "failed 5m0s-20m0s no image", "building 20m0s-25m0s task_resume", "idle 25m0s-1h0m0s"},
		},
		"a job that ends after the next build says nothing": {
			func(t *testTask) {
				t.build(0, start, initiator, failedWith(30*time.Minute, "late"))
				t.build(20*time.Minute, stop, tasktwin.BuildReasonDashboard, done(20*time.Minute))
			}, 0,
			[]string{"building 0s-20m0s initiator", "paused 20m0s-1h0m0s dashboard"},
		},
		"work, failure, work, and complete is idle": {
			func(t *testTask) {
				t.start(0)
				t.works(time.Minute)
				t.fails(10 * time.Minute)
				t.works(20 * time.Minute)
				t.completes(30 * time.Minute)
			}, 0,
			[]string{"idle 0s-1m0s", "working 1m0s-10m0s", "failed 10m0s-20m0s", "working 20m0s-30m0s", "idle 30m0s-1h0m0s"},
		},
		"paused from stop to start": {
			func(t *testTask) {
				t.start(0)
				t.works(0)
				t.stop(10 * time.Minute)
				t.start(40 * time.Minute)
			}, 0,
			[]string{"working 0s-10m0s", "paused 10m0s-40m0s task_auto_pause", "idle 40m0s-1h0m0s"},
		},
		"statuses after the stop are ignored": {
			func(t *testTask) {
				t.start(0)
				t.stop(10 * time.Minute)
				t.works(20 * time.Minute)
				t.idles(30 * time.Minute)
			}, 0,
			[]string{"idle 0s-10m0s", "paused 10m0s-1h0m0s task_auto_pause"},
		},
		"a stop that failed is a failure, and the agent goes on": {
			func(t *testTask) {
				t.start(0)
				t.build(10*time.Minute, stop, tasktwin.BuildReasonAutostop, failedWith(15*time.Minute, "stuck"))
				t.works(20 * time.Minute)
			}, 0,
			[]string{"idle 0s-10m0s", "paused 10m0s-15m0s autostop", "failed 15m0s-20m0s stuck", "working 20m0s-1h0m0s"},
		},
		"a second stop does not begin another pause for another reason": {
			func(t *testTask) {
				t.start(0)
				t.stop(10 * time.Minute)
				t.stop(20 * time.Minute)
			}, 0,
			[]string{"idle 0s-10m0s", "paused 10m0s-1h0m0s task_auto_pause"},
		},
		"nothing is drawn of a deleted workspace": {
			func(t *testTask) {
				t.start(0)
				t.delete(20 * time.Minute)
				t.works(30 * time.Minute)
			}, 0,
			[]string{"idle 0s-20m0s"},
		},
		"a gap between deletion and another start": {
			func(t *testTask) {
				t.start(0)
				t.delete(20 * time.Minute)
				t.start(30 * time.Minute)
			}, 0,
			[]string{"idle 0s-20m0s", "idle 30m0s-1h0m0s"},
		},
		"a build that is earlier than its forerunner counts from the forerunner's time": {
			func(t *testTask) {
				t.start(20 * time.Minute)
				t.stop(10 * time.Minute)
			}, 0,
			[]string{"paused 20m0s-1h0m0s task_auto_pause"},
		},
		"a start before its stop ends the pause at once": {
			func(t *testTask) {
				t.start(0)
				t.stop(30 * time.Minute)
				t.start(20 * time.Minute)
			}, 0,
			[]string{"idle 0s-1h0m0s"},
		},
		"statuses in the wrong order of insertion": {
			func(t *testTask) {
				t.start(0)
				t.idles(30 * time.Minute)
				t.works(10 * time.Minute)
			}, 0,
			[]string{"idle 0s-10m0s", "working 10m0s-30m0s", "idle 30m0s-1h0m0s"},
		},
		"work that ends at the instant it begins counts nothing": {
			func(t *testTask) {
				t.start(0)
				t.idles(10 * time.Minute)
				t.works(10 * time.Minute)
			}, 0,
			[]string{"idle 0s-1h0m0s"},
		},
		"build 1 comes before a status of its instant, another build after": {
			func(t *testTask) {
				t.start(0)
				t.works(0)
				t.stop(10 * time.Minute)
				t.start(20 * time.Minute)
				t.works(20 * time.Minute)
			}, 0,
			[]string{"working 0s-10m0s", "paused 10m0s-20m0s task_auto_pause", "idle 20m0s-1h0m0s"},
		},
		"a stop and a start at one instant are no pause": {
			func(t *testTask) {
				t.start(0)
				t.works(0)
				t.stop(10 * time.Minute)
				t.start(10 * time.Minute)
				t.works(11 * time.Minute)
			}, 0,
			[]string{"working 0s-10m0s", "idle 10m0s-11m0s", "working 11m0s-1h0m0s"},
		},
		"build 1 does not end what was said before it": {
			func(t *testTask) {
				t.build(10*time.Minute, start, initiator, done(20*time.Minute))
				t.works(5 * time.Minute)
			}, 0,
			[]string{"working 5m0s-1h0m0s"},
		},
		"an app that is bound twice counts once": {
			func(t *testTask) {
				t.start(0)
				t.works(10 * time.Minute)
				t.idles(20 * time.Minute)
				t.stop(30 * time.Minute) // bound to the same app
			}, 0,
			[]string{"idle 0s-10m0s", "working 10m0s-20m0s", "idle 20m0s-30m0s", "paused 30m0s-1h0m0s task_auto_pause"},
		},
		"what happens later than now is left out": {
			func(t *testTask) {
				t.start(0)
				t.works(10 * time.Minute)
				t.stop(50 * time.Minute)
			}, 30 * time.Minute,
			[]string{"idle 0s-10m0s", "working 10m0s-30m0s"},
		},
		"everything is later than now": {
			func(t *testTask) { t.start(20 * time.Minute) }, 10 * time.Minute, []string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			task := w.task("task", "owner", 0)
			c.happens(task)
			p := collect(t, w, Options{Now: t0.Add(cmp.Or(c.now, time.Hour))})
			require.Len(t, p.tasks, 1)
			require.Equal(t, c.want, drawn(&p.tasks[0]))
		})
	}
}

// Two tasks on the same workspace share its builds, but have only the statuses of
// their own apps.
func TestTwoTasksOnOneWorkspace(t *testing.T) {
	t.Parallel()
	w := newWorld()
	a := w.task("a", "owner", 0)
	a.start(0)
	a.works(10 * time.Minute)
	b := w.task("b", "owner", 5*time.Minute)
	b.row().WorkspaceID = nullUUID(a.workspace)
	p := collect(t, w, Options{Now: t0.Add(time.Hour)})
	require.Len(t, p.tasks, 2)
	require.Equal(t, []string{"idle 0s-1h0m0s"}, drawn(&p.tasks[0])) // newest first
	require.Equal(t, []string{"idle 0s-10m0s", "working 10m0s-1h0m0s"}, drawn(&p.tasks[1]))
}

func TestATaskWithoutAWorkspace(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.task("a", "owner", 0).row().WorkspaceID.Valid = false
	p := collect(t, w, Options{})
	require.Len(t, p.tasks, 1)
	require.Empty(t, p.tasks[0].intervals)
}

func TestPauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(*testTask)
		want    []string
	}{
		"none": {func(t *testTask) { t.start(0) }, nil},
		"over, after work": {
			func(t *testTask) {
				t.start(0)
				t.works(time.Minute)
				t.idles(5 * time.Minute)
				t.stop(10 * time.Minute)
				t.start(30 * time.Minute)
			}, []string{"10m0s-30m0s resumed, idle 9m0s"},
		},
		"still paused, and never worked": {
			func(t *testTask) {
				t.start(0)
				t.stop(10 * time.Minute)
			}, []string{"10m0s-1h0m0s open, idle 0s"},
		},
		"a deletion ends it": {
			func(t *testTask) {
				t.start(0)
				t.stop(10 * time.Minute)
				t.delete(20 * time.Minute)
			}, []string{"10m0s-20m0s over, idle 0s"},
		},
		"two stops are one pause": {
			func(t *testTask) {
				t.start(0)
				t.stop(10 * time.Minute)
				t.stop(20 * time.Minute)
				t.start(30 * time.Minute)
			}, []string{"10m0s-30m0s resumed, idle 0s"},
		},
		"two stops, still paused": {
			func(t *testTask) {
				t.start(0)
				t.stop(10 * time.Minute)
				t.stop(20 * time.Minute)
			}, []string{"10m0s-1h0m0s open, idle 0s"},
		},
		"work at the instant of the stop leaves no idle time": {
			func(t *testTask) {
				t.start(0)
				t.works(10 * time.Minute)
				t.stop(10 * time.Minute)
			}, []string{"10m0s-1h0m0s open, idle 0s"},
		},
		"a start before its stop": {
			func(t *testTask) {
				t.start(0)
				t.stop(30 * time.Minute)
				t.start(20 * time.Minute)
			}, []string{"30m0s-30m0s resumed, idle 0s"},
		},
		"later than now": {
			func(t *testTask) {
				t.start(0)
				t.stop(2 * time.Hour)
			}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			c.happens(w.task("task", "owner", 0))
			p := collect(t, w, Options{Now: t0.Add(time.Hour)})
			var got []string
			for _, p := range p.tasks[0].pauses {
				end := "open"
				if p.resumed {
					end = "resumed"
				} else if p.over {
					end = "over"
				}
				idle := time.Duration(p.idle) * time.Microsecond
				got = append(got, fmt.Sprintf("%s-%s %s, idle %s", p.from.time().Sub(t0), p.to.time().Sub(t0), end, idle))
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestInstants(t *testing.T) {
	t.Parallel()
	require.Equal(t, int64(-1), pageTimeOf(time.UnixMicro(-1)).milliseconds(), "rounded down")
	require.Equal(t, int64(0), pageTimeOf(time.UnixMicro(999)).milliseconds())
	require.Equal(t, minPageTime, pageTimeOf(time.Date(-280_000, 1, 1, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, maxPageTime, pageTimeOf(time.Date(294_276, 12, 31, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, t0, pageTimeOf(t0).time())
}
