package lockstep

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Mismatch is a call that two engines answered differently.
type Mismatch struct {
	// Call is the place of the call in the sequence, from 1.
	Call   int    `json:"call"`
	Method string `json:"method"`
	// Operation is the call as a program's line.
	Operation string `json:"operation"`
	// Diff has the reference's lines with a minus and the subject's with a plus.
	Diff string `json:"diff"`
}

// String returns the mismatch for a reader.
func (m Mismatch) String() string {
	return fmt.Sprintf("call %d: %s\nthe subject (+) differs from the reference (-):\n%s", m.Call, m.Operation, m.Diff)
}

// MethodStats sum the calls of one method.
type MethodStats struct {
	Method     string        `json:"method"`
	Calls      int           `json:"calls"`
	Reference  time.Duration `json:"reference_ns"`
	Subject    time.Duration `json:"subject_ns"`
	Mismatches int           `json:"mismatches"`
	// Outcomes is how often the reference gave each answer: "ok", "no rows", or
	// a SQLSTATE with the constraint or the column where the error names one.
	Outcomes map[string]int `json:"outcomes"`
}

// Record is what a lockstep has seen, its transactions included.
type Record struct {
	accept []Difference

	mu         sync.Mutex
	calls      int
	stats      map[string]*MethodStats
	accepted   []int // how often each accepted difference occurred
	mismatches []Mismatch
	forks      []forked
}

// NewRecord returns an empty record of a lockstep that accepts differences.
func NewRecord(accept ...Difference) *Record {
	return &Record{accept: accept, accepted: make([]int, len(accept)), mismatches: []Mismatch{}, stats: map[string]*MethodStats{}}
}

// call is one on both engines.
type call struct {
	op       program.Op
	err      error // of the reference
	ref, sub time.Duration
	diff     string
	accepted int // the index of the accepted difference, or -1
}

func (r *Record) add(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	s := r.stats[c.op.Name]
	if s == nil {
		s = &MethodStats{Method: c.op.Name, Outcomes: map[string]int{}}
		r.stats[c.op.Name] = s
	}
	s.Calls++
	s.Reference += c.ref
	s.Subject += c.sub
	s.Outcomes[Outcome(c.err)]++
	switch {
	case c.diff == "":
	case c.accepted >= 0:
		r.accepted[c.accepted]++
	default:
		s.Mismatches++
		r.mismatches = append(r.mismatches, Mismatch{Call: r.calls, Method: c.op.Name, Operation: c.op.String(), Diff: c.diff})
	}
}

// Mismatches returns what there were, in the order of the calls.
func (r *Record) Mismatches() []Mismatch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.mismatches)
}

// Methods returns the sums of all methods, by name.
func (r *Record) Methods() []MethodStats {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]MethodStats, 0, len(r.stats))
	for _, name := range slices.Sorted(maps.Keys(r.stats)) {
		out = append(out, *r.stats[name])
	}
	return out
}

// MethodOutcome is an answer that a method can give.
type MethodOutcome struct {
	Method  string `json:"method"`
	Outcome string `json:"outcome"`
}

// Missed returns which of the outcomes that methods can have were not seen.
func (r *Record) Missed(outcomes map[string][]string) []MethodOutcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []MethodOutcome{}
	for method, all := range outcomes {
		for _, o := range all {
			if s := r.stats[method]; s == nil || s.Outcomes[o] == 0 {
				out = append(out, MethodOutcome{method, o})
			}
		}
	}
	slices.SortFunc(out, func(a, b MethodOutcome) int {
		return cmp.Or(cmp.Compare(a.Method, b.Method), cmp.Compare(a.Outcome, b.Outcome))
	})
	return out
}

// MaxForks is how many of the engines left for a fork are looked at, the latest.
const MaxForks = 4

// forked is an engine that was left for its fork, with the rows it had.
type forked struct {
	engine program.Engine
	rows   any
}

// leave keeps the rows of an engine that is left for its fork.
func (r *Record) leave(e program.Engine) {
	if e.Dump == nil {
		return
	}
	if rows, err := e.Dump(context.Background()); err == nil {
		r.forks = append(r.forks[max(0, len(r.forks)-MaxForks+1):], forked{e, rows})
	}
}

// CompareForks looks whether engines that were forked have the rows that they had.
func (r *Record) CompareForks(ctx context.Context) {
	for _, f := range r.forks {
		rows, err := f.engine.Dump(ctx)
		diff := Compare(Answer{f.rows, Describe(nil)}, Answer{rows, Describe(err)})
		r.add(call{op: program.Op{Name: program.OpFork}, diff: diff, accepted: -1})
	}
}

// count returns how many mismatches there were.
func (r *Record) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.mismatches)
}
