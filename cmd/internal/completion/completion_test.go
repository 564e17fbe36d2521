package completion_test

import (
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/cmd/internal/completion"
)

type grammar struct {
	Quiet  bool     `short:"q" help:"Say less.\nOr nothing."`
	Tag    []string `help:"Several."`
	Hidden string   `hidden:""`
	Run    struct {
		Mode string `arg:"" enum:"fast,slow"`
		File string `arg:"" complete:"file"`
		Rest []int  `arg:"" optional:""`
		Size int    `short:"s"`
		Tint string `complete:"${colours}"`
	} `cmd:"" aliases:"go" help:"Run it."`
	Secret struct{} `cmd:"" hidden:""`
}

func TestComplete(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		typed []string
		want  string
	}{
		"nothing":                      {nil, "words\nrun\tRun it.\n"},
		"hidden commands are left out": {[]string{"se"}, "words\n"},
		"hidden flags are left out":    {[]string{"--h"}, "words\n--help\tShow context-sensitive help.\n"},
		"one line of help":             {[]string{"--q"}, "words\n--quiet\tSay less.\n"},
		"a flag is not given twice":    {[]string{"--quiet", "--q"}, "words\n"},
		"nor by its letter":            {[]string{"-q", "--q"}, "words\n"},
		"unless it is a list":          {[]string{"--tag", "a", "--t"}, "words\n--tag\tSeveral.\n"},
		"an argument":                  {[]string{"run", "f"}, "words\nfast\t\n"},
		"of an alias":                  {[]string{"go", "s"}, "words\nslow\t\n"},
		"the second argument":          {[]string{"run", "fast", ""}, "files\n"},
		"after a flag with a value":    {[]string{"run", "--size", "fast", "f"}, "words\nfast\t\n"},
		"after letters with a value":   {[]string{"run", "-qs", "fast", "f"}, "words\nfast\t\n"},
		"after a value at its letter":  {[]string{"run", "-s5", "f"}, "words\nfast\t\n"},
		"after a value at =":           {[]string{"run", "--size=5", "f"}, "words\nfast\t\n"},
		"an argument without values":   {[]string{"run", "fast", "x", ""}, "words\n"},
		"one too many":                 {[]string{"run", "fast", "x", "1", "2", ""}, "words\n"},
		"after two dashes":             {[]string{"run", "--", "f"}, "words\nfast\t\n"},
		"a dash is an argument":        {[]string{"run", "fast", "-", ""}, "words\n"},
		"values of a variable":         {[]string{"run", "--tint", ""}, "words\nred\t\nblue\t\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parser, err := kong.New(&grammar{}, kong.Name("x"))
			require.NoError(t, err)
			require.Equal(t, c.want, completion.Complete(parser.Model, kong.Vars{"colours": "red, blue"}, c.typed))
		})
	}
}

func TestScript(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"bash", "fish", "zsh"}, completion.Shells())
	for _, shell := range completion.Shells() {
		script, err := completion.Script(shell, "some", "__words")
		require.NoError(t, err)
		require.Contains(t, script, "some")
		require.Contains(t, script, "__words")
		require.NotContains(t, script, "PROGRAM")
	}
	_, err := completion.Script("tcsh", "some", "__words")
	require.ErrorContains(t, err, `"tcsh"`)
}
