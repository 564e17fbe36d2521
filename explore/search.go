package explore

import (
	"context"
	"errors"
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/tasktwin/tasktwin/internal/footprint"
)

// The search is depth first over the choices of whose turn is next, by running each schedule
// from its beginning. Which choices are worth a try follows from the schedules that have run:
// where two events of a schedule depend on each other and could have come in the other order,
// that order is tried (dynamic partial-order reduction: Flanagan, Godefroid, 2005; with source
// sets: Abdulla, Aronis, Jonsson, Sagonas, 2014). Sleep sets keep it from trying again what
// has been tried in another order.

// node is a state of the store and the handlers, before an event of the schedule that is
// tried.
type node struct {
	enabled, tried, wanted uint32
	chosen                 int
	// asleep are the events that need not be tried here, by their handlers.
	asleep map[int]*event
	// events are those that have been tried here, by their handlers.
	events map[int]*event

	// last is the handler of the event before, and switches how many switches came before:
	// see Config.Switches.
	last, switches int
}

// explorer explores the schedules of a configuration.
type explorer struct {
	config Config
	// bound is the greatest number of switches, if isBounded.
	bound     int
	isBounded bool
	// every tries every choice.
	every bool

	rules rules
	nodes []*node
	last  trace // of the last schedule
	// onRun, unless it is nil, is called after each schedule that has run to its end.
	onRun func(r *run) error
	// onEnd, unless it is nil, is called after each schedule, before its store is closed.
	onEnd func(r *run)
	// isCut is set when the schedule under way is one that has been tried in another order.
	isCut bool

	schedules, cut int
}

// failed is the error of a schedule that has failed.
type failed struct {
	run   *run
	cause error
}

func (f *failed) Error() string { return f.cause.Error() }

// errCapped says that there are more schedules than Config.MaxSchedules.
var errCapped = errors.New("explore: there are more schedules")

// all runs all schedules, until one fails.
func (x *explorer) all(ctx context.Context) error {
	for {
		err := x.allUnder(ctx)
		if !errors.Is(err, errNewRules) {
			return err
		}
		x.schedules, x.cut = 0, 0
	}
}

// errNewRules says that a schedule has shown that other orders may matter, too.
var errNewRules = errors.New("explore: there are new rules")

func (x *explorer) allUnder(ctx context.Context) error {
	x.nodes, x.last = nil, trace{}
	for from := 0; from >= 0; from = x.next() {
		if x.schedules+x.cut >= x.config.MaxSchedules {
			return errCapped
		}
		r := &run{config: &x.config, recorded: x.last.events[:from], choose: x.choose}
		x.isCut = false
		if err := x.try(ctx, r); err != nil {
			return err
		}
		x.last.events = r.events
		for i, e := range r.events[from:] {
			x.nodes[from+i].events[e.proc] = e
		}
		if needs := x.rules.or(r.needs); needs != x.rules && !x.every {
			x.rules = needs
			return errNewRules
		}
		if !x.every {
			x.findRaces(from)
		}
	}
	return nil
}

func (r rules) or(o rules) rules {
	return rules{serializable: r.serializable || o.serializable, queues: r.queues || o.queues}
}

// try runs a schedule.
func (x *explorer) try(ctx context.Context, r *run) (err error) {
	if err := r.start(ctx); err != nil {
		return errors.Join(err, r.end())
	}
	defer func() {
		if x.onEnd != nil {
			x.onEnd(r)
		}
		if closeErr := r.end(); err == nil && closeErr != nil {
			err = closeErr
		}
	}()
	switch {
	case r.failure != nil:
		x.schedules++
		return &failed{r, r.failure}
	case x.isCut:
		x.cut++
		return nil
	}
	x.schedules++
	r.findNeeds()
	if x.config.Check != nil {
		if err := x.config.Check(ctx, r.engine.Store); err != nil {
			return &failed{r, err}
		}
	}
	if x.onRun != nil {
		return x.onRun(r)
	}
	return nil
}

