package scripts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
)

// Script is a file of testdata.
type Script struct {
	// Comment is what the file begins with.
	Comment string
	// Steps are the lines of the program, and Program is what they say.
	Steps   []string
	Program program.Program
	// Recorded is the file as it was written, with what the steps led to.
	Recorded string
}

// rowsLine begins the rows that are others than in the fixture.
const rowsLine = "rows:"

// Parse reads a file.
func Parse(text string) (*Script, error) {
	s := &Script{Recorded: text}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \n")
		switch {
		case line == rowsLine:
			return s, s.check()
		case line == "" || line[0] == ' ':
		case line[0] == '#':
			s.Comment += line + "\n"
		default:
			op, err := methods.ParseOp(line)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
			s.Steps = append(s.Steps, line)
			s.Program = append(s.Program, filled(op))
		}
	}
	return s, s.check()
}

func (s *Script) check() error {
	switch {
	case s.Comment == "":
		return errors.New("the script has no comment")
	case len(s.Program.Balanced()) != len(s.Program):
		return errors.New("the script does not end what it begins, or ends what it did not begin")
	}
	return nil
}

// usualOrder is in the comment of a script in which PostgreSQL does not fix who is
// next.
const usualOrder = "# Several sessions wait for one row. PostgreSQL does not fix who is next; mostly it is the first.\n"

// HasUsualOrder reports whether the answers recorded are only those that PostgreSQL
// mostly gives.
func (s *Script) HasUsualOrder() bool { return strings.Contains(s.Comment, usualOrder) }

// IsSerializable reports whether a transaction of a program is serializable. It then
// needs the rows of [Filler] besides.
func IsSerializable(p program.Program) bool {
	return slices.ContainsFunc(p, func(op program.Op) bool {
		opts, ok := op.Arg.(*tasktwin.TxOptions)
		return ok && opts.Isolation == tasktwin.Serializable
	})
}

// Run runs the script on an engine that has the rows of the fixture, and returns the
// file with what the steps led to.
func (s *Script) Run(ctx context.Context, e sessions.Engine) (string, error) {
	before, err := e.Dump(ctx)
	if err != nil {
		return "", err
	}
	transcript := sessions.NewTranscript(s.Program, func(v any) string { return sessions.ValueText(v, omitted) }).WithSteps(s.Steps)
	results, err := sessions.All(ctx, s.Program, e)
	for _, r := range results {
		transcript.Add(r)
	}
	if err != nil {
		return s.text(transcript) + err.Error() + "\n", err
	}
	after, err := e.Dump(ctx)
	if err != nil {
		return "", err
	}
	changes := changedRows(before.(*tasktwin.Dump), after.(*tasktwin.Dump))
	return s.text(transcript) + "\n" + rowsLine + "\n" + withNames.Replace(changes), nil
}

func (s *Script) text(t *sessions.Transcript) string {
	var b strings.Builder
	b.WriteString(s.Comment + "\n")
	for i, step := range s.Steps {
		b.WriteString(step + "\n")
		for _, line := range t.Lines(i) {
			line = withNames.Replace(strings.ReplaceAll(line, "\n", "\n  "))
			b.WriteString("  " + line + "\n")
		}
	}
	return b.String()
}
