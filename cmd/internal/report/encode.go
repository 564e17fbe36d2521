package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// The maximum lengths of texts in characters. Longer texts are truncated.
const (
	maxPrompt = 400
	maxNote   = 160
	// maxTexts limits the total number of bytes of prompts and notes, so that
	// browsers can open the page. Texts of the newest tasks are kept.
	maxTexts = 16 << 20
)

// document is the page's data. Tasks, intervals and pauses are stored as columns.
// Times are whole milliseconds; texts are indexes into Strings, whose element 0 is
// the empty string.
type document struct {
	Base     int64      `json:"base"` // time 0, in milliseconds since 1970
	To       int64      `json:"to"`
	Strings  []string   `json:"strings"`
	Cut      bool       `json:"cut"` // some texts are omitted
	Differ   int        `json:"differ"`
	Statuses []string   `json:"statuses"`
	Owners   ownerTable `json:"owners"`
	Tasks    taskTable  `json:"tasks"`
	// Intervals has the intervals of all tasks, in the order of Tasks. They have no
	// gaps: a gap is an interval in state 0.
	Intervals intervalTable `json:"intervals"`
	Pauses    pauseTable    `json:"pauses"`
	Sweep     []Policy      `json:"sweep"`
	// Summary, Advice, Recommended and Current are those of Options.
	Summary     string   `json:"summary"`
	Advice      []string `json:"advice"`
	Recommended string   `json:"recommended"`
	Current     string   `json:"current"`
	Currency    string   `json:"currency"`
}

type ownerTable struct {
	Name     []int `json:"name"`
	Username []int `json:"username"`
}

type taskTable struct {
	ID        []uuid.UUID `json:"id"`
	Name      []int       `json:"name"`
	Slug      []int       `json:"slug"`
	Owner     []int       `json:"owner"` // index in Owners
	Status    []int       `json:"status"`
	Prompt    []int       `json:"prompt"`
	Created   []int64     `json:"created"`
	First     []int64     `json:"first"` // start of the task's first interval
	Intervals []int       `json:"intervals"`
	Pauses    []int       `json:"pauses"`
	Active    []*int64    `json:"active"` // from the telemetry
	// Times has the parts of the totals.
	Times timesTable `json:"times"`
	// ResumeToStatus is from the telemetry, too.
	ResumeToStatus []*int64 `json:"resume_to_status"`
}

// timesTable has the times of each task as in Totals, in milliseconds.
type timesTable struct {
	Lifetime []int64 `json:"lifetime"`
	Active   []int64 `json:"active"`
	Building []int64 `json:"building"`
	Paused   []int64 `json:"paused"`
	Failed   []int64 `json:"failed"`
}

type intervalTable struct {
	State    string  `json:"state"` // one digit per interval
	Duration []int64 `json:"duration"`
	Note     []int   `json:"note"`
}

type pauseTable struct {
	At       []int64 `json:"at"`
	Duration []int64 `json:"duration"`
	Idle     []int64 `json:"idle"` // before the pause
	Reason   []int   `json:"reason"`
	// End has one digit per pause: 0 still paused, 1 deleted, 2 resumed.
	End string `json:"end"`
}

// encoder converts a page to a document.
type encoder struct {
	document
	base    int64
	strings map[string]int
	texts   int // bytes
	owners  map[uuid.UUID]int
	states  strings.Builder
	ends    strings.Builder
}

func (p *Page) document() (*document, error) {
	base := p.from.milliseconds()
	e := &encoder{base: base, strings: map[string]int{"": 0}, owners: map[uuid.UUID]int{}}
	e.Base, e.To, e.Differ, e.Sweep = base, p.to.milliseconds()-base, p.mismatched, p.sweep
	e.Summary, e.Advice, e.Recommended, e.Current, e.Currency = p.summary, p.advice, p.recommended, p.current, p.currency
	e.Strings = []string{""}
	for _, s := range tasktwin.AllTaskStatusValues() {
		e.Statuses = append(e.Statuses, string(s))
	}
	e.Statuses = append(e.Statuses, string(statusDeleted))
	for i := range p.tasks {
		if err := e.add(&p.tasks[i]); err != nil {
			return nil, err
		}
	}
	e.Intervals.State, e.Pauses.End = e.states.String(), e.ends.String()
	return &e.document, nil
}