// end closes the store of a schedule, if it has been opened.
func (r *run) end() error {
	if r.engine == nil {
		return nil
	}
	return r.close()
}

// choose implements run.choose.
func (x *explorer) choose(r *run, enabled uint32) int {
	at := len(r.events)
	if at == len(x.nodes) {
		x.nodes = append(x.nodes, x.newNode(r, enabled))
	}
	n := x.nodes[at]
	if n.chosen < 0 {
		x.isCut = true
	}
	return n.chosen
}

// newNode returns the node that comes after the events of a schedule so far, with its first
// choice: the handler that has had the last turn, if that can go on.
func (x *explorer) newNode(r *run, enabled uint32) *node {
	n := &node{enabled: enabled, chosen: -1, last: -1, events: map[int]*event{}}
	if at := len(r.events); at > 0 {
		parent, e := x.nodes[at-1], r.events[at-1]
		n.last, n.switches = e.proc, parent.switches+parent.switchesBy(e.proc)
		if !x.every {
			n.asleep = x.sleepAfter(parent, e)
		}
	}
	awake := enabled
	for p := range n.asleep {
		awake &^= 1 << p
	}
	switch {
	case awake == 0:
		return n
	case n.last >= 0 && awake&(1<<n.last) != 0:
		n.chosen = n.last
	default:
		n.chosen = bits.TrailingZeros32(awake)
	}
	n.tried = 1 << n.chosen
	n.wanted = n.tried
	if x.every {
		n.wanted = enabled
	}
	return n
}

// sleepAfter returns the events that need not be tried after an event that follows a node.
func (x *explorer) sleepAfter(n *node, e *event) map[int]*event {
	var asleep map[int]*event
	add := func(p int, o *event) {
		if p == e.proc || x.rules.depend(o, e) {
			return
		}
		if asleep == nil {
			asleep = map[int]*event{}
		}
		asleep[p] = o
	}
	for p, o := range n.asleep {
		add(p, o)
	}
	for p, o := range n.events {
		add(p, o)
	}
	return asleep
}

// switchesBy returns 1 if it is a switch that a handler has the next turn: the last one could
// have gone on.
func (n *node) switchesBy(p int) int {
	if n.last >= 0 && n.last != p && n.enabled&(1<<n.last) != 0 {
		return 1
	}
	return 0
}

// next chooses the next schedule. It returns the place of the first event that differs, or -1
// if there is none left.
func (x *explorer) next() int {
	for len(x.nodes) > 0 {
		at := len(x.nodes) - 1
		n := x.nodes[at]
		if p := x.nextAt(n); p >= 0 {
			n.chosen = p
			n.tried |= 1 << p
			return at
		}
		x.nodes = x.nodes[:at]
	}
	return -1
}

// nextAt returns the next handler to try at a node, or -1.
func (x *explorer) nextAt(n *node) int {
	if n.chosen < 0 {
		return -1
	}
	for p := range len(x.config.Handlers) {
		if x.isLeft(n, p) {
			return p
		}
	}
	return -1
}

// isLeft reports whether a handler is still to be tried at a node. Only those that can go on
// are wanted.
func (x *explorer) isLeft(n *node, p int) bool {
	bit := uint32(1) << p
	return n.wanted&bit != 0 && n.tried&bit == 0 && n.asleep[p] == nil && (!x.isBounded || n.switches+n.switchesBy(p) <= x.bound)
}

// leftOut returns how many choices are known that have not been tried.
func (x *explorer) leftOut() int {
	left := 0
	for _, n := range x.nodes {
		for p := range len(x.config.Handlers) {
			if x.isLeft(n, p) {
				left++
			}
		}
	}
	return left
}

