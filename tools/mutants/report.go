package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// result is a mutant and its outcome.
type result struct {
	*mutant
	outcome
}

// minShare is the minimum share of the valid mutants that must be killed.
const minShare = 0.97

// report has the results of a run.
type report struct {
	root string
	// mutants are all mutants.
	mutants []*mutant
	results []result // in the order of the code
	listed  map[string]equivalent
	// invalid is the number of mutants that do not compile.
	invalid int
	// gone are the listed mutants that no longer exist.
	gone []equivalent
	// whole says that all mutants were run, not a selection.
	whole bool
	// repeat is the command that runs a single mutant again, without the mutant's
	// name.
	repeat string
}

func (r *report) isListed(m *mutant) bool {
	_, ok := r.listed[m.identity()]
	return ok
}

func (r *report) isNotShown(m *mutant) bool { return r.listed[m.identity()].isNotShown() }

// counts are the numbers in a row of the table.
type counts struct {
	mutants, killed, equivalent, notShown, survived int
	by                                              [numKillers]int
}

func (c *counts) add(r result, listed, notShown bool) {
	c.mutants++
	switch {
	case r.killer != nobody:
		c.killed++
		c.by[r.killer]++
	case notShown:
		c.notShown++
	case listed:
		c.equivalent++
	default:
		c.survived++
	}
}

// share returns the share of killed mutants among those that are not equivalent.
func (c *counts) share() float64 {
	others := c.mutants - c.equivalent
	if others == 0 {
		return 1
	}
	return float64(c.killed) / float64(others)
}

// write writes the table and the problems. It returns true if there are none.
func (r *report) write(w io.Writer) (ok bool, err error) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "package\tmutants\tkilled\ttranscripts\tcases\town tests\tmemdb's tests\tinterleavings\t"+
		"equivalent\tnot shown\tsurvived\tshare\t")
	row := func(name string, c *counts) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f %%\t\n", name, c.mutants, c.killed,
			c.by[byTranscripts], c.by[byCases], c.by[byOwnTests], c.by[byMemdbTests], c.by[byInterleavings],
			c.equivalent, c.notShown, c.survived, 100*c.share())
	}
	var names []string
	byPackage, all := map[string]*counts{}, &counts{}
	for _, res := range r.results {
		name := res.pkg.name
		if byPackage[name] == nil {
			byPackage[name] = &counts{}
			names = append(names, name)
		}
		byPackage[name].add(res, r.isListed(res.mutant), r.isNotShown(res.mutant))
		all.add(res, r.isListed(res.mutant), r.isNotShown(res.mutant))
	}
	for _, name := range names {
		row(name, byPackage[name])
	}
	row("all", all)
	if err := t.Flush(); err != nil {
		return false, err
	}
	fmt.Fprintf(w, "not counted: %d that do not compile\n", r.invalid)
	ok = true
	for _, res := range r.results {
		switch listed := r.isListed(res.mutant); {
		case res.killer == nobody && !listed:
			ok = false
			fmt.Fprintf(w, "\nsurvived: %s:%d\n  %s\n  %s %s\n", res.file.name, res.line, res.identity(), r.repeat, quoted(res.identity()))
		case res.killer != nobody && listed:
			ok = false
			fmt.Fprintf(w, "\nlisted as equivalent, and killed by the %s: %s:%d\n  %s\n", res.killer, res.file.name, res.line, res.identity())
		}
	}
	for _, e := range r.gone {
		ok = false
		fmt.Fprintf(w, "\nlisted as equivalent on line %d, and no mutant: %s\n", e.line, e.identity)
	}
	if r.whole && all.share() < minShare {
		ok = false
		fmt.Fprintf(w, "\n%.1f %% are killed: at minShare %.0f %% have to be\n", 100*all.share(), 100*minShare)
	}
	return ok, nil
}

// quoted quotes a string as a single word for a shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// missing returns the listed mutants that no longer exist, ordered by line.
func missing(listed map[string]equivalent, mutants []*mutant) []equivalent {
	there := map[string]bool{}
	for _, m := range mutants {
		there[m.identity()] = true
	}
	var gone []equivalent
	for id, e := range listed {
		if !there[id] {
			gone = append(gone, e)
		}
	}
	slices.SortFunc(gone, func(a, b equivalent) int { return a.line - b.line })
	return gone
}
