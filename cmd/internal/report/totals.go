package report

// Totals are the figures at the top of the page. They count as a simulation does: times
// are in milliseconds, and each instant of a task counts once.
type Totals struct {
	// Tasks counts the tasks on the page, Deleted the deleted ones among them, Owners the
	// owners of all.
	Tasks, Deleted, Owners int
	Pauses, Resumes        int
	// LifetimeMS is RunningMS plus PausedMS, and RunningMS is ActiveMS plus IdleMS plus
	// BuildingMS. FailedMS is part of IdleMS: after a failed build or a status of failure.
	LifetimeMS, RunningMS, ActiveMS, IdleMS, BuildingMS, PausedMS, FailedMS int64
}

// Totals returns the sums over all tasks on the page.
func (p *Page) Totals() Totals {
	t := Totals{Tasks: len(p.tasks)}
	owners := map[[16]byte]bool{}
	for i := range p.tasks {
		task := &p.tasks[i]
		owners[task.OwnerID] = true
		if task.DeletedAt.Valid {
			t.Deleted++
		}
		t.Pauses += len(task.pauses)
		for _, pause := range task.pauses {
			if pause.resumed {
				t.Resumes++
			}
		}
		t.addTimes(task)
	}
	t.Owners = len(owners)
	return t
}

// addTimes adds the times of a task. Work is active. Any other time in a pause is paused,
// also that of a build that failed and was retried in it. The rest is building or idle.
func (t *Totals) addTimes(task *taskReport) {
	var lifetime, active, built, failing, pausedMS int64 // all but pausedMS in microseconds
	pauses, first := task.pauses, 0
	inPause := make([]int64, len(pauses))
	for _, in := range task.intervals {
		length := int64(in.to - in.from)
		lifetime += length
		if in.state == working {
			active += length
			continue
		}
		for first < len(pauses) && pauses[first].to <= in.from {
			first++
		}
		running := length
		for k := first; k < len(pauses) && pauses[k].from < in.to; k++ {
			common := int64(min(in.to, pauses[k].to) - max(in.from, pauses[k].from))
			inPause[k] += common
			running -= common
		}
		switch in.state {
		case building:
			built += running
		case failed:
			failing += running
		default:
		}
	}
	// The simulator rounds like this, so that its results are equal to the millisecond.
	for _, us := range inPause {
		pausedMS += us / 1000
	}
	activeMS, buildingMS := (active+500)/1000, built/1000
	running := lifetime/1000 - pausedMS
	t.LifetimeMS += lifetime / 1000
	t.PausedMS += pausedMS
	t.RunningMS += running
	t.ActiveMS += activeMS
	t.BuildingMS += buildingMS
	t.IdleMS += running - activeMS - buildingMS
	t.FailedMS += failing / 1000
}