func (e *encoder) add(t *taskReport) error {
	status, err := e.status(t.Status)
	if err != nil {
		return fmt.Errorf("task %s: %w", t.ID, err)
	}
	name := t.DisplayName
	if name == "" {
		name = t.Name
	}
	c := &e.Tasks
	c.ID = append(c.ID, t.ID)
	c.Name = append(c.Name, e.name(name))
	c.Slug = append(c.Slug, e.name(t.Name))
	c.Owner = append(c.Owner, e.owner(t))
	c.Status = append(c.Status, status)
	c.Prompt = append(c.Prompt, e.text(t.Prompt, maxPrompt))
	c.Created = append(c.Created, pageTimeOf(t.CreatedAt).milliseconds()-e.base)
	c.Pauses = append(c.Pauses, len(t.pauses))
	c.Active = append(c.Active, t.active)
	c.ResumeToStatus = append(c.ResumeToStatus, t.resumeToStatus)
	e.addTimes(t)
	e.addIntervals(t.intervals)
	for _, p := range t.pauses {
		e.addPause(&p)
	}
	return nil
}

func (e *encoder) status(s tasktwin.TaskStatus) (int, error) {
	if i := slices.Index(e.Statuses, string(s)); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("status is %q: it is not one of %s", s, strings.Join(e.Statuses, ", "))
}

func (e *encoder) owner(t *taskReport) int {
	n, known := e.owners[t.OwnerID]
	if !known {
		n = len(e.owners)
		e.owners[t.OwnerID] = n
		e.Owners.Name = append(e.Owners.Name, e.name(t.OwnerName))
		e.Owners.Username = append(e.Owners.Username, e.name(t.OwnerUsername))
	}
	return n
}

// name returns the index of a text that is never omitted.
func (e *encoder) name(s string) int {
	n, known := e.strings[s]
	if !known {
		n = len(e.Strings)
		e.strings[s] = n
		e.Strings = append(e.Strings, s)
	}
	return n
}

// text returns the index of a text, truncated to length characters.
func (e *encoder) text(s string, length int) int {
	s = cut(s, length)
	if n, known := e.strings[s]; known {
		return n
	}
	if e.texts += len(s); e.texts > maxTexts {
		e.Cut = true
		return 0
	}
	return e.name(s)
}

// cut truncates s to length characters.
func cut(s string, length int) string {
	if len(s) <= length {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > length {
			return s[:i] + "…"
		}
	}
	return s
}

func (e *encoder) addIntervals(intervals []interval) {
	first, end, n := int64(0), int64(0), 0
	put := func(s state, until int64, note int) {
		e.states.WriteByte('0' + byte(s))
		e.Intervals.Duration = append(e.Intervals.Duration, until-end)
		e.Intervals.Note = append(e.Intervals.Note, note)
		end = until
		n++
	}
	for _, i := range intervals {
		from, to := i.from.milliseconds()-e.base, i.to.milliseconds()-e.base
		if from == to {
			continue
		}
		switch {
		case n == 0:
			first, end = from, from
		case from > end:
			put(none, from, 0)
		}
		put(i.state, to, e.text(i.note, maxNote))
	}
	e.Tasks.First = append(e.Tasks.First, first)
	e.Tasks.Intervals = append(e.Tasks.Intervals, n)
}

func (e *encoder) addTimes(t *taskReport) {
	var sum Totals
	sum.addTimes(t)
	c := &e.Tasks.Times
	c.Lifetime = append(c.Lifetime, sum.LifetimeMS)
	c.Active = append(c.Active, sum.ActiveMS)
	c.Building = append(c.Building, sum.BuildingMS)
	c.Paused = append(c.Paused, sum.PausedMS)
	c.Failed = append(c.Failed, sum.FailedMS)
}

func (e *encoder) addPause(p *pause) {
	c := &e.Pauses
	c.At = append(c.At, p.from.milliseconds()-e.base)
	c.Duration = append(c.Duration, int64(p.to-p.from)/1000)
	c.Idle = append(c.Idle, p.idle/1000)
	c.Reason = append(c.Reason, e.name(p.reason))
	end := byte('0')
	switch {
	case p.resumed:
		end = '2'
	case p.over:
		end = '1'
	}
	e.ends.WriteByte(end)
}
