package comparison

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/tasktwin/tasktwin/cmd/internal/replay"
	"github.com/tasktwin/tasktwin/sim"
)

// format and formatVersion identify the files of shards.
const (
	format        = "tasktwin sweep shard"
	formatVersion = 1
)

// Question is what a comparison simulates and asks. All shards of a comparison have the
// same.
type Question struct {
	// Version and Architecture are those of the program: another one may give other
	// results.
	Version      string `json:"version"`
	Architecture string `json:"architecture"`
	// Parameters are those of the first seed.
	Parameters sim.Params `json:"parameters"`
	// Log is the summary of the event log, and Recording the SHA-256 of the work that was
	// read from it. Both are empty if the work is generated.
	Log       *replay.Summary `json:"log,omitempty"`
	Recording string          `json:"recording,omitempty"`
	Seeds     []uint64        `json:"seeds"`
	// Policies are written like --policy. Current is the index of the current one.
	Policies []string `json:"policies"`
	Current  int      `json:"current"`
	// CurrentAssumed says that --current was not given.
	CurrentAssumed bool    `json:"current_assumed"`
	MaxWaitShare   float64 `json:"max_wait_share"`
	Price          float64 `json:"price"`
	Currency       string  `json:"currency,omitempty"`
}

// Run is the result of one seed under one policy, by their indexes in the question.
type Run struct {
	Seed   int         `json:"seed"`
	Policy int         `json:"policy"`
	Result *sim.Result `json:"result"`
}

// Shard is a part of the runs of a comparison.
type Shard struct {
	Format        string   `json:"format"`
	FormatVersion int      `json:"format_version"`
	Shard         Part     `json:"shard"`
	Seconds       float64  `json:"seconds"`
	Question      Question `json:"question"`
	Runs          []Run    `json:"runs"`
}

// NewShard returns a shard without runs.
func NewShard(part Part, q Question) *Shard {
	return &Shard{Format: format, FormatVersion: formatVersion, Shard: part, Question: q}
}

// Part says which part of all runs a shard has: the runs i-1, i-1+n and so on, in the
// order of the seeds and, for each seed, of the policies.
type Part struct {
	I int `json:"i"`
	N int `json:"n"`
}

// Whole is the part with all runs.
var Whole = Part{1, 1}

// ParsePart parses a part such as 2/5. It returns false if the text is none.
func ParsePart(text string) (Part, bool) {
	before, after, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(before)
	n, err2 := strconv.Atoi(after)
	return Part{i, n}, ok && err1 == nil && err2 == nil && 1 <= i && i <= n && n <= 1_000_000
}

// String returns the part as ParsePart reads it.
func (p Part) String() string { return fmt.Sprintf("%d/%d", p.I, p.N) }

// Policies returns the indexes of the policies that the part has of a seed.
func (p Part) Policies(seed, policies int) []int {
	var out []int
	for i := range policies {
		if (seed*policies+i)%p.N == p.I-1 {
			out = append(out, i)
		}
	}
	return out
}

// Merged are the shards of a comparison together.
type Merged struct {
	Question Question
	// Results are in the order of the seeds and the policies.
	Results [][]*sim.Result
	// Seconds is the time of all shards together.
	Seconds float64
}

