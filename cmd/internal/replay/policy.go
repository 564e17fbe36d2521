package replay

import (
	"fmt"
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
)

// caseState is a case on its way through the log.
type caseState struct {
	*machine
	// group are the rows that start at the latest instant, which are decided on
	// together once a later one comes.
	group []Row
	// worked says that work has been seen; it lasts until idleSince, from when
	// on the task is idle.
	worked    bool
	idleSince time.Time
	last      string // the activity that ended at idleSince
	told      bool   // the idle status at idleSince is written
	paused    bool
}

func works(r Row) bool { return r.End.After(r.Start) }

func anyWorks(rows []Row) bool { return slices.ContainsFunc(rows, works) }

// player turns rows into what a platform would have done.
type player struct {
	world       *world
	idleTimeout time.Duration
	cases       map[string]*caseState
	order       []*caseState // as they come
	lastEvent   time.Time
}

// add takes the next row. An error of type [*BadRow] is the row's.
func (p *player) add(row Row) error {
	c := p.cases[row.Case]
	if c == nil {
		m, err := p.world.create(row)
		if err != nil {
			return rowError(row, err)
		}
		c = &caseState{machine: m, idleSince: row.Start, told: true}
		p.cases[row.Case] = c
		p.order = append(p.order, c)
		if err := p.world.start(m, row.Start, tasktwin.BuildReasonInitiator); err != nil {
			return rowError(row, err)
		}
	} else if latest := c.group[0].Start; row.Start.Before(latest) {
		return outOfOrder(row, latest)
	} else if row.Start.After(latest) {
		if err := p.settle(c); err != nil {
			return rowError(row, err)
		}
	}
	c.group = append(c.group, row)
	p.lastEvent = later(p.lastEvent, row.End)
	return nil
}

func outOfOrder(row Row, latest time.Time) error {
	detail := fmt.Sprintf("%s is before %s, an earlier row of case %q", stamp(row.Start), stamp(latest), shorten(row.Case))
	return &BadRow{Line: row.Line, Reason: ReasonOutOfOrder, Detail: detail}
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.999999") }

func rowError(row Row, err error) error {
	return fmt.Errorf("line %d: case %q: %w", row.Line, shorten(row.Case), err)
}

// settle writes what the rows of one instant cause.
func (p *player) settle(c *caseState) error {
	rows := c.group
	c.group = c.group[:0]
	at, work := rows[0].Start, anyWorks(rows)
	if err := p.idleUntil(c, at, work); err != nil {
		return err
	}
	if work && c.paused {
		if err := p.world.start(c.machine, at, tasktwin.BuildReasonTaskResume); err != nil {
			return err
		}
		c.paused = false
		// A build at the same instant would cut the work off.
		at = at.Add(time.Microsecond)
	}
	state := tasktwin.WorkspaceAppStatusStateIdle
	if work || c.worked && rows[0].Start.Before(c.idleSince) {
		state = tasktwin.WorkspaceAppStatusStateWorking
	}
	for _, r := range rows {
		if err := p.world.say(c.machine, at, state, r.Activity); err != nil {
			return err
		}
		if works(r) && (!c.worked || r.End.After(c.idleSince)) {
			c.worked, c.told, c.idleSince, c.last = true, false, r.End, r.Activity
		}
	}
	return nil
}

// idleUntil writes the end of work that lies before an instant, and the pause
// that follows it. Work that begins at the instant itself comes before both.
func (p *player) idleUntil(c *caseState, at time.Time, work bool) error {
	reached := func(t time.Time) bool { return t.Before(at) || !work && t.Equal(at) }
	if !c.told && reached(c.idleSince) {
		if err := p.world.say(c.machine, c.idleSince, tasktwin.WorkspaceAppStatusStateIdle, c.last); err != nil {
			return err
		}
		c.told = true
	}
	pause := c.idleSince.Add(p.idleTimeout)
	if p.idleTimeout <= 0 || c.paused || !c.told || !reached(pause) {
		return nil
	}
	c.paused = true
	return p.world.stop(c.machine, pause, tasktwin.BuildReasonTaskAutoPause)
}

// finish writes what is left to happen until now.
func (p *player) finish(now time.Time) error {
	for _, c := range p.order {
		last := c.group[len(c.group)-1]
		if err := p.settle(c); err != nil {
			return rowError(last, err)
		}
		if err := p.idleUntil(c, now, false); err != nil {
			return rowError(last, err)
		}
	}
	return nil
}
