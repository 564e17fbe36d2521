package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseEquivalents(t *testing.T) {
	t.Parallel()
	list, err := parseEquivalents("# a comment\n\np/p.go f operator: a -> b\tit is so\np/p.go f operator: a -> c\tand so\n")
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "it is so", list["p/p.go f operator: a -> b"].reason)
	for text, want := range map[string]string{
		"a -> b":                "line 1: there is no tab",
		"\n\ta reason":          `line 2: "" is no mutant`,
		" b\tit is so":          `line 1: " b" is no mutant`,
		"a\t ":                  `line 1: " " is no reason`,
		"a\tone\ttwo":           "is no reason",
		"a\tone\n\n# x\na\ttwo": "line 4: the mutant is on line 1, too",
	} {
		_, err := parseEquivalents(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	s, err := newSchemata(module(t, "package p\n\nfunc f(a, b int) bool { return a < b && b == a }\n"), 1)
	require.NoError(t, err)
	killed := func() *report {
		r := &report{listed: map[string]equivalent{}, whole: true, repeat: "mutants -run"}
		for _, m := range s.mutants {
			r.results = append(r.results, result{m, outcome{killer: byTranscripts}})
		}
		return r
	}
	written := func(r *report) (string, bool) {
		var b strings.Builder
		ok, err := r.write(&b)
		require.NoError(t, err)
		return b.String(), ok
	}

	text, ok := written(killed())
	require.True(t, ok, text)
	require.Contains(t, text, "100.0 %")

	r := killed()
	r.results[1].killer = nobody
	text, ok = written(r)
	require.False(t, ok)
	id := s.mutants[1].identity()
	require.Contains(t, text, "survived: p/p.go:3\n  "+id)
	require.Contains(t, text, "are killed: at minShare 97 % have to be")

	r.listed[id] = equivalent{id, "a reason", 1}
	text, ok = written(r)
	require.True(t, ok, text)
	require.Contains(t, text, "100.0 %", "an equivalent is left out of the share")
	r.listed[id] = equivalent{id, "Not shown: a reason", 1}
	text, ok = written(r)
	require.False(t, ok)
	require.NotContains(t, text, "100.0 %", "what does something else is not")
	r.whole = false
	text, ok = written(r)
	require.True(t, ok, text)

	r.results[1].killer = byCases
	text, ok = written(r)
	require.False(t, ok)
	require.Contains(t, text, "listed as equivalent, and killed by the cases: p/p.go:3\n  "+id)

	r = killed()
	r.gone = missing(map[string]equivalent{"p/p.go g": {"p/p.go g", "a reason", 7}, id: {id, "a reason", 8}}, s.mutants)
	text, ok = written(r)
	require.False(t, ok)
	require.Contains(t, text, "listed as equivalent on line 7, and no mutant: p/p.go g")
	require.NotContains(t, text, "line 8")
}

func TestChoose(t *testing.T) {
	t.Parallel()
	s, err := newSchemata(module(t, "package p\n\nfunc f(a, b int) bool { return a < b && b == a || a+3 > b*7-a }\n"), 1)
	require.NoError(t, err)
	all, err := options{}.choose(s.mutants)
	require.NoError(t, err)
	require.Equal(t, s.mutants, all)
	total := 0
	for seed := range uint64(3) {
		part, err := options{sample: "1/3", seed: seed}.choose(s.mutants)
		require.NoError(t, err)
		require.Less(t, len(part), len(all))
		again, err := options{sample: "1/3", seed: seed}.choose(s.mutants)
		require.NoError(t, err)
		require.Equal(t, part, again)
		total += len(part)
	}
	require.Positive(t, total)
	one, err := options{run: s.mutants[0].identity()}.choose(s.mutants)
	require.NoError(t, err)
	require.Equal(t, s.mutants[:1], one)
	for _, o := range []options{{sample: "0/3"}, {sample: "4/3"}, {sample: "x"}, {pkg: "q"}} {
		_, err := o.choose(s.mutants)
		require.Error(t, err)
	}
}
