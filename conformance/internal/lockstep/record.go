package lockstep

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// Mismatch is a call that two engines answered differently.
type Mismatch struct {
	// Call is the number of the call, from 1.
	Call   int    `json:"call"`
	Method string `json:"method"`
	// Operation is the call as a line of a program.
	Operation string `json:"operation"`
	// Diff has the reference's lines with a minus and the subject's with a plus.
	Diff string `json:"diff"`
	// Reference and Subject are the facts of the two errors, which are equal if the values
	// differ.
	Reference ErrorFacts `json:"-"`
	Subject   ErrorFacts `json:"-"`
}

// String returns the mismatch for a reader.
func (m Mismatch) String() string {
	return fmt.Sprintf("call %d: %s\nthe subject (+) differs from the reference (-):\n%s", m.Call, m.Operation, m.Diff)
}

// MethodStats sum up the calls of one method.
type MethodStats struct {
	Method     string        `json:"method"`
	Calls      int           `json:"calls"`
	Reference  time.Duration `json:"reference_ns"`
	Subject    time.Duration `json:"subject_ns"`
	Mismatches int           `json:"mismatches"`
	// Outcomes counts the reference's answers, by [ErrorFacts.Outcome].
	Outcomes map[string]int `json:"outcomes"`
}

// Record counts the calls of a pair and of its transactions, and keeps the
// mismatches.
type Record struct {
	describe func(error) ErrorFacts
	accept   []Difference

	mu         sync.Mutex
	calls      int
	stats      map[string]*MethodStats
	accepted   []int // how often each accepted difference occurred
	mismatches []Mismatch
	forks      []forked
}

// NewRecord returns an empty record of a pair whose errors are compared by what
// describe returns, and which accepts some differences.
func NewRecord(describe func(error) ErrorFacts, accept ...Difference) *Record {
	return &Record{
		describe: describe, accept: accept, accepted: make([]int, len(accept)), mismatches: []Mismatch{}, stats: map[string]*MethodStats{},
	}
}

// call is a call on both engines.
type call struct {
	op                 program.Op
	refFacts, subFacts ErrorFacts // of the errors
	ref, sub           time.Duration
	diff               string
	accepted           int // the index of the accepted difference, or -1
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
	s.Outcomes[c.refFacts.Outcome()]++
	switch {
	case c.diff == "":
	case c.accepted >= 0:
		r.accepted[c.accepted]++
	default:
		s.Mismatches++
		r.mismatches = append(r.mismatches, Mismatch{
			Call: r.calls, Method: c.op.Name, Operation: c.op.String(), Diff: c.diff, Reference: c.refFacts, Subject: c.subFacts,
		})
	}
}

// Mismatches returns the mismatches, in the order of the calls.
func (r *Record) Mismatches() []Mismatch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.mismatches)
}

// Methods returns the statistics of all methods, sorted by name.
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

// Missed returns the outcomes that were not seen, of those that each method can
// have: see [Options.Outcomes].
func (r *Record) Missed(outcomes map[string][]string) []MethodOutcome {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []MethodOutcome{}
	for method, all := range outcomes {
		for _, o := range all {
			s := r.stats[method]
			if s == nil || !slices.ContainsFunc(Forms(o), func(form string) bool { return s.Outcomes[form] > 0 }) {
				out = append(out, MethodOutcome{method, o})
			}
		}
	}
	slices.SortFunc(out, func(a, b MethodOutcome) int {
		return cmp.Or(cmp.Compare(a.Method, b.Method), cmp.Compare(a.Outcome, b.Outcome))
	})
	return out
}

// Forms returns the outcomes that one of [Options.Outcomes] stands for: itself, or one for
// each of its codes.
func Forms(outcome string) []string {
	codes, rest, _ := strings.Cut(outcome, " ")
	forms := strings.Split(codes, "/")
	if len(forms) == 1 {
		return []string{outcome}
	}
	for i := range forms {
		forms[i] += " " + rest
	}
	return forms
}

// MaxForks is how many of the engines that were left for a fork are checked: the
// latest ones.
const MaxForks = 4

// forked is an engine that was left for its fork, with its rows at that time.
type forked struct {
	engine program.Engine
	rows   any
}

// leave remembers the rows of an engine that is left for its fork.
func (r *Record) leave(e program.Engine) {
	if e.Dump == nil {
		return
	}
	if rows, err := e.Dump(context.Background()); err == nil {
		r.forks = append(r.forks[max(0, len(r.forks)-MaxForks+1):], forked{e, rows})
	}
}

// CompareForks checks that the engines that were left for a fork still have the same
// rows.
func (r *Record) CompareForks(ctx context.Context) {
	for _, f := range r.forks {
		rows, err := f.engine.Dump(ctx)
		had, has := Answer{f.rows, r.describe(nil)}, Answer{rows, r.describe(err)}
		fork := program.Op{Name: program.OpFork}
		r.add(call{op: fork, refFacts: had.Error, subFacts: has.Error, diff: Compare(had, has), accepted: -1})
	}
}

// count returns the number of mismatches.
func (r *Record) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.mismatches)
}
