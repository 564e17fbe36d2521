package replay

import (
	"slices"
	"time"

	"github.com/tasktwin/tasktwin"
)

// caseState is the state of a case during the replay.
type caseState struct {
	*machine
	// group has the rows that start at the latest instant. They are processed
	// together once a later row arrives.
	group []Row
	// worked says that the task has done any work. The latest work ends at
	// idleSince; from then on the task is idle.
	worked    bool
	idleSince time.Time
	// lastActivity is the activity that ended at idleSince.
	lastActivity string
	// idleReported says that the idle status at idleSince has been written.
	idleReported bool
	paused       bool
}

func isWork(r Row) bool { return r.End.After(r.Start) }

func anyWork(rows []Row) bool { return slices.ContainsFunc(rows, isWork) }

// player turns rows into the events of a platform.
type player struct {
	world       *world
	idleTimeout time.Duration
	cases       map[string]*caseState
	order       []*caseState // in the order of their first rows
	lastEvent   time.Time
}

// add processes the next row. The rows of a case must be in the order of their
// starts.
func (p *player) add(row Row) error {
	c := p.cases[row.Case]
	if c == nil {
		m, err := p.world.create(row)
		if err != nil {
			return rowError(row, err)
		}
		c = &caseState{machine: m, idleSince: row.Start, idleReported: true}
		p.cases[row.Case] = c
		p.order = append(p.order, c)
		if err := p.world.start(m, row.Start, tasktwin.BuildReasonInitiator); err != nil {
			return rowError(row, err)
		}
	} else if row.Start.After(c.group[0].Start) {
		if err := p.settle(c); err != nil {
			return rowError(row, err)
		}
	}
	c.group = append(c.group, row)
	p.lastEvent = later(p.lastEvent, row.End)
	return nil
}

// settle writes the effects of the rows of one instant.
func (p *player) settle(c *caseState) error {
	rows := c.group
	c.group = c.group[:0]
	at, work := rows[0].Start, anyWork(rows)
	if err := p.idleUntil(c, at, work); err != nil {
		return err
	}
	if work && c.paused {
		if err := p.world.start(c.machine, at, tasktwin.BuildReasonTaskResume); err != nil {
			return err
		}
		c.paused = false
		// A status at the same instant as the build would not count as work.
		at = at.Add(time.Microsecond)
	}
	state := tasktwin.WorkspaceAppStatusStateIdle
	if work || c.worked && rows[0].Start.Before(c.idleSince) {
		state = tasktwin.WorkspaceAppStatusStateWorking
	}
	for _, r := range rows {
		if err := p.world.reportStatus(c.machine, at, state, r.Activity); err != nil {
			return err
		}
		if isWork(r) && (!c.worked || r.End.After(c.idleSince)) {
			c.worked, c.idleReported, c.idleSince, c.lastActivity = true, false, r.End, r.Activity
		}
	}
	return nil
}

// idleUntil writes the end of the work before an instant, and the pause after it.
// Work that begins at that very instant prevents both.
func (p *player) idleUntil(c *caseState, at time.Time, work bool) error {
	reached := func(t time.Time) bool { return t.Before(at) || !work && t.Equal(at) }
	if !c.idleReported && reached(c.idleSince) {
		if err := p.world.reportStatus(c.machine, c.idleSince, tasktwin.WorkspaceAppStatusStateIdle, c.lastActivity); err != nil {
			return err
		}
		c.idleReported = true
	}
	pause := c.idleSince.Add(p.idleTimeout)
	if p.idleTimeout <= 0 || c.paused || !c.idleReported || !reached(pause) {
		return nil
	}
	c.paused = true
	return p.world.stop(c.machine, pause, tasktwin.BuildReasonTaskAutoPause)
}

// finish writes everything that happens until now.
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
