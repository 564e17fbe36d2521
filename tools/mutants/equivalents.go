package main

import (
	"fmt"
	"strings"
)

// equivalent is a mutant that behaves like the original code, with the reason.
type equivalent struct {
	identity, reason string
	line             int
}

// notShown is the beginning of the reason for a mutant that behaves differently
// in a way that no test can be expected to show. It counts as survived.
const notShown = "Not shown: "

func (e equivalent) isNotShown() bool { return strings.HasPrefix(e.reason, notShown) }

// parseEquivalents parses the list. Each line has an identity, a tab and a
// reason. Empty lines and lines that begin with # are ignored. Errors name the
// line.
func parseEquivalents(text string) (map[string]equivalent, error) {
	out := map[string]equivalent{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		identity, reason, ok := strings.Cut(line, "\t")
		switch {
		case !ok:
			return nil, fmt.Errorf("line %d: there is no tab between a mutant and a reason", n)
		case identity == "" || identity != strings.TrimSpace(identity):
			return nil, fmt.Errorf("line %d: %q is no mutant", n, identity)
		case strings.TrimSpace(reason) == "" || strings.Contains(reason, "\t"):
			return nil, fmt.Errorf("line %d: %q is no reason", n, reason)
		}
		if before, twice := out[identity]; twice {
			return nil, fmt.Errorf("line %d: the mutant is on line %d, too", n, before.line)
		}
		out[identity] = equivalent{identity, strings.TrimSpace(reason), n}
	}
	return out, nil
}
