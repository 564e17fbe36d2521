package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/period"
	"github.com/tasktwin/tasktwin/sim"
)

// policyHelp says how a policy is written.
const policyHelp = "never; idle:30m, a time-out; adaptive:0.9, the time in which that share of the owner's answers came; or hours:8h-18h:1h, a time-out in business hours and none outside"

// parsePolicy reads a policy.
func parsePolicy(flag, text string) (sim.Policy, error) {
	kind, rest, _ := strings.Cut(text, ":")
	switch kind {
	case "never":
		if rest == "" {
			return sim.Never{}, nil
		}
	case "idle":
		if d, ok := period.Parse(rest); ok {
			return sim.IdleTimeout(d), nil
		}
	case "adaptive":
		if q, err := strconv.ParseFloat(rest, 64); err == nil && q >= 0 && q <= 1 {
			return sim.NewAdaptive(q), nil
		}
	case "hours":
		if p, ok := parseHours(rest); ok {
			return p, nil
		}
	}
	return nil, usagef("%s is %q: it must be %s", flag, text, policyHelp)
}

// parseHours reads 8h-18h:1h.
func parseHours(text string) (sim.BusinessHours, bool) {
	hours, timeout, _ := strings.Cut(text, ":")
	from, until, _ := strings.Cut(hours, "-")
	opens, ok1 := period.Parse(from)
	closes, ok2 := period.Parse(until)
	d, ok3 := period.Parse(timeout)
	return sim.BusinessHours{Open: opens, Close: closes, Timeout: d}, ok1 && ok2 && ok3 && opens < closes && closes <= 24*time.Hour
}

// parseTimeouts reads a list of time-outs, of which one may be never.
func parseTimeouts(flag string, list []string) ([]sim.Policy, error) {
	var out []sim.Policy
	for _, text := range list {
		text = strings.TrimSpace(text)
		if text == "never" {
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