// Merge joins shards from files. It needs all shards of one comparison, in any order, each
// once. The error names the file and the field that is wrong.
func Merge(names []string) (*Merged, error) {
	shards := make([]*Shard, len(names))
	of := map[Part]string{}
	for i, name := range names {
		s, raw, err := readShard(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if i > 0 {
			if s.Shard.N != shards[0].Shard.N {
				return nil, fmt.Errorf("%s: shard is %s: that of %s is %s", name, s.Shard, names[0], shards[0].Shard)
			}
			if err := sameQuestion(raw, names[0]); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		if other, twice := of[s.Shard]; twice {
			return nil, fmt.Errorf("%s: shard is %s: so is that of %s", name, s.Shard, other)
		}
		of[s.Shard], shards[i] = name, s
	}
	var missing []string
	for i := range shards[0].Shard.N {
		if part := (Part{i + 1, shards[0].Shard.N}); of[part] == "" {
			missing = append(missing, part.String())
		}
	}
	const listed = 10
	if n := len(missing); n > listed {
		missing = append(missing[:listed], fmt.Sprintf("and %d more", n-listed))
	}
	if missing != nil {
		return nil, fmt.Errorf("no file has the shard %s, beside %s of %s", strings.Join(missing, ", "), shards[0].Shard, names[0])
	}
	// In the order of the shards, so that the order of the files does not matter.
	slices.SortFunc(shards, func(a, b *Shard) int { return a.Shard.I - b.Shard.I })
	m := &Merged{Question: shards[0].Question}
	m.Results = make([][]*sim.Result, len(m.Question.Seeds))
	for i := range m.Results {
		m.Results[i] = make([]*sim.Result, len(m.Question.Policies))
	}
	for _, s := range shards {
		m.Seconds += s.Seconds
		for _, r := range s.Runs {
			m.Results[r.Seed][r.Policy] = r.Result
		}
	}
	return m, nil
}

// readShard reads a shard, and also returns its text.
func readShard(name string) (*Shard, []byte, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	var kind struct {
		Format        string `json:"format"`
		FormatVersion int    `json:"format_version"`
	}
	if err := json.Unmarshal(raw, &kind); err != nil {
		return nil, nil, fmt.Errorf("it is not a shard, as sweep --shard I/N --json prints it: %w", err)
	}
	if kind.Format != format {
		return nil, nil, fmt.Errorf("format is %q: it must be %q, as sweep --shard I/N --json prints it", kind.Format, format)
	}
	if kind.FormatVersion != formatVersion {
		return nil, nil, fmt.Errorf("format_version is %d: this program reads %d", kind.FormatVersion, formatVersion)
	}
	var s Shard
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, nil, err
	}
	return &s, raw, s.check()
}

// check returns an error for a shard whose runs are not those of its part.
func (s *Shard) check() error {
	q := &s.Question
	switch {
	case s.Shard.I < 1 || s.Shard.I > s.Shard.N:
		return fmt.Errorf("shard is %s: it must be from 1/N to N/N", s.Shard)
	case len(q.Seeds) == 0:
		return errors.New("question.seeds is empty")
	case q.Current < 0 || q.Current >= len(q.Policies):
		return fmt.Errorf("question.current is %d: it must be the index of one of %d policies", q.Current, len(q.Policies))
	}
	i := 0
	for seed := range q.Seeds {
		for _, policy := range s.Shard.Policies(seed, len(q.Policies)) {
			if i == len(s.Runs) {
				return fmt.Errorf("runs has %d entries: that of seed %d under %s is missing", i, q.Seeds[seed], q.Policies[policy])
			}
			r := s.Runs[i]
			if r.Seed != seed || r.Policy != policy || r.Result == nil {
				return fmt.Errorf("runs[%d] is not that of seed %d under %s", i, q.Seeds[seed], q.Policies[policy])
			}
			i++
		}
	}
	if i < len(s.Runs) {
		return fmt.Errorf("runs has %d entries: it must have %d", len(s.Runs), i)
	}
	return nil
}

// sameQuestion returns an error that names the first field of the question in which the
// text of a shard differs from that in a file.
func sameQuestion(text []byte, other string) error {
	question := func(text []byte) (any, error) {
		var s struct {
			Question any `json:"question"`
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		return &s.Question, d.Decode(&s)
	}
	otherText, err := os.ReadFile(other)
	if err != nil {
		return err
	}
	a, err := question(text)
	if err != nil {
		return err
	}
	b, err := question(otherText)
	if err != nil {
		return err
	}
	if field, x, y, differ := difference("question", *a.(*any), *b.(*any)); differ {
		return fmt.Errorf("%s is %s: that of %s is %s", field, x, other, y)
	}
	return nil
}

// difference returns the first field in which two values from JSON differ, and both
// values as JSON.
func difference(field string, a, b any) (at, x, y string, differ bool) {
	if x, ok := a.(map[string]any); ok {
		if y, ok := b.(map[string]any); ok {
			names := make([]string, 0, len(x)+len(y))
			for name := range x {
				names = append(names, name)
			}
			for name := range y {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range slices.Compact(names) {
				if at, a, b, differ := difference(field+"."+name, x[name], y[name]); differ {
					return at, a, b, true
				}
			}
			return "", "", "", false
		}
	}
	p, err1 := json.Marshal(a)
	q, err2 := json.Marshal(b)
	return field, string(p), string(q), err1 != nil || err2 != nil || !bytes.Equal(p, q)
}
