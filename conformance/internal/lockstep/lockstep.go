package lockstep

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

// ErrRollback is what a transaction's function returns to have it rolled back.
var ErrRollback = errors.New("conformance: roll back")

// errRefused goes to the reference where the subject does not even begin.
var errRefused = errors.New("conformance: the subject did not begin the transaction")

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
	mu         sync.Mutex
	calls      int
	stats      map[string]*MethodStats
	Mismatches []Mismatch
	forks      []forked
	simple     bool // the reference uses the simple protocol
}

// Forker is a store that has independent copies of itself.
type Forker interface {
	// ForkStore returns a copy. Neither side sees what the other writes later.
	ForkStore() tasktwin.Store
}

// ForkOf returns a fork of a store that can have one.
func ForkOf(s tasktwin.Store) (tasktwin.Store, bool) {
	switch f := s.(type) {
	case *memdb.DB:
		return f.Fork(), true
	case Forker:
		return f.ForkStore(), true
	}
	return nil, false
}

// MaxForks is how many of the stores left for a fork are looked at, the latest.
const MaxForks = 4

// forked is a store that was left for its fork, with the rows it had.
type forked struct {
	store tasktwin.Dumper
	rows  *tasktwin.Dump
}

// NewRecord returns an empty record.
func NewRecord() *Record { return &Record{stats: map[string]*MethodStats{}} }

// seen is a call on both stores.
type seen struct {
	op       Op
	err      error // of the reference
	Ref, Sub time.Duration
	diff     string
}

func (r *Record) add(c seen) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	s := r.stats[c.op.Name]
	if s == nil {
		s = &MethodStats{Method: c.op.Name, Outcomes: map[string]int{}}
		r.stats[c.op.Name] = s
	}
	s.Calls++
	s.Reference += c.Ref
	s.Subject += c.Sub
	s.Outcomes[Outcome(c.err)]++
	if c.diff != "" {
		s.Mismatches++
		r.Mismatches = append(r.Mismatches, Mismatch{Call: r.calls, Method: c.op.Name, Operation: c.op.String(), Diff: c.diff})
	}
}

// Pair is a store that asks two, compares their answers and returns the
// reference's.
type Pair struct {
	Intercept
	Ref, Sub tasktwin.Store
	Record   *Record
	Depth    int
}

var (
	_ tasktwin.Store  = (*Pair)(nil)
	_ tasktwin.Dumper = (*Pair)(nil)
	_ tasktwin.Loader = (*Pair)(nil)
)

// NewPair returns a store of two, at a depth of transactions, whose calls rec
// counts and whose mismatches it collects.
func NewPair(ref, sub tasktwin.Store, rec *Record, depth int) *Pair {
	l := &Pair{Ref: ref, Sub: sub, Record: rec, Depth: depth}
	l.Hook = l.both
	return l
}

// Answer is what a call returned.
type Answer struct {
	Value any
	Error ErrorFacts
}

// both makes one call on both stores.
func (l *Pair) both(_ context.Context, name string, arg any, call func(tasktwin.Store, any) (any, error)) (any, error) {
	start := time.Now()
	r, rErr := call(l.Ref, arg)
	between := time.Now()
	s, sErr := call(l.Sub, arg)
	end := time.Now()
	diff := ""
	if ref, sub := Describe(rErr), Describe(sErr); !IsAccepted(Op{name, arg}, ref, sub, l.Record.simple) {
		diff = Compare(Answer{r, ref}, Answer{s, sub})
	}
	l.Record.add(seen{Op{name, arg}, rErr, between.Sub(start), end.Sub(between), diff})
	return r, rErr
}

