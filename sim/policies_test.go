package sim

import (
	"testing"
	"time"
)

func clock(text string) time.Time { return at(text).time() }

func TestPolicies(t *testing.T) {
	t.Parallel()
	answers := func(minutes ...int) Durations {
		var d Durations
		for _, m := range minutes {
			d = d.add(time.Duration(m) * time.Minute)
		}
		return d
	}
	adaptive := Adaptive{Quantile: 0.75, After: 4, Fallback: 30 * time.Minute, Least: 5 * time.Minute, Most: 2 * time.Hour}
	office := BusinessHours{Open: 8 * time.Hour, Close: 18 * time.Hour, Timeout: time.Hour}
	east := office
	east.UTCOffset = 3 * time.Hour
	const idle, monday = "2026-01-05 10:00", "2026-01-05 "
	for _, test := range []struct {
		name   string
		policy Policy
		task   TaskView
		now    string
		want   Action
	}{
		{"never", Never{}, TaskView{IdleSince: clock(idle)}, "2027-01-01 00:00", Keep()},
		{"a time-out to come", IdleTimeout(time.Hour), TaskView{IdleSince: clock(idle)}, idle, KeepUntil(clock(monday + "11:00"))},
		{"a time-out reached", IdleTimeout(time.Hour), TaskView{IdleSince: clock(idle)}, monday + "11:00", Pause()},
		{"no time-out", IdleTimeout(0), TaskView{IdleSince: clock(idle)}, idle, Pause()},
		{
			"adaptive, too few answers", adaptive,
			TaskView{IdleSince: clock(idle), OwnerAnswers: answers(90, 90, 90)},
			idle,
			KeepUntil(clock(monday + "10:30")),
		},
		{"adaptive", adaptive, TaskView{IdleSince: clock(idle), OwnerAnswers: answers(40, 10, 90, 20)}, idle, KeepUntil(clock(monday + "10:40"))},
		{
			"adaptive, quick", adaptive,
			TaskView{IdleSince: clock(idle), OwnerAnswers: answers(1, 1, 1, 1)},
			idle,
			KeepUntil(clock(monday + "10:05")),
		},
		{
			"adaptive, slow", adaptive,
			TaskView{IdleSince: clock(idle), OwnerAnswers: answers(900, 900, 900, 900)},
			idle,
			KeepUntil(clock(monday + "12:00")),
		},
		{"hours, by day", office, TaskView{IdleSince: clock(idle)}, idle, KeepUntil(clock(monday + "11:00"))},
		{"hours, timed out", office, TaskView{IdleSince: clock(idle)}, monday + "11:00", Pause()},
		{"hours, near the evening", office, TaskView{IdleSince: clock(monday + "17:30")}, monday + "17:30", KeepUntil(clock(monday + "18:00"))},
		{"hours, evening", office, TaskView{IdleSince: clock(monday + "17:30")}, monday + "18:00", Pause()},
		{"hours, early", office, TaskView{IdleSince: clock(monday + "07:59")}, monday + "07:59", Pause()},
		{"hours, Saturday", office, TaskView{IdleSince: clock("2026-01-10 10:00")}, "2026-01-10 10:00", Pause()},
		{"hours, Sunday", office, TaskView{IdleSince: clock("2026-01-11 10:00")}, "2026-01-11 10:00", Pause()},
		{"hours, Friday", office, TaskView{IdleSince: clock("2026-01-09 10:00")}, "2026-01-09 10:00", KeepUntil(clock("2026-01-09 11:00"))},
		{"hours further east, early there", east, TaskView{IdleSince: clock(monday + "04:59")}, monday + "04:59", Pause()},
		{
			"hours further east, by day there", east,
			TaskView{IdleSince: clock(monday + "05:00")},
			monday + "05:00",
			KeepUntil(clock(monday + "06:00")),
		},
		{
			"hours further east, evening there", east,
			TaskView{IdleSince: clock(monday + "14:30")},
			monday + "14:30",
			KeepUntil(clock(monday + "15:00")),
		},
	} {
		if got := test.policy.Decide(test.task, clock(test.now)); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestPolicyNames(t *testing.T) {
	t.Parallel()
	for want, policy := range map[string]Policy{
		"never":              Never{},
		"idle 30m":           IdleTimeout(30 * time.Minute),
		"idle 1h30m":         IdleTimeout(90 * time.Minute),
		"idle 1h":            IdleTimeout(time.Hour),
		"idle 0s":            IdleTimeout(0),
		"idle 7d":            IdleTimeout(7 * 24 * time.Hour),
		"idle 25h":           IdleTimeout(25 * time.Hour),
		"idle 1m30s":         IdleTimeout(90 * time.Second),
		"adaptive p90":       NewAdaptive(0.9),
		"adaptive p99.5":     NewAdaptive(0.995),
		"adaptive p99.999":   NewAdaptive(0.99999),
		"adaptive p29":       NewAdaptive(0.29),
		"hours 8h-18h30m 1h": BusinessHours{Open: 8 * time.Hour, Close: 18*time.Hour + 30*time.Minute, Timeout: time.Hour},
	} {
		if got := policy.Name(); got != want {
			t.Errorf("%#v is %q, want %q", policy, got, want)
		}
	}
}

func TestQuantilesAreOfTheSample(t *testing.T) {
	t.Parallel()
	var d Durations
	if got := d.Quantile(0.5); got != 0 || d.Len() != 0 {
		t.Errorf("the quantile of nothing is %s", got)
	}
	for _, v := range []time.Duration{3, 1, 4, 1, 5} {
		d = d.add(v)
	}
	for q, want := range map[float64]time.Duration{-1: 1, 0: 1, 0.2: 1, 0.4: 1, 0.41: 3, 0.6: 3, 0.8: 4, 0.81: 5, 1: 5, 2: 5} {
		if got := d.Quantile(q); got != want {
			t.Errorf("the quantile of %v is %d, want %d", q, got, want)
		}
	}
	if d.Len() != 5 {
		t.Errorf("there are %d", d.Len())
	}
}
