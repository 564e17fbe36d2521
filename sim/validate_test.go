package sim

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBadParametersAreRefusedByName(t *testing.T) {
	t.Parallel()
	start := DefaultParams().Start
	recording := func(turns ...Turn) *Recording {
		return &Recording{Tasks: []RecordedTask{{Turns: []Turn{{At: start}}}, {Turns: turns}}}
	}
	for _, test := range []struct {
		name  string // without Params.
		spoil func(*Params)
	}{
		{"Start", func(p *Params) { p.Start = time.Time{} }},
		{"Start", func(p *Params) { p.Start = p.Start.Add(1) }},
		{"Start", func(p *Params) { p.Start = p.Start.AddDate(9000, 0, 0) }},
		{"Duration", func(p *Params) { p.Duration = 0 }},
		{"Duration", func(p *Params) { p.Duration = -time.Hour }},
		{"Duration", func(p *Params) { p.Duration = math.MaxInt64 }},
		{"Duration", func(p *Params) { p.Duration++ }},
		{"Users", func(p *Params) { p.Users = 0 }},
		{"TasksPerUserDay", func(p *Params) { p.TasksPerUserDay = -1 }},
		{"TasksPerUserDay", func(p *Params) { p.TasksPerUserDay = math.NaN() }},
		{"UserSpread", func(p *Params) { p.UserSpread = math.Inf(1) }},
		{"Rhythm.Hours[3]", func(p *Params) { p.Rhythm.Hours[3] = -1 }},
		{"Rhythm.Hours", func(p *Params) { p.Rhythm.Hours = [24]float64{} }},
		{"Rhythm.Weekend", func(p *Params) { p.Rhythm.Weekend = -0.1 }},
		{"Rhythm.UTCOffset", func(p *Params) { p.Rhythm.UTCOffset = 25 * time.Hour }},
		{"Turns", func(p *Params) { p.Turns = 0.5 }},
		{"Work.Median", func(p *Params) { p.Work.Median = 0 }},
		{"Work.Sigma", func(p *Params) { p.Work.Sigma = -1 }},
		{"Report.Median", func(p *Params) { p.Report.Median = -1 }},
		{"Answer.Median", func(p *Params) { p.Answer.Median = 0 }},
		{"Answer.Alpha", func(p *Params) { p.Answer.Alpha = 0 }},
		{"AnswerSpread", func(p *Params) { p.AnswerSpread = -1 }},
		{"Failure", func(p *Params) { p.Failure = 1.1 }},
		{"Deletion", func(p *Params) { p.Deletion = -0.1 }},
		{"DeletionAfter.Sigma", func(p *Params) { p.DeletionAfter.Sigma = 11 }},
		{"Queue.Median", func(p *Params) { p.Queue.Median = 0 }},
		{"StartBuild.Median", func(p *Params) { p.StartBuild.Median = 0 }},
		{"StopBuild.Sigma", func(p *Params) { p.StopBuild.Sigma = math.NaN() }},
		{"BuildFailure", func(p *Params) { p.BuildFailure = 1 }},
		{"Retry.Median", func(p *Params) { p.Retry.Median = maxDuration + 1 }},
		{"AgentStart.Median", func(p *Params) { p.AgentStart.Median = 0 }},
		{"Stuck", func(p *Params) { p.Stuck = math.NaN() }},
		{"StuckFor.Median", func(p *Params) { p.StuckFor.Median = 0 }},
		{"Unhealthy", func(p *Params) { p.Unhealthy = 2 }},
		{"UnhealthyFor.Median", func(p *Params) { p.UnhealthyFor.Median = 0 }},
		{"Recording.Tasks", func(p *Params) { p.Recording = &Recording{} }},
		{"Recording.Tasks[1].Turns", func(p *Params) { p.Recording = recording() }},
		{"Recording.Tasks[1].Turns[0].At", func(p *Params) { p.Recording = recording(Turn{At: start.Add(-time.Second)}) }},
		{"Recording.Tasks[1].Turns[0].At", func(p *Params) { p.Recording = recording(Turn{At: start.Add(time.Nanosecond)}) }},
		{"Recording.Tasks[1].Turns[1].At", func(p *Params) { p.Recording = recording(Turn{At: start.Add(time.Second)}, Turn{At: start}) }},
		{"Recording.Tasks[1].Turns[1].Work", func(p *Params) { p.Recording = recording(Turn{At: start}, Turn{At: start, Work: -1}) }},
		{"Recording.Tasks[1].Turns[0].Message", func(p *Params) { p.Recording = recording(Turn{At: start, Message: "a\x00b"}) }},
		{"Recording.Tasks[1].Name", func(p *Params) {
			p.Recording = recording(Turn{At: start})
			p.Recording.Tasks[1].Name = strings.Repeat("long", 50) + "\xff"
		}},
		{"Recording.Tasks[0].Owner", func(p *Params) {
			p.Recording = recording(Turn{At: start})
			p.Recording.Tasks[0].Owner = "\xff"
		}},
	} {
		p := DefaultParams()
		test.spoil(&p)
		_, err := NewWorld(p)
		bad, ok := errors.AsType[*ParamError](err)
		if !ok {
			t.Errorf("%s: the error is %v", test.name, err)
			continue
		}
		if want := "Params." + test.name; bad.Name != want {
			t.Errorf("%s is named for %s: %v", bad.Name, want, err)
		}
		if text := err.Error(); !strings.Contains(text, bad.Name) || !strings.Contains(text, "must ") {
			t.Errorf("the error is %q", text)
		}
	}
}

// Every new parameter needs a check.
func TestEveryParameterIsChecked(t *testing.T) {
	t.Parallel()
	unchecked := []string{"Seed", "Recording"} // any seed will do
	spoilt := reflect.New(reflect.TypeFor[Params]()).Elem()
	for i := range spoilt.NumField() {
		field := spoilt.Type().Field(i).Name
		if slices.Contains(unchecked, field) {
			continue
		}
		p := DefaultParams()
		v := reflect.ValueOf(&p).Elem().Field(i)
		switch v.Kind() {
		case reflect.Float64:
			v.SetFloat(-1)
		case reflect.Int, reflect.Int64:
			v.SetInt(-1)
		case reflect.Struct: // its zero value is invalid
			v.SetZero()
		default:
			t.Fatalf("Params.%s is a %s", field, v.Kind())
		}
		bad, ok := errors.AsType[*ParamError](p.Validate())
		if !ok || !strings.HasPrefix(bad.Name, "Params."+field) {
			t.Errorf("Params.%s: %v", field, p.Validate())
		}
	}
	if p := DefaultParams(); p.Validate() != nil {
		t.Errorf("the defaults: %v", p.Validate())
	}
}
