package sim

import (
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Policy decides when a task is paused. Sweep calls policies from several goroutines, so a
// policy that is listed twice must be safe for concurrent use. Policies without state
// are.
type Policy interface {
	// Name is the policy's name in results.
	Name() string
	// Decide is called when a task becomes idle and, while it is idle and running,
	// at each time that the policy asked for with KeepUntil. The result must depend
	// only on the arguments; otherwise runs are not reproducible.
	Decide(task TaskView, now time.Time) Action
}

// TaskView is what a policy knows about an idle task.
type TaskView struct {
	ID      uuid.UUID
	OwnerID uuid.UUID
	// Name and Owner are the task's display name and the owner's username.
	Name, Owner string
	// State is the agent's latest status: idle, while it waits for an answer,
	// complete or failure.
	State tasktwin.WorkspaceAppStatusState
	// CreatedAt is when the task was submitted, IdleSince when it became idle.
	CreatedAt, IdleSince time.Time
	// Pauses is how often the task has been paused.
	Pauses int
	// OwnerAnswers are the owner's times to answer so far, on all tasks. They are
	// valid until Decide returns.
	OwnerAnswers Durations
}

// Action is a policy's decision.
type Action struct {
	do    decision
	until time.Time // for keepUntil
}

type decision uint8

const (
	keep decision = iota
	pause
	keepUntil
)

// Pause stops the task's workspace now.
func Pause() Action { return Action{do: pause} }

// Keep leaves the task running until it becomes idle again.
func Keep() Action { return Action{} }

// KeepUntil leaves the task running and calls the policy again at t if the task is
// still idle then. If t is not later than now, the run fails with a [*PolicyError].
func KeepUntil(t time.Time) Action { return Action{do: keepUntil, until: t} }

// Durations are a sorted sample of durations.
type Durations struct{ sorted []time.Duration }

// Len returns the number of durations.
func (d Durations) Len() int { return len(d.sorted) }

// Quantile returns the quantile q of the durations: see the function [Quantile].
func (d Durations) Quantile(q float64) time.Duration { return Quantile(d.sorted, q) }

// Quantile returns the nearest-rank quantile of sorted values: the smallest value for which
// at least the share q of all values are not greater. It returns the zero value if there
// are no values. q is clamped to the range from 0 to 1.
func Quantile[T any](sorted []T, q float64) T {
	n := len(sorted)
	if n == 0 {
		var zero T
		return zero
	}
	return sorted[sort.Search(n-1, func(i int) bool { return float64(i+1) >= q*float64(n) })]
}

// add returns the durations with one more. It reuses the memory of d, so policies must not
// keep a TaskView's durations.
func (d Durations) add(v time.Duration) Durations {
	i := sort.Search(len(d.sorted), func(i int) bool { return d.sorted[i] > v })
	return Durations{slices.Insert(d.sorted, i, v)}
}
