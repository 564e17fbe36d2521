package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// nested has mutants inside mutants of each form.
const nested = `package main

import "fmt"

type pair struct{ a, b int }

type wrapped[T any] struct{ in T }

// less hides a type's name on purpose.
func less(int string, pairs []pair, wrap wrapped[pair]) (bool, error) {
	switch len(pairs) + 1 {
	case 1 + len(int), 4:
		for i := len(pairs) - 1; i > 0 && pairs[i].a < pairs[i-1].b+2; i-- {
			pairs[i+0].a, pairs[0].b = pairs[0].b*(3-i), -wrap.in.a
		}
	}
	func() {
		defer fmt.Print("end ", len(int) > 0 && !(len(pairs) == 0), "\n")
		pairs = append(pairs, []pair{{a: 1, b: 2}, {b: pick(wrap.in.a, 5)}}...)
	}()
	return pairs[0].a < pairs[1].b || pairs[0] == wrap.in, nil
}

func pick[T interface{ ~int }](a, b T) T {
	if a < b {
		return max(a, b-1)
	}
	return a
}

func main() {
	for n := range 4 {
		pairs := []pair{{1, 2}, {0, 3}, {2, n}}[:n]
		got, err := less("abc"[:n%3], pairs, wrapped[pair]{pair{n, 2}})
		fmt.Println(got, err, pairs)
	}
}
`

// binary compiles a program.
func binary(t *testing.T, name string, texts map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for path, text := range texts {
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(path)), []byte(text), 0o600))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module example.test\n\ngo 1.26\n"), 0o600))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", name, ".")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return filepath.Join(folder, name)
}

func output(t *testing.T, binary string, number int) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), envMutant+"="+strconv.Itoa(number))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "failed" // the output of a panic contains addresses
	}
	return string(out)
}

// With one active mutant, the schemata behave like the code with that change.
// Without one, they behave like the original code.
func TestSchemataAreTheMutants(t *testing.T) {
	t.Parallel()
	s, err := newSchemata(module(t, nested), 1)
	require.NoError(t, err)
	require.Greater(t, len(s.mutants), 80)
	all := binary(t, "all", s.files())
	require.Equal(t, output(t, binary(t, "none", map[string]string{"p.go": nested}), 0), output(t, all, 0))
	if testing.Short() {
		return
	}
	compared := 0
	for i, m := range s.mutants {
		if i%7 != 0 || m.point.form != exprForm || !s.compilesAlone(m) {
			continue
		}
		compared++
		require.Equal(t, output(t, binary(t, "one", map[string]string{"p.go": alone(m)}), 0), output(t, all, m.number), m.identity())
	}
	require.Greater(t, compared, 5)
}

func TestLoopsWithoutAnEnd(t *testing.T) {
	t.Parallel()
	s, err := newSchemata(module(t, "package main\n\nfunc main() {\n\tfor i := 0; i < 3; i++ {\n\t}\n}\n"), 1)
	require.NoError(t, err)
	all := binary(t, "loop", s.files())
	require.Empty(t, output(t, all, 0))
	ended := 0
	for _, m := range s.mutants {
		if output(t, all, m.number) == "failed" {
			ended++
		}
	}
	require.Positive(t, ended)
}
