package sessions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// Report is what Lockstep found.
type Report struct {
	// Steps is how many steps were made.
	Steps int `json:"steps"`
	// Mismatch is the first difference between the engines, or empty.
	Mismatch string `json:"mismatch,omitempty"`
	// Transcript has the steps, as the reference answered them up to the mismatch.
	Transcript string `json:"transcript"`
	// Outcomes is how often the reference gave each answer, by method, and how often
	// statements waited, by what they waited for.
	Outcomes map[string]int `json:"outcomes"`
	// Dependencies is how often the reference failed with 40001 for reads and writes,
	// and Unserializable how often the subject went on then.
	Dependencies   int `json:"dependencies"`
	Unserializable int `json:"unserializable"`
	// Contended is how many statements were canceled because the reference does not fix
	// who of several is next, or which row of several a statement visits next.
	Contended int `json:"contended"`
}

// Choices are what the reference may answer in several ways. Where the zero value has no
// function, there are none.
type Choices struct {
	// Independent reports whether it makes no difference which of two statements that
	// wait goes on first.
	Independent func(a, b program.Op) bool
	// Stores returns the table in which a statement stores a new row, or a new version of
	// one, or "". It may have any place in the table.
	Stores func(op program.Op) (table string)
	// Visits returns the tables of which a statement visits several rows, in the order of
	// their places. It locks one after the other.
	Visits func(op program.Op) (tables []string)
	// FailsMore is set if the reference may fail with 40001 for the reads and writes of its
	// transactions where the subject does not.
	FailsMore bool
}

// Lockstep runs a program on two engines with the same rows, one step after the other,
// and compares all answers, which sessions wait after each step, and all rows at the
// end. It ends at the first difference.
//
// One difference is accepted if choices say so: the reference fails with 40001 for the reads and
// writes of its transactions, and the subject goes on or fails for another reason. Its transaction is then rolled back.
// Where the subject has committed already, the program ends there.
//
// Where the reference does not fix which of two sessions that wait goes on first, and
// that makes a difference, because choices do not say that their statements have nothing
// to do with each other, the later of the two statements is canceled. So is one that
// visits rows of which some have been stored meanwhile, if it waits for one of them: which ones
// it has locked by then depends on where the reference has stored them. If one of the engines
// waits there and the other has found a row that its snapshot does not have, the program ends.
func Lockstep(ctx context.Context, p program.Program, ref, sub Engine, choices Choices) (*Report, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &pair{
		program: p, choices: choices, ref: Start(ctx, p, ref), sub: Start(ctx, p, sub),
		transcript: NewTranscript(p, func(v any) string { return ValueText(v, nil) }),
		report:     Report{Outcomes: map[string]int{}},
	}
	defer l.ref.Close()
	defer l.sub.Close()
	err := l.run(ctx)
	l.report.Transcript = l.transcript.String()
	return &l.report, err
}

// pair is a program under way on two engines.
type pair struct {
	program    program.Program
	choices    Choices
	ref, sub   *Run
	transcript *Transcript
	report     Report
	waiting    []string
	stored     []stored
}

// stored is a row that a transaction has stored.
type stored struct {
	session, table string
	// open says that the transaction has not ended.
	open bool
}

// errEnds says that a program ends before its last step.
var errEnds = errors.New("conformance: the program ends here")

func (l *pair) run(ctx context.Context) error {
	for l.report.Mismatch == "" {
		step, ok := l.ref.Next()
		if !ok {
			return l.end(ctx)
		}
		l.report.Steps++
		if err := l.step(ctx, step); errors.Is(err, errEnds) {
			return nil
		} else if err != nil {
			return fmt.Errorf("step %d, %s: %w\n%s", step+1, l.program[step], err, l.transcript)
		}
	}
	return nil
}

func (l *pair) end(ctx context.Context) error {
	if busy := l.ref.busy(); len(busy) > 0 {
		return fmt.Errorf("%w: %v", errStuck, busy)
	}
	a, err := l.ref.engine.Dump(ctx)
	if err != nil {
		return err
	}
	b, err := l.sub.engine.Dump(ctx)
	if err != nil {
		return err
	}
	if diff := lockstep.Compare(a, b); diff != "" {
		l.report.Mismatch = "the rows at the end differ:\n" + diff
	}
	return nil
}

