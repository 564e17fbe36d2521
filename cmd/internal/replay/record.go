package replay

import (
	"io"
	"time"

	"github.com/tasktwin/tasktwin/sim"
)

// Record turns a log into work for a simulation: each case becomes a task, each
// row with a duration work that its agent was asked for, and each row without one
// a note. Work of a case that overlaps is one piece of work. Times are cut off to
// microseconds. Bad rows are treated as by [Run]; opts.IdleTimeout does not matter,
// and the end is opts.Now or else the last event.
func Record(r io.Reader, opts Options) (*sim.Recording, *Summary, error) {
	log, sum, err := open(r, &opts)
	if err != nil {
		return nil, nil, err
	}
	rec := &recorder{cases: map[string]*recordedCase{}, users: map[string]bool{}}
	if err := log.each(opts, sum, rec.add); err != nil {
		return nil, nil, err
	}
	if len(rec.order) == 0 {
		return nil, nil, ErrNoRows
	}
	if sum.Now, err = end(opts.Now, rec.last); err != nil {
		return nil, nil, err
	}
	sum.Tasks, sum.Users = len(rec.order), len(rec.users)
	recording := &sim.Recording{}
	for _, c := range rec.order {
		recording.Tasks = append(recording.Tasks, c.RecordedTask)
	}
	return recording, sum, nil
}

type recorder struct {
	cases map[string]*recordedCase
	order []*recordedCase
	users map[string]bool
	last  time.Time
}

type recordedCase struct {
	sim.RecordedTask
	latest time.Time
	// working is the turn with work that began last, and busy when it ends.
	working int
	busy    time.Time
}

func (r *recorder) add(row Row) error {
	c := r.cases[row.Case]
	if c == nil {
		c = &recordedCase{RecordedTask: sim.RecordedTask{Name: row.Case, Owner: row.Actor}, working: -1}
		r.cases[row.Case] = c
		r.order = append(r.order, c)
		r.users[row.Actor] = true
	} else if row.Start.Before(c.latest) {
		return outOfOrder(row, c.latest)
	}
	c.latest = row.Start
	r.last = later(r.last, row.End)
	begin, done := row.Start.Truncate(time.Microsecond), row.End.Truncate(time.Microsecond)
	turn := sim.Turn{At: begin, Work: done.Sub(begin), Message: row.Activity}
	if turn.Work == 0 {
		c.Turns = append(c.Turns, turn)
		return nil
	}
	if c.working >= 0 && !begin.After(c.busy) {
		if done.After(c.busy) {
			c.busy = done
			c.Turns[c.working].Work = done.Sub(c.Turns[c.working].At)
		}
		// The activity is told all the same.
		turn.Work = 0
	} else {
		c.working, c.busy = len(c.Turns), done
	}
	c.Turns = append(c.Turns, turn)
	return nil
}
