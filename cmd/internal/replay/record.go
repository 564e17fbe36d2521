package replay

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/tasktwin/tasktwin/sim"
)

// Record turns a log into a recording for a simulation: each case becomes a task,
// each row with a duration becomes work requested from its agent, and each row
// without one becomes a note. Overlapping work of a case is merged into one
// piece. Times are truncated to microseconds. Bad rows are handled as by [Run].
// opts.IdleTimeout is ignored, and the recording ends at opts.Now or, if that is
// zero, at the last event.
func Record(ctx context.Context, r io.Reader, opts Options) (_ *sim.Recording, _ *Summary, err error) {
	rows, sum, err := read(ctx, r, opts)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.close()) }()
	rec := &recorder{cases: map[string]*recordedCase{}, users: map[string]bool{}}
	for row, err := range rows.all() {
		if err != nil {
			return nil, nil, err
		}
		rec.add(row)
	}
	if sum.Now, err = endTime(opts.Now, rec.last); err != nil {
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
	// working is the index of the turn with the latest work, and busy is the end of
	// that work.
	working int
	busy    time.Time
}

// add records the next row. The rows of a case must be in the order of their
// starts.
func (r *recorder) add(row Row) {
	c := r.cases[row.Case]
	if c == nil {
		c = &recordedCase{RecordedTask: sim.RecordedTask{Name: row.Case, Owner: row.Actor}, working: -1}
		r.cases[row.Case] = c
		r.order = append(r.order, c)
		r.users[row.Actor] = true
	}
	r.last = later(r.last, row.End)
	begin, done := row.Start.Truncate(time.Microsecond), row.End.Truncate(time.Microsecond)
	turn := sim.Turn{At: begin, Work: done.Sub(begin), Message: row.Activity}
	if turn.Work == 0 {
		c.Turns = append(c.Turns, turn)
		return
	}
	if c.working >= 0 && !begin.After(c.busy) {
		if done.After(c.busy) {
			c.busy = done
			c.Turns[c.working].Work = done.Sub(c.Turns[c.working].At)
		}
		// The activity is still recorded, as a note.
		turn.Work = 0
	} else {
		c.working, c.busy = len(c.Turns), done
	}
	c.Turns = append(c.Turns, turn)
}
