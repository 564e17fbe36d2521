package program

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Shrink reduces a program that fails: it drops operations and simplifies values
// as long as the program still fails. fails runs a program on fresh stores and
// reports whether it fails; p has to fail. If the context ends or fails returns an
// error, Shrink returns the smallest program so far, and the error.
func Shrink(ctx context.Context, i Interface, p Program, fails func(context.Context, Program) (bool, error)) (Program, error) {
	s := &shrinker{methods: i, best: p}
	var failure error
	s.fails = func(p Program) bool {
		if failure = ctxErr(ctx, failure); failure != nil {
			return false
		}
		failed, err := fails(ctx, p)
		if err != nil {
			failure = err
		}
		return err == nil && failed
	}
	s.dropSessions()
	s.dropKinds()
	for failure == nil {
		before := s.best.String()
		s.dropSessions()
		s.drop()
		s.joinSessions()
		s.fold()
		s.merge()
		s.simplify()
		s.rename()
		if s.best.String() == before {
			break
		}
	}
	return s.best, failure
}

func ctxErr(ctx context.Context, err error) error {
	if err != nil {
		return err
	}
	return ctx.Err()
}

type shrinker struct {
	methods Interface
	best    Program
	fails   func(Program) bool
}

// try makes p the best program if it fails, and reports whether it does.
func (s *shrinker) try(p Program) bool {
	if !s.fails(p) {
		return false
	}
	s.best = p
	return true
}

// tryParts tries the parts of a program, one after another and balanced, if they
// are shorter than the best program.
func (s *shrinker) tryParts(parts ...Program) bool {
	p := slices.Concat(parts...).Balanced()
	return len(p) < len(s.best) && s.try(p)
}

// without tries to drop all operations that drop selects at once, except for the
// last operation, which may be the one that fails.
func (s *shrinker) without(drop func(Op) bool) {
	last := len(s.best) - 1
	s.tryParts(slices.DeleteFunc(slices.Clone(s.best[:last]), drop), s.best[last:])
}

// dropKinds tries to drop all reads, then all beginnings and ends of transactions,
// then, for each name, all operations of that name.
func (s *shrinker) dropKinds() {
	s.without(func(op Op) bool { return IsRead(op.Name) })
	names := map[string]bool{}
	for _, op := range s.best {
		names[op.Name] = true
	}
	s.without(func(op Op) bool { return op.Begins() || op.Ends() })
	for _, name := range slices.Sorted(maps.Keys(names)) {
		s.without(func(op Op) bool { return op.Name == name })
	}
}

// dropSessions leaves out all operations of a session, for each session.
func (s *shrinker) dropSessions() {
	for _, session := range s.best.Sessions() {
		s.tryParts(slices.DeleteFunc(slices.Clone(s.best), func(op Op) bool { return op.Session == session }))
	}
}

// joinSessions lets one session make the operations of another that are outside of
// transactions.
func (s *shrinker) joinSessions() {
	names := s.best.Sessions()
	for _, from := range names {
		if slices.ContainsFunc(s.best, func(op Op) bool { return op.Session == from && op.Begins() }) {
			continue
		}
		for _, to := range names {
			if from == to {
				continue
			}
			p := slices.Clone(s.best)
			for i := range p {
				if p[i].Session == from {
					p[i].Session = to
				}
			}
			if s.try(p) {
				break
			}
		}
	}
}

// drop tries to drop operations: halves, then quarters and so on, down to single
// ones.
func (s *shrinker) drop() {
	for size := (len(s.best) + 1) / 2; size > 1; size /= 2 {
		s.dropRuns(size)
	}
	for s.dropRuns(1) {
	}
	s.unwrap()
}

// dropRuns tries to drop each run of size operations, the last one first, and
// reports whether it dropped any.
func (s *shrinker) dropRuns(size int) (dropped bool) {
	for end := len(s.best); end > 0; end -= size {
		end = min(end, len(s.best))
		if s.tryParts(s.best[:max(0, end-size)], s.best[end:]) {
			dropped = true
		}
	}
	return dropped
}

// unwrap tries to drop the beginning and the end of each transaction and
// savepoint, and keeps what is inside.
func (s *shrinker) unwrap() {
	for i := len(s.best) - 1; i >= 0; i-- {
		if i < len(s.best) && s.best[i].Begins() {
			end := i + matching(s.best[i+1:], s.best[i].Session)
			s.tryParts(s.best[:i], s.best[i+1:end], s.best[end+1:])
		}
	}
}

// fold tries to drop updates, by moving their values to an earlier operation on
// the same row.
func (s *shrinker) fold() {
	for j := len(s.best) - 1; j > 0; j-- {
		if j >= len(s.best) || !strings.HasPrefix(s.best[j].Name, "Update") {
			continue
		}
		for i := j - 1; i >= 0; i-- {
			folded, ok := s.best[i].Taking(s.best[j])
			if ok && s.tryParts(s.best[:i], Program{folded}, s.best[i+1:j], s.best[j+1:]) {
				break
			}
		}
	}
}

