// Package completion completes commands, flags and their values in a shell. Each
// shell has a script that calls the program itself, which answers with [Complete].
// The values of a flag or an argument come from kong's tag enum or from the tag
// complete: a comma-separated list, in which ${name} is a variable, or "file".
package completion

import (
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// The first line of an answer.
const (
	words = "words" // the other lines are completions of the word
	files = "files" // the word is the name of a file
)

// Complete returns the completions of the last typed word. The typed words are
// those after the name of the program. The first line of the answer is words or
// files. Each other line is a word, a tab and its description. Calls with the
// same app must not overlap, because kong may change its model when it lists the
// flags of a command.
func Complete(app *kong.Application, vars kong.Vars, typed []string) string {
	if len(typed) == 0 {
		typed = []string{""}
	}
	p := position{node: app.Node, used: map[*kong.Flag]bool{}}
	for _, word := range typed[:len(typed)-1] {
		p.pass(word)
	}
	a := answer{vars: vars, current: typed[len(typed)-1]}
	p.complete(&a)
	return a.String()
}

// position is the position of the next word in the grammar.
type position struct {
	node       *kong.Node
	arguments  int        // number of arguments of the node that precede the word
	pending    *kong.Flag // the flag whose value comes next
	onlyValues bool       // after --
	used       map[*kong.Flag]bool
}

// pass advances past a word.
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
				return // the rest of the word is its value
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

// flags returns the flags of the node and of its parents.
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

// complete adds the completions of the current word.
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

// answer collects the completions of the current word.
type answer struct {
	vars    kong.Vars
	current string
	files   bool
	lines   []string
}

// add adds a word if the current word is a prefix of it.
func (a *answer) add(word, help string) {
	if strings.HasPrefix(word, a.current) {
		help, _, _ = strings.Cut(help, "\n")
		a.lines = append(a.lines, word+"\t"+help)
	}
}

// values adds the values of a flag or an argument.
func (a *answer) values(v *kong.Value, before string) {
	switch list := v.Tag.Get("complete"); {
	case list == "file", v.Tag.Type == "existingfile", v.Tag.Type == "path":
		a.files = true
	case list != "":
		list = os.Expand(list, func(name string) string { return a.vars[name] })
		a.all(strings.Split(list, ","), before)
	case v.Enum != "":
		a.all(v.EnumSlice(), before)
	}
}

func (a *answer) all(values []string, before string) {
	for _, value := range values {
		a.add(before+strings.TrimSpace(value), "")
	}
}

// String returns the answer in the format that the scripts read.
func (a *answer) String() string {
	if a.files {
		return files + "\n"
	}
	return strings.Join(append([]string{words}, a.lines...), "\n") + "\n"
}
