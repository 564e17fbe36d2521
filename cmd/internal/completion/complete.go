// Package completion completes commands, flags and their values in a shell. The
// scripts, one for each shell, ask the program itself, which knows its commands:
// see [Complete]. A flag or an argument says what its values are by kong's enum,
// by a tag complete with a list of them, or by complete:"file".
package completion

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// The first line of an answer.
const (
	words = "words" // the lines after it are what the word may become
	files = "files" // the word is the name of a file
)

// Complete returns what the last of the words, which follow the name of the
// program, may become. The first line is words or files. Each other line is a
// word, a tab, and what it means. Calls with one app must not overlap: asking kong
// for a command's flags may change its model.
func Complete(app *kong.Application, typed []string) string {
	if len(typed) == 0 {
		typed = []string{""}
	}
	p := position{node: app.Node, used: map[*kong.Flag]bool{}}
	for _, word := range typed[:len(typed)-1] {
		p.pass(word)
	}
	a := answer{current: typed[len(typed)-1]}
	p.complete(&a)
	return a.String()
}

// position is where in the grammar the next word stands.
type position struct {
	node       *kong.Node
	arguments  int        // of the node, that have passed
	pending    *kong.Flag // whose value is next
	onlyValues bool       // after --
	used       map[*kong.Flag]bool
}

// pass goes past a word.
func (p *position) pass(word string) {
	switch {
	case p.pending != nil:
		p.pending = nil
	case p.onlyValues || !strings.HasPrefix(word, "-") || word == "-":
		p.passArgument(word)
	case word == "--":
		p.onlyValues = true
	case strings.HasPrefix(word, "--"):
		name, _, hasValue := strings.Cut(word[2:], "=")
		p.passFlag(p.flag(name), hasValue)
	default:
		for i, letter := range word[1:] {
			flag := p.short(letter)
			p.passFlag(flag, i < len(word)-2)
			if flag != nil && !flag.IsBool() {
				return // the rest is its value
			}
		}
	}
}

func (p *position) passArgument(word string) {
	if !p.onlyValues {
		for _, child := range p.node.Children {
			if child.Name == word || slices.Contains(child.Aliases, word) {
				p.node, p.arguments = child, 0
				return
			}
		}
	}
	p.arguments++
}

func (p *position) passFlag(flag *kong.Flag, hasValue bool) {
	if flag == nil {
		return
	}
	p.used[flag] = true
	if !hasValue && !flag.IsBool() {
		p.pending = flag
	}
}

// flags returns those of the node and of those above it.
func (p *position) flags() []*kong.Flag { return slices.Concat(p.node.AllFlags(false)...) }

func (p *position) flag(name string) *kong.Flag {
	for _, flag := range p.flags() {
		if flag.Name == name {
			return flag
		}
	}
	return nil
}

func (p *position) short(letter rune) *kong.Flag {
	for _, flag := range p.flags() {
		if flag.Short == letter {
			return flag
		}
	}
	return nil
}

// complete adds what the current word may become.
func (p *position) complete(a *answer) {
	name, _, hasValue := strings.Cut(a.current, "=")
	switch {
	case p.pending != nil:
		a.values(p.pending.Value, "")
	case p.onlyValues || !strings.HasPrefix(a.current, "-"):
		p.completeArgument(a)
	case strings.HasPrefix(a.current, "--") && hasValue:
		if flag := p.flag(name[2:]); flag != nil {
			a.values(flag.Value, name+"=")
		}
	default:
		for _, flag := range p.flags() {
			if !flag.Hidden && (!p.used[flag] || flag.IsCumulative()) {
				a.add("--"+flag.Name, flag.Help)
			}
		}
	}
}

func (p *position) completeArgument(a *answer) {
	if !p.onlyValues {
		for _, child := range p.node.Children {
			if !child.Hidden {
				a.add(child.Name, child.Help)
			}
		}
	}
	if p.arguments < len(p.node.Positional) {
		a.values(p.node.Positional[p.arguments], "")
	}
}

// answer is what is known of the current word.
type answer struct {
	current string
	files   bool
	lines   []string
}

// add adds a word, if the current one is its beginning.
func (a *answer) add(word, help string) {
	if strings.HasPrefix(word, a.current) {
		help, _, _ = strings.Cut(help, "\n")
		a.lines = append(a.lines, word+"\t"+help)
	}
}

// values adds the values that a flag or an argument may have.
func (a *answer) values(v *kong.Value, before string) {
	switch list := v.Tag.Get("complete"); {
	case list == "file", v.Tag.Type == "existingfile", v.Tag.Type == "path":
		a.files = true
	case list != "":
		a.all(strings.Split(list, ","), before)
	case v.Enum != "":
		a.all(v.EnumSlice(), before)
	}
}

func (a *answer) all(values []string, before string) {
	for _, value := range values {
		a.add(before+value, "")
	}
}

// String returns the answer as the scripts read it.
func (a *answer) String() string {
	if a.files {
		return files + "\n"
	}
	return strings.Join(append([]string{words}, a.lines...), "\n") + "\n"
}
