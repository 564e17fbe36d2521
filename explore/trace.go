package explore

// trace is the events of a schedule in their order, and the order in which they have to come.
type trace struct {
	events []*event
	// before has, for each event that has been looked at, the places of those that have to come
	// before it, as bits.
	before [][]uint64
}

// races looks at the next event, and returns the events that race with it: that depend on it,
// with nothing in between, and are of another handler, so that they could have come after it.
func (t *trace) races(by rules) (races []int) {
	j := len(t.before)
	e := t.events[j]
	before := make([]uint64, j/64+1)
	for i := j - 1; i >= 0; i-- {
		o := t.events[i]
		if before[i/64]&(1<<(i%64)) != 0 || !by.depend(o, e) {
			continue
		}
		before[i/64] |= 1 << (i % 64)
		for k, word := range t.before[i] {
			before[k] |= word
		}
		if o.proc != e.proc && o.procs&(1<<e.proc) == 0 { // else it has let the handler go
			races = append(races, i)
		}
	}
	t.before = append(t.before, before)
	return races
}

// comesBefore reports whether event i has to come before event j.
func (t *trace) comesBefore(i, j int) bool {
	return i < j && t.before[j][i/64]&(1<<(i%64)) != 0
}
