package sessions

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// Transcript writes down what the steps of a program lead to.
type Transcript struct {
	program program.Program
	// step returns the text of a step that is issued late.
	step func(int) string
	// value returns the text of an answer, of one or several lines.
	value func(any) string
	// lines are those of each step.
	lines [][]string
	waits []tasktwin.Wait
}

// NewTranscript returns the transcript of a run that has not begun.
func NewTranscript(p program.Program, value func(any) string) *Transcript {
	step := func(i int) string { return p[i].String() }
	return &Transcript{program: p, step: step, value: value, lines: make([][]string, len(p))}
}

// WithSteps lets the transcript have other texts of the steps.
func (t *Transcript) WithSteps(steps []string) *Transcript {
	t.step = func(i int) string { return steps[i] }
	return t
}

// Add writes down a result.
func (t *Transcript) Add(r Result) {
	own := t.program[r.Step]
	// A step that was issued late stands where it was issued.
	at := r.Step
	for i := len(t.lines) - 1; i > r.Step; i-- {
		if t.lines[i] != nil {
			at = i
			break
		}
	}
	add := func(format string, args ...any) { t.lines[at] = append(t.lines[at], fmt.Sprintf(format, args...)) }
	if at != r.Step {
		t.lines[r.Step] = append(t.lines[r.Step], "later")
		add("%s", t.step(r.Step))
	}
	i := slices.IndexFunc(r.Answers, func(a Answer) bool { return a.Step == r.Step })
	if i >= 0 && (r.Answers[i].Err != nil || !own.Begins()) {
		add("-> %s", t.answer(r.Answers[i]))
	}
	for _, a := range r.Answers {
		if op := t.program[a.Step]; a.Step != r.Step {
			add("%s: %s -> %s", op.Session, op.Name, t.answer(a))
		}
	}
	for _, w := range r.Waits {
		if slices.ContainsFunc(t.waits, func(old tasktwin.Wait) bool { return old.Session == w.Session && slices.Equal(old.For, w.For) }) {
			continue
		}
		who := w.Session + " waits"
		if w.Session == own.Session && i < 0 {
			who = "waits"
		}
		add("%s for %s", who, strings.Join(w.For, ", "))
	}
	t.waits = r.Waits
	if t.lines[at] == nil {
		t.lines[at] = []string{}
	}
}

// Note adds a line to what has been written down last.
func (t *Transcript) Note(text string) {
	for i := len(t.lines) - 1; i >= 0; i-- {
		if t.lines[i] != nil {
			t.lines[i] = append(t.lines[i], text)
			return
		}
	}
}

// answer returns the text of an answer.
func (t *Transcript) answer(a Answer) string {
	op := t.program[a.Step]
	switch {
	case op.Name == program.OpRollback && errors.Is(a.Err, program.ErrRollback),
		op.Name == program.OpPanic && errors.Is(a.Err, program.ErrPanic):
		return "ok"
	case a.Err != nil:
		return errorText(a.Err)
	case a.Value == nil || a.Value == struct{}{}:
		return "ok"
	}
	return t.value(a.Value)
}

// reason is why PostgreSQL cannot serialize a transaction.
var reason = regexp.MustCompile(`due to (.*?)( among transactions)?$`)

func errorText(err error) string {
	facts := stores.Describe(err)
	if facts.Kind != "failure" {
		return strings.TrimSpace(facts.Kind + " " + facts.Elsewise)
	}
	text := "error " + stores.Outcome(err)
	if e, ok := errors.AsType[*tasktwin.Error](err); ok && e.Code == tasktwin.SerializationFailure {
		if match := reason.FindStringSubmatch(e.Message); match != nil {
			text += " (" + match[1] + ")"
		}
	}
	if facts.Detail != "" {
		text += ": " + facts.Detail
	}
	return text
}

// Lines returns what has been written down of a step.
func (t *Transcript) Lines(step int) []string { return t.lines[step] }

// String returns the steps, each with what it led to.
func (t *Transcript) String() string {
	var b strings.Builder
	for i := range t.program {
		fmt.Fprintln(&b, t.step(i))
		for _, line := range t.lines[i] {
			fmt.Fprintln(&b, "  "+strings.ReplaceAll(line, "\n", "\n  "))
		}
	}
	return b.String()
}