func (l *pair) step(ctx context.Context, step int) error {
	before := l.ref.waits
	depth := l.ref.sessions[l.program[step].Session].depth
	ref, sub, err := both(l, func(r *Run) (Result, error) { return r.Issue(ctx, step) })
	if err != nil {
		return err
	}
	l.transcript.Add(ref)
	l.countEnd(l.program[step], depth, before)
	if err := l.count(ctx, ref); err != nil {
		return err
	}
	// One step may fail several sessions, and so may the end of one that has failed.
	for a, ok := l.unserializable(ref, sub); ok; a, ok = l.unserializable(ref, sub) {
		l.report.Unserializable++
		op := l.program[a.Step]
		if op.Ends() && l.sub.sessions[op.Session].depth == 0 {
			return errEnds
		}
		ref, sub, err = l.abandon(ctx, op.Session, ref, sub)
		if err != nil {
			return err
		}
	}
	if l.visitsDiffer(ref, sub) || l.visitsDiffer(sub, ref) {
		l.report.Contended++
		return errEnds
	}
	l.compare(ref, sub)
	l.noteStored(ref)
	if l.report.Mismatch == "" {
		err = l.uncontend(ctx)
	}
	if err == nil && l.report.Mismatch == "" {
		err = l.unorder(ctx, sub.Waits)
	}
	return err
}

// both does something on both engines at the same time.
func both(l *pair, do func(*Run) (Result, error)) (ref, sub Result, err error) {
	var subErr error
	var wg sync.WaitGroup
	wg.Go(func() { sub, subErr = do(l.sub) })
	ref, err = do(l.ref)
	wg.Wait()
	if subErr != nil {
		subErr = fmt.Errorf("the subject: %w", subErr)
	}
	return ref, sub, errors.Join(err, subErr)
}

// unserializable returns an answer of the reference that is 40001 for the reads and
// writes of transactions, which the subject has not given, or has given for another reason:
// the reference then does not keep what the statement has read.
func (l *pair) unserializable(ref, sub Result) (Answer, bool) {
	for _, a := range ref.Answers {
		if !l.choices.FailsMore || !isForDependencies(a.Err) {
			continue
		}
		i := slices.IndexFunc(sub.Answers, func(b Answer) bool { return b.Step == a.Step })
		if i < 0 {
			return a, true
		}
		if !isForDependencies(sub.Answers[i].Err) {
			return a, true
		}
	}
	return Answer{}, false
}

// isForDependencies reports whether an error is 40001 for the reads and writes of
// transactions.
func isForDependencies(err error) bool {
	e, ok := errors.AsType[*tasktwin.Error](err)
	return ok && e.Code == tasktwin.SerializationFailure && strings.Contains(e.Message, "read/write dependencies")
}

// abandon rolls back a session's transaction on both engines, and returns what became
// of the other sessions.
func (l *pair) abandon(ctx context.Context, name string, ref, sub Result) (Result, Result, error) {
	refEnd, subEnd, err := both(l, func(r *Run) (Result, error) { return r.Abandon(ctx, name) })
	merge := func(a, b Result) Result {
		a.Answers = slices.DeleteFunc(append(a.Answers, b.Answers...), func(a Answer) bool { return l.program[a.Step].Session == name })
		a.Waits = b.Waits
		return a
	}
	return merge(ref, refEnd), merge(sub, subEnd), err
}

// uncontend cancels statements that may go on before or after an earlier one.
func (l *pair) uncontend(ctx context.Context) error {
	for l.ref.engine.Contended != nil && len(l.waiting) > 1 {
		pairs, err := l.ref.engine.Contended(ctx)
		pairs = slices.DeleteFunc(pairs, func(pair [2]string) bool {
			return l.choices.Independent != nil && l.choices.Independent(l.statement(pair[0]), l.statement(pair[1]))
		})
		if err != nil || len(pairs) == 0 {
			return err
		}
		last := slices.MaxFunc(pairs[0][:], func(a, b string) int { return l.ref.sessions[a].step - l.ref.sessions[b].step })
		if err := l.cancel(ctx, last, "it may go on before or after another"); err != nil || l.report.Mismatch != "" {
			return err
		}
	}
	return nil
}

// noteStored notes which rows were stored, and which of them by transactions that have ended.
func (l *pair) noteStored(r Result) {
	for _, a := range r.Answers {
		op := l.program[a.Step]
		open := l.ref.sessions[op.Session].depth > 0
		if l.choices.Stores != nil && a.Err == nil {
			if table := l.choices.Stores(op); table != "" {
				l.stored = append(l.stored, stored{op.Session, table, open})
			}
		}
		for i := range l.stored {
			if row := &l.stored[i]; row.session == op.Session && !open {
				row.open = false
			}
		}
	}
}

// visitsDiffer reports whether a statement has failed on one engine because a row has changed
// since its snapshot, and waits on the other for another of the rows whose order is not fixed.
func (l *pair) visitsDiffer(failed, waits Result) bool {
	return slices.ContainsFunc(failed.Answers, func(a Answer) bool {
		e, ok := errors.AsType[*tasktwin.Error](a.Err)
		return ok && e.Code == tasktwin.SerializationFailure && slices.ContainsFunc(waits.Waits, func(w tasktwin.Wait) bool {
			return w.Session == l.program[a.Step].Session && l.isUnordered(w)
		})
	})
}

