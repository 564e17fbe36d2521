package main

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/period"
	"github.com/tasktwin/tasktwin/cmd/internal/suggest"
	"github.com/tasktwin/tasktwin/sim"
)

// policyKinds are the kinds of policies and how to write them. The name of a kind
// is the part of its example before the colon.
var policyKinds = []struct {
	example string
	meaning string
	parse   func(rest string) (sim.Policy, bool)
}{
	{never, "", func(rest string) (sim.Policy, bool) { return sim.Never{}, rest == "" }},
	{"idle:30m", "pause after that time", func(rest string) (sim.Policy, bool) {
		d, ok := period.Parse(rest)
		return sim.IdleTimeout(d), ok
	}},
	{"adaptive:0.9", "pause after the time within which that share of the owner's replies came", func(rest string) (sim.Policy, bool) {
		q, err := strconv.ParseFloat(rest, 64)
		return sim.NewAdaptive(q), err == nil && q >= 0 && q <= 1
	}},
	{"hours:8h-18h:1h", "in business hours pause after 1h, outside of them at once", func(rest string) (sim.Policy, bool) {
		return parseHours(rest)
	}},
}

// never is the time-out of tasks that are not paused.
const never = "never"

// policyExamples has an example of each kind.
func policyExamples() []string {
	examples := make([]string, len(policyKinds))
	for i, k := range policyKinds {
		examples[i] = k.example
	}
	return examples
}

// policyHelp describes how a policy is written.
func policyHelp() string {
	forms := make([]string, len(policyKinds))
	for i, k := range policyKinds {
		forms[i] = k.example
		if k.meaning != "" {
			forms[i] += " (" + k.meaning + ")"
		}
	}
	last := len(forms) - 1
	return strings.Join(forms[:last], ", ") + " or " + forms[last]
}

// parsePolicy parses a policy.
func parsePolicy(flag, text string) (sim.Policy, error) {
	kind, rest, _ := strings.Cut(text, ":")
	for _, k := range policyKinds {
		if name, _, _ := strings.Cut(k.example, ":"); name == kind {
			if policy, ok := k.parse(rest); ok {
				return policy, nil
			}
		}
	}
	kinds := make([]string, len(policyKinds))
	for i, k := range policyKinds {
		kinds[i], _, _ = strings.Cut(k.example, ":")
	}
	question := ""
	if !slices.Contains(kinds, kind) {
		question = suggest.Question(kind, kinds)
	}
	return nil, usagef("%s is %q: it must be %s%s", flag, text, policyHelp(), question)
}

// parseIdleTimeout parses a time-out, or never.
func parseIdleTimeout(flag, text string) (sim.Policy, error) {
	if text == never {
		return sim.Never{}, nil
	}
	d, ok := period.Parse(text)
	switch {
	case !ok:
		return nil, usagef("%s is %q: it must be a duration such as 30m, 1h30m or 2d, or never", flag, text)
	case d == 0:
		return nil, usagef("%s is %q: to pause no task, it must be never; to pause each at once, give --policy idle:0s", flag, text)
	}
	return sim.IdleTimeout(d), nil
}

// parseHours parses business hours and a time-out, such as 8h-18h:1h.
func parseHours(text string) (sim.BusinessHours, bool) {
	hours, timeout, _ := strings.Cut(text, ":")
	from, until, _ := strings.Cut(hours, "-")
	opens, ok1 := period.Parse(from)
	closes, ok2 := period.Parse(until)
	d, ok3 := period.Parse(timeout)
	return sim.BusinessHours{Open: opens, Close: closes, Timeout: d}, ok1 && ok2 && ok3 && opens < closes && closes <= 24*time.Hour
}

// parseTimeouts parses a list of time-outs; "never" is one.
func parseTimeouts(flag string, list []string) ([]sim.Policy, error) {
	var out []sim.Policy
	for _, text := range list {
		text = strings.TrimSpace(text)
		if text == never {
			out = append(out, sim.Never{})
			continue
		}
		d, ok := period.Parse(text)
		if !ok {
			return nil, usagef("%s has %q: it must be durations such as 30m, or never, with commas between", flag, text)
		}
		out = append(out, sim.IdleTimeout(d))
	}
	return out, nil
}
