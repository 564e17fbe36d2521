package scripts

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// kinds are the rows of the fixture, by kind, and ids of rows that are not there.
var kinds = [][]string{
	{"acme", "apex"},         // organizations
	{"ada", "bob", "cyd"},    // users, of whom cyd has nothing
	{"go", "py"},             // templates
	{"v1", "v2", "p1"},       // versions, of go and of py
	{"w1", "w2", "w3"},       // workspaces, of ada, bob and ada
	{"j1", "j2"},             // jobs
	{"b1"},                   // the build of w1, by j1
	{"g1", "g2"},             // agents
	{"a1", "a2"},             // apps of g1
	{"s1"},                   // the status of a1 in w1
	{"t1", "t2", "t3", "t4"}, // tasks: of ada, of bob, in w3 with a snapshot and a binding, and a deleted one
	{"n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"}, // new rows
	{"x"}, // no row's
}

// spacing is how far the ids of two rows are apart.
const spacing = 1 << 16

// ids are those of the names.
var ids = func() map[string]uuid.UUID {
	out := map[string]uuid.UUID{}
	for kind, names := range kinds {
		for i, name := range names {
			out[name] = program.ID(uint64(kind+1)<<32 + uint64(i+1)*spacing)
		}
	}
	return out
}()

// methods are the operations of scripts, with names for ids.
var methods = stores.Methods.WithNames(ids)

// withNames returns a text with names in place of ids.
var withNames = func() *strings.Replacer {
	var pairs []string
	for name, id := range ids {
		pairs = append(pairs, id.String(), name)
	}
	return strings.NewReplacer(pairs...)
}()

// ID returns the id of a name. There must be such a row.
func ID(name string) uuid.UUID { return id(name) }

// Methods are the operations, with the names of rows for their ids.
func Methods() program.Interface { return methods }

// HasNames reports whether all ids of a program have names.
func HasNames(p program.Program) bool { return !anyID.MatchString(WithNames(p.String())) }

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`)

// WithNames returns a text with the names of rows in place of their ids.
func WithNames(text string) string { return withNames.Replace(text) }

func id(name string) uuid.UUID {
	u, ok := ids[name]
	if !ok {
		panic(fmt.Sprintf("there is no row %q", name))
	}
	return u
}
