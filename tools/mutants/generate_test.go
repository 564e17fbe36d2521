package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// module writes a module with one package and returns the package.
func module(t *testing.T, code string) *pkg {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.test\n\ngo 1.26\n", "p/p.go": code} {
		path := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	pkgs, err := load(t.Context(), root, "p")
	require.NoError(t, err)
	require.Len(t, pkgs, 1)
	return pkgs[0]
}

// changes returns the mutants of a package in the form "before -> after".
func changes(t *testing.T, code string) []string {
	t.Helper()
	s, err := newSchemata(module(t, code), 1)
	require.NoError(t, err)
	require.Empty(t, s.apart)
	require.Zero(t, s.invalid)
	var out []string
	for _, m := range s.mutants {
		out = append(out, m.operator+": "+m.from+" -> "+m.to)
	}
	return out
}

func TestOperators(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		code string
		want []string
	}{
		"comparison": {`func f(a, b int) bool { return a < b }`, []string{"operator: a < b -> a <= b", "operator: a < b -> a > b"}},
		"equality":   {`func f(a, b int) bool { return a == b }`, []string{"operator: a == b -> a != b"}},
		"logic": {
			`func f(a, b bool) bool { return a && b }`, []string{"operator: a && b -> a || b", "operand: a && b -> a", "operand: a && b -> b"},
		},
		"not":        {`func f(a bool) bool { return !a }`, []string{"not: !a -> a"}},
		"negative":   {`func f(a int) int { return -a }`, []string{"negative: -a -> a"}},
		"arithmetic": {`func f(a, b int) int { return a % b }`, []string{"operator: a % b -> a / b"}},
		"text":       {`func f(a string) string { return a + "x" }`, []string{`text: "x" -> ""`}},
		"empty text": {`func f() string { return "" }`, []string{`text: "" -> "mutant"`}},
		"integer":    {`func f() int { return 7 }`, []string{"integer: 7 -> 8", "integer: 7 -> 6"}},
		"unsigned":   {`func f() uint8 { return 255 }`, []string{"integer: 255 -> 254"}},
		"zero":       {`func f() uint { return 0 }`, []string{"integer: 0 -> 1"}},
		"character":  {`func f() byte { return 'b' }`, []string{"integer: 'b' -> 'c'", "integer: 'b' -> 'a'"}},
		"whole const": {
			`const n = 1<<70 >> 60` + "\n" + `func f() int { return n - 1 }`, []string{"integer: n - 1 -> 1024", "integer: n - 1 -> 1022"},
		},
		"truth": {`func f() bool { return true }`, []string{"constant: true -> false"}},
		"if": {
			`func f(a bool) { if a { f(a) } }`, []string{"condition: a -> true", "condition: a -> false", "statement: f(a) -> nothing"},
		},
		"loop": {`func f(a func() bool) { for a() { } }`, []string{"condition: a() -> false"}},
		"post": {
			`func f(n int) { for i := n; i != n; i++ { } }`,
			[]string{"condition: i != n -> false", "operator: i != n -> i == n", "statement: i++ -> nothing", "operator: i++ -> i--"},
		},
		"step":       {`func f(n *int) { *n += *n }`, []string{"operator: *n += *n -> *n -= *n", "statement: *n += *n -> nothing"}},
		"assignment": {`func f(n *int) { *n = *n }`, []string{"statement: *n = *n -> nothing"}},
		"pairs": {
			`func f(m, n *int) { *m, *n = *n, *m }`, []string{"statement: *m, *n = *n, *m -> *n = *m", "statement: *m, *n = *n, *m -> *m = *n"},
		},
		"definition": {`func f(a bool) bool { b := a; return b }`, nil},
		"defer":      {`func f(g func()) { defer g() }`, []string{"statement: defer g() -> nothing"}},
		"return": {
			`func f(g func()) { if g == nil { return }; g() }`,
			[]string{
				"condition: g == nil -> true", "condition: g == nil -> false", "operator: g == nil -> g != nil", "statement: return -> nothing",
				"statement: g() -> nothing",
			},
		},
		"break": {`func f(s []bool) { for range s { break } }`, []string{"branch: break -> continue", "statement: break -> nothing"}},
		"continue": {
			`func f(s []bool) { for range s { continue } }`, []string{"branch: continue -> break", "statement: continue -> nothing"},
		},
		"endless": {`func f() bool { for { continue } }`, []string{"statement: continue -> nothing"}},
		"error":   {`func f(err error) (bool, error) { return *new(bool), err }`, []string{"error: err -> nil"}},
		"beside error": {
			`func f(err error) (bool, error) { if err != nil { return false, err }; return true, nil }`,
			[]string{
				"condition: err != nil -> true", "condition: err != nil -> false", "operator: err != nil -> err == nil", "error: err -> nil",
				"constant: true -> false",
			},
		},
		"enum": {"type e int\nconst (\na e = iota\nb\nc\n)\nfunc f() e { return b }", []string{"constant: b -> c"}},
		"enum of text": {
			"type e string\nconst (\na e = \"x\"\nb e = \"y\"\n)\nfunc f() e { return b }", []string{"constant: b -> a", `text: b -> ""`},
		},
		"swap": {`func f(a, b bool, c error) { f(b, a, c) }`, []string{"statement: f(b, a, c) -> nothing", "swap in f: b, a -> a, b"}},
		"same": {`func f(a, b bool) { f(a, a) }`, []string{"statement: f(a, a) -> nothing"}},
		"same check": {
			`func f(a func(any) error, b ...error) error { return f(a, a(a), a(b)) }`,
			[]string{"error: f(a, a(a), a(b)) -> nil", "argument of f: a(a) -> nothing", "argument of f: a(b) -> nothing"},
		},
		"variadic": {
			`func f(a error, b ...error) error { return f(f(a), a) }`,
			[]string{"error: f(f(a), a) -> nil", "swap in f: f(a), a -> a, f(a)", "argument of f: a -> nothing", "argument only: f(a) -> a"},
		},
		"counterpart": {`func f(a, b int) int { return min(a, b) }`, []string{"counterpart: min(a, b) -> max(a, b)"}},
		"only":        {`func f(a string, b int) string { return f(a, b) }`, []string{"argument only: f(a, b) -> a"}},
		"element":     {`func f(a, b error) []error { return []error{a, b} }`, []string{"element: a -> nothing", "element: b -> nothing"}},
		"field": {
			"type s struct { A, B, Message bool }\n" + `func f(a bool) *s { return &s{A: a, B: a, Message: a} }`,
			[]string{"element: A: a -> nothing", "element: B: a -> nothing"},
		},
		"array keys": {`const k = 1` + "\n" + `func f(a error) [2]error { return [2]error{k: a} }`, nil},
		"cases":      {`func f(a, b, c bool) { switch a { case b, c: } }`, []string{"case: b -> nothing", "case: c -> nothing"}},
		"no tag":     {`func f(a bool) { switch { case a: } }`, []string{"condition: a -> true", "condition: a -> false"}},
		"message":    {`func fail(code int, message string) { fail(code, "x") }`, []string{`statement: fail(code, "x") -> nothing`}},
		"index": {
			`func f(s []bool, n int, a bool) { s[n+n] = a }`, []string{"statement: s[n+n] = a -> nothing", "operator: n + n -> n - n"},
		},
		"capacity": {`func f(n int) []bool { return make([]bool, n, 7) }`, nil},
		"generic":  {`func f[T comparable](a, b T) bool { return a == b }`, []string{"operator: a == b -> a != b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, changes(t, "package p\n\n"+test.code+"\n"))
		})
	}
}