// InTx runs fn once, in a transaction on each store.
func (l *Pair) InTx(ctx context.Context, fn func(tasktwin.Store) error, opts *tasktwin.TxOptions) error {
	var (
		sErr          error
		began         bool
		refs, subs    time.Duration
		inside, start = time.Duration(0), time.Now()
	)
	onSubject := func(r tasktwin.Store) error {
		err := errRefused
		subStart := time.Now()
		sErr = l.Sub.InTx(ctx, func(s tasktwin.Store) error {
			if r == nil {
				return ErrRollback
			}
			fnStart := time.Now()
			err = fn(NewPair(r, s, l.Record, l.Depth+1))
			inside = time.Since(fnStart)
			return err
		}, opts)
		subs = time.Since(subStart)
		return err
	}
	rErr := l.Ref.InTx(ctx, func(r tasktwin.Store) error {
		began = true
		return onSubject(r)
	}, opts)
	refs = time.Since(start) - subs
	if !began {
		_ = onSubject(nil)
	}
	diff := Compare(Describe(rErr), Describe(sErr))
	l.Record.add(seen{Op{"InTx", opts}, rErr, refs, subs - inside, diff})
	return rErr
}

// probe asks both stores whether their transactions go on.
func (l *Pair) probe(ctx context.Context) {
	_, _ = l.both(ctx, "probe", ProbeID, func(s tasktwin.Store, _ any) (any, error) { return s.GetTaskSnapshot(ctx, ProbeID) })
}

// Ping asks both stores.
func (l *Pair) Ping(ctx context.Context) error {
	_, err := l.both(ctx, "Ping", nil, func(s tasktwin.Store, _ any) (any, error) { return nil, s.Ping(ctx) })
	return err
}

// Close closes both stores.
func (l *Pair) Close() error {
	_, err := l.both(context.Background(), "Close", nil, func(s tasktwin.Store, _ any) (any, error) {
		// The wording of a refusal is each engine's own.
		return s.Close() == nil, nil
	})
	if err != nil {
		return err
	}
	return l.Ref.Close()
}

// OnFork returns a lockstep of the reference and a fork of the subject, where it
// can have one. What is left keeps its rows, which the end of a run looks at.
func (l *Pair) OnFork() tasktwin.Store {
	if l.Depth > 0 {
		return l
	}
	copied, ok := ForkOf(l.Sub)
	if !ok {
		return l
	}
	left := l.Sub
	if d, ok := left.(tasktwin.Dumper); ok {
		if rows, err := d.Dump(context.Background()); err == nil {
			l.Record.forks = append(l.Record.forks[min(len(l.Record.forks), max(0, len(l.Record.forks)-MaxForks+1)):], forked{d, rows})
		}
	}
	return NewPair(l.Ref, copied, l.Record, l.Depth)
}

// CompareForks looks whether stores that were forked have the rows that they had.
func (l *Pair) CompareForks(ctx context.Context) {
	for _, f := range l.Record.forks {
		rows, err := f.store.Dump(ctx)
		l.Record.add(seen{op: Op{Name: OpFork}, diff: Compare(Answer{f.rows, Describe(nil)}, Answer{rows, Describe(err)})})
	}
}

// Dump compares every row of every table.
func (l *Pair) Dump(ctx context.Context) (*tasktwin.Dump, error) {
	out, err := l.both(ctx, "Dump", nil, func(s tasktwin.Store, _ any) (any, error) {
		d, ok := s.(tasktwin.Dumper)
		if !ok {
			return nil, fmt.Errorf("conformance: %T is not a tasktwin.Dumper", s)
		}
		return d.Dump(ctx)
	})
	dump, _ := out.(*tasktwin.Dump)
	return dump, err
}

// Load loads rows into both stores.
func (l *Pair) Load(ctx context.Context, rows *tasktwin.Dump) error {
	_, err := l.both(ctx, "Load", nil, func(s tasktwin.Store, _ any) (any, error) {
		loader, ok := s.(tasktwin.Loader)
		if !ok {
			return nil, fmt.Errorf("conformance: %T is not a tasktwin.Loader", s)
		}
		return nil, loader.Load(ctx, rows)
	})
	return err
}
