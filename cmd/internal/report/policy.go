package report

import (
	"fmt"
	"math"
)

// Policy has the results of a simulation under one policy.
type Policy struct {
	Name string `json:"name"`
	// RunningHours is the running time of all workspaces. Cost is its cost.
	RunningHours float64 `json:"running_hours"`
	Cost         float64 `json:"cost"`
	Pauses       int     `json:"pauses"`
	Resumes      int     `json:"resumes"`
	// Answers is the number of users' replies to agents. Waited is the number of
	// those that had to wait for a resume.
	Answers int `json:"answers"`
	Waited  int `json:"waited"`
	// WaitShare is Waited divided by Answers, from 0 to 1.
	WaitShare float64 `json:"wait_share"`
	// WaitP50Seconds and WaitP95Seconds are percentiles of the waiting time.
	WaitP50Seconds float64 `json:"wait_p50_seconds"`
	WaitP95Seconds float64 `json:"wait_p95_seconds"`
	// Pareto says that the policy is Pareto-optimal in cost and waiting.
	Pareto bool `json:"pareto"`
}

// check returns an error for numbers that the page cannot draw.
func (p *Policy) check() error {
	for _, f := range []struct {
		name  string
		value float64
	}{
		{"RunningHours", p.RunningHours},
		{"Cost", p.Cost},
		{"WaitShare", p.WaitShare},
		{"WaitP50Seconds", p.WaitP50Seconds},
		{"WaitP95Seconds", p.WaitP95Seconds},
	} {
		if math.IsNaN(f.value) || math.IsInf(f.value, 0) || f.value < 0 {
			return fmt.Errorf("policy %q: %s is %v: it must be a number that is not negative", p.Name, f.name, f.value)
		}
	}
	if p.WaitShare > 1 {
		return fmt.Errorf("policy %q: WaitShare is %v: it must not be more than 1", p.Name, p.WaitShare)
	}
	return nil
}
