package sim

import (
	"fmt"
	"time"
)

// Recording is real work, such as an event log's. It drives when tasks come, when
// people answer and how long the work takes; the simulation adds the builds and
// the pauses. People act at the recorded instants whatever the policy: an answer
// that finds a task paused waits for its resume, and the work after it takes as
// long as it was recorded.
type Recording struct {
	Tasks []RecordedTask
}

// RecordedTask is one task of a recording.
type RecordedTask struct {
	// Name is the task's display name.
	Name string
	// Owner is who submitted it.
	Owner string
	// Turns are by At. The first is when the task is submitted.
	Turns []Turn
}

// Turn is what is asked of a task's agent at one time.
type Turn struct {
	// At is when it was asked, in whole microseconds.
	At time.Time
	// Work is how long it took. Without work the turn is a note that changes
	// nothing, and for which a paused task is not resumed.
	Work time.Duration
	// Message is what the agent says of it.
	Message string
}

func (r *Recording) check(c *checker, start time.Time) {
	if len(r.Tasks) == 0 {
		c.fail("Params.Recording.Tasks", "empty", "have a task")
	}
	for i := range r.Tasks {
		t := &r.Tasks[i]
		name := fmt.Sprintf("Params.Recording.Tasks[%d]", i)
		c.text(name+".Name", t.Name)
		c.text(name+".Owner", t.Owner)
		if len(t.Turns) == 0 {
			c.fail(name+".Turns", "empty", "have a turn")
		}
		last := start
		for j, turn := range t.Turns {
			name := fmt.Sprintf("%s.Turns[%d]", name, j)
			c.time(name+".At", turn.At)
			if turn.At.Before(last) {
				before := "Params.Start"
				if j > 0 {
					before = "the turn before it"
				}
				c.fail(name+".At", turn.At.Format(time.RFC3339Nano), "not be before "+before)
			}
			last = turn.At
			c.duration(name+".Work", turn.Work, 0, maxDuration)
			c.text(name+".Message", turn.Message)
		}
		if c.err != nil {
			return
		}
	}
}