// isUnordered reports whether a statement waits for one of several rows whose order is not fixed,
// because some have been stored meanwhile: those of one table are in the order of their places.
func (l *pair) isUnordered(w tasktwin.Wait) bool {
	if l.choices.Visits == nil || !slices.Contains(l.choices.Visits(l.statement(w.Session)), w.Table) {
		return false
	}
	return slices.ContainsFunc(l.stored, func(row stored) bool {
		return row.table == w.Table && (!row.open || row.session == w.Session)
	})
}

// unorder cancels statements that wait for one of several rows whose order is not fixed.
func (l *pair) unorder(ctx context.Context, waits []tasktwin.Wait) error {
	for _, w := range waits {
		if !l.isUnordered(w) || !slices.Contains(l.waiting, w.Session) {
			continue
		}
		if err := l.cancel(ctx, w.Session, "it may have visited other rows before this one"); err != nil || l.report.Mismatch != "" {
			return err
		}
	}
	return nil
}

// statement returns the last statement of a session.
func (l *pair) statement(session string) program.Op {
	return l.program[l.ref.sessions[session].step]
}

// cancel cancels the statement of a session that waits, on both engines.
func (l *pair) cancel(ctx context.Context, session, reason string) error {
	l.report.Contended++
	l.transcript.Note(session + " is canceled: " + reason)
	ref, sub, err := both(l, func(r *Run) (Result, error) { return r.Cancel(ctx, session) })
	if err != nil {
		return err
	}
	l.compare(ref, sub)
	l.noteStored(ref)
	return nil
}

// count counts the reference's answers and waits.
func (l *pair) count(ctx context.Context, r Result) error {
	for _, a := range r.Answers {
		key := l.program[a.Step].Name + " " + stores.Outcome(a.Err)
		if slices.Contains(l.waiting, l.program[a.Step].Session) {
			key += " after a wait"
		}
		l.report.Outcomes[key]++
		if isForDependencies(a.Err) {
			l.report.Dependencies++
		}
	}
	for _, w := range r.Waits {
		if slices.Contains(l.waiting, w.Session) {
			continue
		}
		key := l.program[l.ref.sessions[w.Session].step].Name + " waits"
		if l.ref.engine.Kind != nil {
			kind, err := l.ref.engine.Kind(ctx, w.Session)
			if err != nil {
				return err
			}
			key += " for " + kind
		}
		l.report.Outcomes[key]++
	}
	return nil
}

// countEnd counts a step that ends a savepoint of a session for which others wait.
func (l *pair) countEnd(op program.Op, depth int, waits []tasktwin.Wait) {
	isFor := func(w tasktwin.Wait) bool { return slices.Contains(w.For, op.Session) }
	if op.Ends() && depth > 1 && slices.ContainsFunc(waits, isFor) {
		l.report.Outcomes["savepoint ends by "+op.Name+" while a session waits"]++
	}
}

// compare compares what a step led to on both engines.
func (l *pair) compare(ref, sub Result) {
	l.waiting = names(ref.Waits)
	want, got := l.answers(ref), l.answers(sub)
	var b strings.Builder
	for _, step := range slices.Sorted(maps.Keys(want)) {
		if diff := lockstep.Compare(want[step], got[step]); diff != "" {
			fmt.Fprintf(&b, "%s\n%s", l.program[step], diff)
		}
	}
	for step := range got {
		if _, ok := want[step]; !ok {
			fmt.Fprintf(&b, "%s: only the subject has returned\n", l.program[step])
		}
	}
	if waiting := names(sub.Waits); !slices.Equal(l.waiting, waiting) {
		fmt.Fprintf(&b, "waiting: %v, and in the subject %v\n", l.waiting, waiting)
	}
	if b.Len() > 0 {
		l.report.Mismatch = fmt.Sprintf("step %d: %s\nthe subject (+) differs from the reference (-):\n%s", ref.Step+1, l.program[ref.Step], &b)
	}
}

func names(waits []tasktwin.Wait) []string {
	out := make([]string, 0, len(waits))
	for _, w := range waits {
		out = append(out, w.Session)
	}
	slices.Sort(out)
	return out
}

// answers returns the answers of a result by step.
func (l *pair) answers(r Result) map[int]lockstep.Answer {
	out := map[int]lockstep.Answer{}
	for _, a := range r.Answers {
		out[a.Step] = lockstep.Answer{Value: a.Value, Error: stores.Describe(a.Err)}
	}
	return out
}
