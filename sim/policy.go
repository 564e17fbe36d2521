package sim

import (
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Policy decides when a task is paused. Sweep calls the policies of several runs
// from several goroutines, so a policy that is given twice must be safe for that;
// one that keeps no state is.
type Policy interface {
	// Name is what results call the policy.
	Name() string
	// Decide is called when a task becomes idle and, as long as it is idle and
	// running, at each time that the policy asked for. It must follow from its
	// arguments alone, or runs cannot be repeated.
	Decide(task TaskView, now time.Time) Action
}

// TaskView is what a policy knows of an idle task.
type TaskView struct {
	ID      uuid.UUID
	OwnerID uuid.UUID
	// Name and Owner are the task's display name and the owner's username.
	Name, Owner string
	// State is what the agent said last: idle, while it waits for an answer,
	// complete or failure.
	State tasktwin.WorkspaceAppStatusState
	// CreatedAt is when the task was submitted, IdleSince when it became idle.
	CreatedAt, IdleSince time.Time
	// Pauses is how often it has been paused.
	Pauses int
	// OwnerAnswers are how long the owner took to answer so far, on all tasks. They
	// are valid until Decide returns.
	OwnerAnswers Durations
}

// Action is what a policy wants.
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

// Keep leaves the task running until it is idle the next time.
func Keep() Action { return Action{} }

// KeepUntil leaves the task running, and has the policy decide again at t if the
// task is still idle by then. It must be later than now, which the zero time is
// not, or the run fails with a [*PolicyError].
func KeepUntil(t time.Time) Action { return Action{do: keepUntil, until: t} }

// Durations are a sample of durations, in order.
type Durations struct{ sorted []time.Duration }

// Len is how many there are.
func (d Durations) Len() int { return len(d.sorted) }

// Quantile is the smallest duration that at least the share q of all are not
// longer than. Without durations it is 0; q is bounded to 0 and 1.
func (d Durations) Quantile(q float64) time.Duration {
	n := len(d.sorted)
	if n == 0 {
		return 0
	}
	i := sort.Search(n-1, func(i int) bool { return float64(i+1) >= q*float64(n) })
	return d.sorted[i]
}

// add returns the durations with one more, in the same memory: the views that
// policies have been given must not be kept.
func (d Durations) add(v time.Duration) Durations {
	i := sort.Search(len(d.sorted), func(i int) bool { return d.sorted[i] > v })
	return Durations{slices.Insert(d.sorted, i, v)}
}