// Invalid mutants are omitted, and mutants that compile only separately are
// distinguished from those that do not compile at all.
func TestInvalid(t *testing.T) {
	t.Parallel()
	s, err := newSchemata(module(t, "package p\n\ntype tree struct{}\n\nfunc (tree) Scan() {}\n\nfunc f() { tree{}.Scan() }\n"), 1)
	require.NoError(t, err)
	require.Len(t, s.mutants, 1)
	require.Equal(t, 1, s.invalid, "there is no Reverse")
}

func identities(t *testing.T, code string) []string {
	t.Helper()
	s, err := newSchemata(module(t, code), 1)
	require.NoError(t, err)
	var out []string
	for _, m := range s.mutants {
		out = append(out, m.identity())
	}
	return out
}

// Identities stay the same when lines are moved or functions are added.
func TestIdentitiesAreStable(t *testing.T) {
	t.Parallel()
	const code = "func (t *T) g(a, b int) bool {\n\tif a == b {\n\t\treturn a == b\n\t}\n\treturn 1 == b\n}\n"
	before := identities(t, "package p\n\ntype T struct{}\n\n"+code)
	require.Contains(t, before, "p/p.go T.g operator: a == b -> a != b")
	require.Contains(t, before, "p/p.go T.g operator: a == b -> a != b #2")
	moved := strings.ReplaceAll(code, "\n\t\t", "\n\n\t\t")
	after := identities(t, "package p\n\n// T has a comment.\ntype T struct{}\n\nfunc h() int { return 3 }\n\n"+moved)
	for _, id := range before {
		require.Contains(t, after, id)
	}
	slices.Sort(after)
	require.Equal(t, after, slices.Compact(slices.Clone(after)), "no two have one name")
}

func TestLongIdentitiesAreCut(t *testing.T) {
	t.Parallel()
	a, b := shorten(strings.Repeat("a", 1000)), shorten(strings.Repeat("a", 1001))
	require.NotEqual(t, a, b)
	require.Less(t, len(a), maxCode)
}
