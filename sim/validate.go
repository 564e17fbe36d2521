package sim

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ParamError reports an invalid parameter.
type ParamError struct {
	// Name is the parameter's name, such as Params.Work.Sigma.
	Name string
	// Value is its value.
	Value any
	// Must completes the sentence "it must …".
	Must string
}

// Error names the parameter and its value.
func (e *ParamError) Error() string {
	return fmt.Sprintf("sim: %s is %v: it must %s", e.Name, e.Value, e.Must)
}

// The bounds keep all times within the range of timestamptz and of an int64 of
// microseconds, and a run's rows within the memory of a machine.
const (
	maxDuration = 10 * 366 * 24 * time.Hour
	maxUsers    = 10_000_000
	maxPerDay   = 100_000
	maxTurns    = 100_000
	maxSigma    = 10
)

var (
	// The range excludes 1970-01-01, because a simTime of zero means none.
	earliest = time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)
)

// checker keeps the first error.
type checker struct{ err *ParamError }

func (c *checker) fail(name string, value any, must string) {
	if c.err == nil {
		c.err = &ParamError{name, value, must}
	}
}

func (c *checker) result() error {
	if c.err == nil {
		return nil
	}
	return c.err
}

func (c *checker) float(name string, v, least, most float64) {
	if !(v >= least && v <= most) { // NaN is neither
		c.fail(name, v, fmt.Sprintf("be from %v to %v", least, most))
	}
}

func (c *checker) int(name string, v, least, most int) {
	if v < least || v > most {
		c.fail(name, v, fmt.Sprintf("be from %d to %d", least, most))
	}
}

func (c *checker) share(name string, v float64) { c.float(name, v, 0, 1) }

func (c *checker) duration(name string, v, least, most time.Duration) {
	if v < least || v > most {
		c.fail(name, v, fmt.Sprintf("be from %v to %v", least, most))
	}
}

func (c *checker) time(name string, v time.Time) {
	switch {
	case v.Before(earliest) || v.After(latest):
		c.fail(name, v.Format(time.RFC3339Nano), fmt.Sprintf("be from the year %d to %d", earliest.Year(), latest.Year()))
	case v.Nanosecond()%1000 != 0:
		c.fail(name, v.Format(time.RFC3339Nano), "be a whole number of microseconds")
	}
}

// text checks that a store accepts the text.
func (c *checker) text(name, v string) {
	if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
		c.fail(name, strconv.Quote(v), "be UTF-8 without a NUL")
	}
}

func (c *checker) logNormal(name string, d LogNormal) {
	c.duration(name+".Median", d.Median, time.Microsecond, maxDuration)
	c.float(name+".Sigma", d.Sigma, 0, maxSigma)
}

// Validate returns a [*ParamError] for the first invalid parameter. Parameters that a
// recording replaces are checked, too.
func (p Params) Validate() error {
	c := &checker{}
	c.time("Params.Start", p.Start)
	c.duration("Params.Duration", p.Duration, time.Microsecond, maxDuration)
	if p.Duration%time.Microsecond != 0 {
		c.fail("Params.Duration", p.Duration, "be a whole number of microseconds")
	}
	c.int("Params.Users", p.Users, 1, maxUsers)
	c.float("Params.TasksPerUserDay", p.TasksPerUserDay, 0, maxPerDay)
	c.float("Params.UserSpread", p.UserSpread, 0, maxSigma)
	c.rhythm("Params.Rhythm", &p.Rhythm)
	c.float("Params.Turns", p.Turns, 1, maxTurns)
	c.duration("Params.Answer.Median", p.Answer.Median, time.Microsecond, maxDuration)
	c.float("Params.Answer.Alpha", p.Answer.Alpha, 0.05, 100)
	c.float("Params.AnswerSpread", p.AnswerSpread, 0, maxSigma)
	for _, d := range []struct {
		name string
		LogNormal
	}{
		{"Work", p.Work},
		{"Report", p.Report},
		{"DeletionAfter", p.DeletionAfter},
		{"Queue", p.Queue},
		{"StartBuild", p.StartBuild},
		{"StopBuild", p.StopBuild},
		{"Retry", p.Retry},
		{"AgentStart", p.AgentStart},
		{"StuckFor", p.StuckFor},
		{"UnhealthyFor", p.UnhealthyFor},
	} {
		c.logNormal("Params."+d.name, d.LogNormal)
	}
	for _, s := range []struct {
		name  string
		value float64
	}{
		{"Failure", p.Failure},
		{"Deletion", p.Deletion},
		{"Stuck", p.Stuck},
		{"Unhealthy", p.Unhealthy},
	} {
		c.share("Params."+s.name, s.value)
	}
	// At 1 no build would ever succeed.
	c.float("Params.BuildFailure", p.BuildFailure, 0, 0.99)
	if p.Recording != nil {
		p.Recording.check(c, p.Start)
	}
	return c.result()
}

func (c *checker) rhythm(name string, r *Rhythm) {
	sum := 0.0
	for h, w := range r.Hours {
		c.float(fmt.Sprintf("%s.Hours[%d]", name, h), w, 0, 1e6)
		sum += w
	}
	if sum == 0 {
		c.fail(name+".Hours", r.Hours, "have an hour with a weight above 0")
	}
	c.float(name+".Weekend", r.Weekend, 0, 1e6)
	c.duration(name+".UTCOffset", r.UTCOffset, -24*time.Hour, 24*time.Hour)
}