// Taking returns the operation with the values of an update of the same row. ok is
// false if the update is of another row or has no value that the operation takes.
func (o Op) Taking(update Op) (taken Op, ok bool) {
	taken = o
	from := reflect.ValueOf(update.Arg)
	for i, field := range o.Fields() {
		value := from.FieldByName(field.Name)
		switch {
		case !value.IsValid() || value.Type() != field.Type:
		case field.Name != "ID":
			taken, ok = taken.With(i, value), true
		case value.Interface() != reflect.ValueOf(o.Arg).Field(i).Interface():
			return o, false
		}
	}
	return taken, ok
}

// simplify tries to replace values by simpler ones.
func (s *shrinker) simplify() {
	for i := range s.best {
		if s.best[i].Name == OpBegin && s.best[i].Arg != nil {
			p := slices.Clone(s.best)
			p[i].Arg = nil
			s.try(p)
		}
		s.shorten(i, reflect.ValueOf(s.best[i].Arg), func(op Op, list reflect.Value) Op {
			op.Arg = list.Interface()
			return op
		})
		for f, field := range s.best[i].Fields() {
			for _, simple := range simplerValues(field) {
				if reflect.DeepEqual(reflect.ValueOf(s.best[i].Arg).Field(f).Interface(), simple.Interface()) {
					break // it is as simple already
				}
				p := slices.Clone(s.best)
				p[i] = p[i].With(f, simple)
				if s.try(p) {
					break
				}
			}
			s.shorten(i, reflect.ValueOf(s.best[i].Arg).Field(f), func(op Op, list reflect.Value) Op { return op.With(f, list) })
		}
	}
}

// shorten tries to drop the elements of a list in the i-th operation, the last one
// first. with returns the operation with another list.
func (s *shrinker) shorten(i int, list reflect.Value, with func(Op, reflect.Value) Op) {
	if !list.IsValid() || list.Kind() != reflect.Slice || list.Type() == reflect.TypeFor[json.RawMessage]() {
		return
	}
	for n := list.Len() - 1; n >= 0; n-- {
		shorter := reflect.AppendSlice(list.Slice3(0, n, n), list.Slice(n+1, list.Len()))
		p := slices.Clone(s.best)
		p[i] = with(p[i], shorter)
		if s.try(p) {
			list = shorter
		}
	}
}

// simplerValues returns values to try in a field, the simplest first.
func simplerValues(field reflect.StructField) []reflect.Value {
	zero := reflect.Zero(field.Type)
	switch field.Type {
	case reflect.TypeFor[time.Time]():
		return []reflect.Value{zero, reflect.ValueOf(Epoch), reflect.ValueOf(Epoch.Add(time.Minute))}
	case reflect.TypeFor[json.RawMessage]():
		return []reflect.Value{reflect.ValueOf(json.RawMessage(`{}`))}
	case reflect.TypeFor[uuid.UUID]():
		return nil // renamed instead
	}
	switch {
	case IsEnum(field.Type):
		return nil
	case field.Type.Kind() == reflect.String:
		return []reflect.Value{zero, reflect.ValueOf("a")}
	}
	return []reflect.Value{zero}
}

// merge tries to replace each id by an earlier one, so that the operation that
// makes its row can be dropped.
func (s *shrinker) merge() {
	text := s.best.String()
	ids := idPattern.FindAllString(text, -1)
	for i := len(ids) - 1; i > 0; i-- {
		for _, other := range ids[:i] {
			if other == ids[i] || !strings.Contains(text, ids[i]) {
				continue
			}
			p, err := s.methods.Parse(strings.ReplaceAll(text, ids[i], other))
			if err != nil || !s.try(p) {
				continue
			}
			size := len(s.best)
			s.dropRuns(1)
			if len(s.best) == size {
				s.best, _ = s.methods.Parse(text) // no operation was dropped
				continue
			}
			text = s.best.String()
		}
	}
}

// idPattern matches ids.
var idPattern = regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)

// rename tries to number the ids in the order in which they occur.
func (s *shrinker) rename() {
	names := map[string]string{}
	text := idPattern.ReplaceAllStringFunc(s.best.String(), func(old string) string {
		if names[old] == "" {
			names[old] = ID(uint64(len(names) + 1)).String()
		}
		return names[old]
	})
	if text == s.best.String() {
		return
	}
	p, err := s.methods.Parse(text)
	if err == nil && strings.Count(text, "\n") == len(s.best) {
		s.try(p)
	}
}

// IsRead reports whether a method only reads, judging by its name.
func IsRead(method string) bool {
	return strings.HasPrefix(method, "Get") || strings.HasPrefix(method, "List")
}
