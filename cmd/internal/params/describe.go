package params

import (
	"errors"
	"math"
	"reflect"
	"strings"

	"github.com/tasktwin/tasktwin/sim"
)

// The types of parameters.
const (
	Duration = "duration" // such as 1h30m
	Number   = "number"
	Numbers  = "numbers" // with commas between
)

// Description is what is known of a parameter.
type Description struct {
	// Name is its name in Set.
	Name string `json:"name"`
	// Type is Duration, Number or Numbers.
	Type string `json:"type"`
	// Value and Default are in the format of Set.
	Value   string `json:"value"`
	Default string `json:"default"`
	// Min and Max are the smallest and the greatest value, of each number in a list.
	Min string `json:"min"`
	Max string `json:"max"`
	// Meaning says what it is, with the unit of a number.
	Meaning string `json:"meaning"`
}

// meanings describes each parameter.
var meanings = map[string]string{
	"user_spread":           "spread of the users' rates of new tasks: the standard deviation of their natural logarithm",
	"rhythm.hours":          "weight of each hour of the day, from midnight to midnight: how much users do then, relative to other hours",
	"rhythm.weekend":        "weight of a day on the weekend, relative to one in the week",
	"rhythm.utc_offset":     "offset of the users' local time from UTC",
	"turns":                 "mean number of turns of a task",
	"work.median":           "median length of a turn",
	"work.sigma":            "spread of the length of a turn: the standard deviation of its natural logarithm",
	"report.median":         "median time between two statuses of a working agent",
	"report.sigma":          "spread of that time: the standard deviation of its natural logarithm",
	"answer.median":         "median time until a user replies, on a clock that nearly stops at night and on weekends",
	"answer.alpha":          "exponent of the tail of that time: the smaller, the more late replies",
	"answer_spread":         "spread of the users' slowness: the standard deviation of its natural logarithm",
	"failure":               "share of tasks that end in failure",
	"deletion":              "share of ended tasks that are deleted",
	"deletion_after.median": "median time from the end of a task to its deletion, on the clock of the replies",
	"deletion_after.sigma":  "spread of that time: the standard deviation of its natural logarithm",
	"queue.median":          "median time that a build waits for a provisioner",
	"queue.sigma":           "spread of that time: the standard deviation of its natural logarithm",
	"start_build.median":    "median length of a start build",
	"start_build.sigma":     "spread of that length: the standard deviation of its natural logarithm",
	"stop_build.median":     "median length of a stop build",
	"stop_build.sigma":      "spread of that length: the standard deviation of its natural logarithm",
	"build_failure":         "share of builds that fail",
	"retry.median":          "median time until a failed build is retried",
	"retry.sigma":           "spread of that time: the standard deviation of its natural logarithm",
	"agent_start.median":    "median time from the end of a build until its agent is ready",
	"agent_start.sigma":     "spread of that time: the standard deviation of its natural logarithm",
	"stuck":                 "share of agents that hang when they start",
	"stuck_for.median":      "median time for which they hang",
	"stuck_for.sigma":       "spread of that time: the standard deviation of its natural logarithm",
	"unhealthy":             "share of turns in which the app becomes unhealthy",
	"unhealthy_for.median":  "median time for which it is unhealthy",
	"unhealthy_for.sigma":   "spread of that time: the standard deviation of its natural logarithm",
}

// Describe returns the descriptions of the parameters that can be set, with their
// values in p, in the order of sim.Params.
func Describe(p *sim.Params) []Description {
	defaults := sim.DefaultParams()
	values, standard := List(p), List(&defaults)
	out := make([]Description, len(values))
	for i, v := range values {
		out[i] = Description{Name: v.Name, Value: v.Value, Default: standard[i].Value, Meaning: meanings[v.Name]}
		out[i].Type, out[i].Min, out[i].Max = typeAndRange(v.Name)
	}
	return out
}

// typeAndRange returns the type and the range of a parameter. The range is what sim says
// when the parameter has a value that is never valid.
func typeAndRange(name string) (kind, least, most string) {
	p := sim.DefaultParams()
	walk(reflect.ValueOf(&p).Elem(), "", func(at string, v reflect.Value) bool {
		if at != name {
			return true
		}
		switch {
		case v.Type() == durationType:
			kind = Duration
			v.SetInt(math.MinInt64)
		case v.Kind() == reflect.Array:
			kind = Numbers
			v.Index(0).SetFloat(math.NaN())
		default:
			kind = Number
			v.SetFloat(math.NaN())
		}
		return false
	})
	if bad, ok := errors.AsType[*sim.ParamError](p.Validate()); ok {
		least, most, _ = strings.Cut(strings.TrimPrefix(bad.Must, "be from "), " to ")
	}
	return kind, least, most
}