// findRaces looks, in the last schedule, for pairs of events that depend on each other and
// could have come in the other order, and notes the choices that lead to it. Those of the
// events before a place have been found.
func (x *explorer) findRaces(from int) {
	x.last.before = x.last.before[:from]
	for j := from; j < len(x.last.events); j++ {
		for _, i := range x.last.races(x.rules) {
			x.reverse(i, j)
		}
	}
}

// reverse wants a schedule in which event j comes before event i: one that goes on, at the
// node of event i, with one of the handlers that can come first among the events that need not
// come after event i.
func (x *explorer) reverse(i, j int) {
	var later []int
	for k := i + 1; k < j; k++ {
		if !x.last.comesBefore(i, k) {
			later = append(later, k)
		}
	}
	later = append(later, j)
	var first, seen uint32
	for n, k := range later {
		bit := uint32(1) << x.last.events[k].proc
		if seen&bit != 0 {
			continue
		}
		seen |= bit
		if !slices.ContainsFunc(later[:n], func(o int) bool { return x.last.comesBefore(o, k) }) {
			first |= bit
		}
	}
	node := x.nodes[i]
	first &= node.enabled
	if first&node.wanted != 0 || first == 0 {
		return
	}
	if own := uint32(1) << x.last.events[j].proc; first&own != 0 {
		first = own
	}
	node.wanted |= first & -first
}

// findNeeds finds the rules that a schedule shows to be needed.
func (r *run) findNeeds() {
	hasSavepoint := false
	sees, wrote := map[footprint.Item][]*transaction{}, map[footprint.Item][]*transaction{}
	for _, e := range r.events {
		for _, a := range e.answers {
			r.needs.queues = r.needs.queues || a.call.stmt.Holders > 1
		}
		c := e.call
		hasSavepoint = hasSavepoint || c.name == opSavepoint
		if !c.tx.isSerializable() {
			continue
		}
		for _, t := range c.stmt.Touches {
			if t.Access&footprint.Sees != 0 {
				sees[t.Item] = append(sees[t.Item], c.tx)
			}
			if t.Access&footprint.Writes != 0 {
				wrote[t.Item] = append(wrote[t.Item], c.tx)
			}
		}
	}
	// A lock that is given up in a savepoint may leave others standing in line.
	r.needs.queues = r.needs.queues || hasSavepoint && len(r.procs) > 2
	for item, writers := range wrote {
		for _, w := range writers {
			other := func(t *transaction) bool { return t != w }
			r.needs.serializable = r.needs.serializable || slices.ContainsFunc(sees[item], other)
		}
	}
}

// sample runs schedules that are chosen at random.
func (x *explorer) sample(ctx context.Context) error {
	random := rand.New(rand.NewPCG(x.config.Seed, 0))
	for range x.config.Samples {
		r := &run{config: &x.config, choose: func(_ *run, enabled uint32) int {
			n := random.IntN(bits.OnesCount32(enabled))
			for ; n > 0; n-- {
				enabled &= enabled - 1
			}
			return bits.TrailingZeros32(enabled)
		}}
		if err := x.try(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// replay runs one schedule. Where that is over, each handler goes on to its end, in turn.
func (x *explorer) replay(ctx context.Context, turns []int, names map[footprint.Item]string) (*run, error) {
	r := &run{config: &x.config, names: names}
	r.choose = func(r *run, enabled uint32) int {
		at := len(r.events)
		if at >= len(turns) {
			return bits.TrailingZeros32(enabled)
		}
		if enabled&(1<<turns[at]) == 0 {
			r.failure = &misfitError{x.config.Handlers[turns[at]].Name, at + 1}
			return -1
		}
		return turns[at]
	}
	err := x.try(ctx, r)
	if at := len(r.events); err == nil && at < len(turns) {
		err = &failed{r, &misfitError{x.config.Handlers[turns[at]].Name, at + 1}}
	}
	return r, err
}

// turns returns the schedule of a run.
func (r *run) turns() []int {
	turns := make([]int, len(r.events))
	for i, e := range r.events {
		turns[i] = e.proc
	}
	return turns
}
