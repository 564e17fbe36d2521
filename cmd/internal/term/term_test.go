package term_test

import (
	"bytes"
	"os"
	"regexp"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/cmd/internal/term"
)

func env(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func TestWhenThereAreColours(t *testing.T) {
	t.Parallel()
	master, terminal, err := pty.Open()
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, terminal.Close())
		require.NoError(t, master.Close())
	})
	file, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	require.True(t, term.Is(terminal))
	require.False(t, term.Is(file))

	var buffer bytes.Buffer
	plain := map[string]string{"TERM": "xterm"}
	require.True(t, term.For(terminal, term.Auto, env(plain)).On())
	require.True(t, term.For(terminal, term.Auto, env(map[string]string{"NO_COLOR": ""})).On(), "an empty NO_COLOR is none")
	require.False(t, term.For(terminal, term.Auto, env(map[string]string{"NO_COLOR": "1"})).On())
	require.False(t, term.For(terminal, term.Auto, env(map[string]string{"TERM": "dumb"})).On())
	require.False(t, term.For(terminal, term.Never, env(plain)).On())
	require.False(t, term.For(file, term.Auto, env(plain)).On())
	require.False(t, term.For(&buffer, term.Auto, env(plain)).On())
	require.True(t, term.For(&buffer, term.Always, env(map[string]string{"NO_COLOR": "1"})).On())
}

func TestStyles(t *testing.T) {
	t.Parallel()
	on, off := term.For(nil, term.Always, os.Getenv), term.Style{}
	for code, paint := range map[string]func(term.Style, string) string{
		"1": term.Style.Bold, "2": term.Style.Dim, "31": term.Style.Red, "32": term.Style.Green, "33": term.Style.Yellow,
	} {
		require.Equal(t, "\x1b["+code+"mtext\x1b[0m", paint(on, "text"))
		require.Empty(t, paint(on, ""))
		require.Equal(t, "text", paint(off, "text"))
	}
}

var escape = regexp.MustCompile("\x1b\\[[0-9]+m")

// Colours do not change the alignment, and wide characters take two columns.
func TestTablesStayAligned(t *testing.T) {
	t.Parallel()
	render := func(s term.Style) string {
		table := term.NewTable(term.Left, term.Right, term.Left)
		table.PaintedRow(s.Bold, "name", "count", "note")
		table.Row(s.Red("é"), "1", "first")
		table.Row("作業", "2", s.Dim(""))
		table.Row("longer", "1000000")
		return table.String()
	}
	want := "name      count  note\n" + "é             1  first\n" + "作業          2\n" + "longer  1000000\n"
	require.Equal(t, want, render(term.Style{}))
	coloured := render(term.For(nil, term.Always, os.Getenv))
	require.NotEqual(t, want, coloured)
	require.Equal(t, want, escape.ReplaceAllString(coloured, ""))
}
