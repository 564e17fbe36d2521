package sim

import (
	"fmt"
	"time"
)

// Recording is recorded work, for example from an event log. It determines when tasks
// arrive, when users answer and how long the work takes. The simulation adds the builds
// and the pauses. Users act at the recorded times under every policy. An answer to a
// paused task waits for its resume, and the work after it takes as long as recorded.
type Recording struct {
	Tasks []RecordedTask
}

// RecordedTask is one task of a recording.
type RecordedTask struct {
	// Name is the task's display name.
	Name string
	// Owner is who submitted it.
	Owner string
	// Turns are sorted by At. The task is submitted at the first.
	Turns []Turn
}

// Turn is one request to a task's agent.
type Turn struct {
	// At is the time of the request, in whole microseconds.
	At time.Time
	// Work is how long the agent worked. A turn without work is a note: it only adds a
	// status, and does not resume a paused task.
	Work time.Duration
	// Message is the message of the agent's status.
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
