package params

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/sim"
)

func TestEveryParameterCanBeSetToWhatItIs(t *testing.T) {
	t.Parallel()
	want := sim.DefaultParams()
	list := List(&want)
	require.Greater(t, len(list), 30)
	var got sim.Params
	for _, p := range list {
		require.NoError(t, Set(&got, p.Name+"="+p.Value))
	}
	got.Seed, got.Start, got.Duration, got.Users, got.TasksPerUserDay = want.Seed, want.Start, want.Duration, want.Users, want.TasksPerUserDay
	require.Equal(t, want, got)
}

// docs/simulation.md lists every parameter with its default.
func TestEveryParameterIsDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/simulation.md")
	require.NoError(t, err)
	defaults := sim.DefaultParams()
	for _, p := range List(&defaults) {
		if p.Name != "rhythm.hours" { // a curve, described in words
			assert.Contains(t, strings.ReplaceAll(string(text), "`", ""), "| "+p.Name+" | "+p.Value+" |")
		}
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	p := sim.DefaultParams()
	require.NoError(t, Set(&p, "work.median=1h30m"))
	require.NoError(t, Set(&p, "answer.median=1w2d"))
	require.NoError(t, Set(&p, "turns=2.5"))
	require.NoError(t, Set(&p, "rhythm.hours="+strings.Repeat("1,", 23)+"0.5"))
	require.Equal(t, 90*time.Minute, p.Work.Median)
	require.Equal(t, 9*24*time.Hour, p.Answer.Median)
	require.InDelta(t, 2.5, p.Turns, 0)
	require.InDelta(t, 0.5, p.Rhythm.Hours[23], 0)
	for given, want := range map[string]string{
		"work.median":        `"work.median": it must be name=value, such as work.median=10m`,
		"work.mean=3m":       `"work.mean": there is no such parameter; did you mean "work.median"?`,
		"work=3m":            `"work": there is no such parameter; did you mean "work.median" or "work.sigma"?`,
		"=3m":                `"": there is no such parameter`,
		"work.median=3":      `work.median is "3": it must be a duration such as 90s, 1h30m or 7d`,
		"turns=many":         `turns is "many": it must be a number`,
		"rhythm.hours=1,2":   `rhythm.hours is "1,2": it must be 24 numbers with commas between`,
		"seed=3":             `"seed": use --seed`,
		"recording=x":        `"recording": there is no such parameter`,
		"-=x":                `"-": there is no such parameter`,
		"answer.alpha=1=2":   `answer.alpha is "1=2": it must be a number`,
		"rhythm.hours=a,b,c": `rhythm.hours is "a,b,c": it must be 24 numbers with commas between`,
	} {
		require.EqualError(t, Set(&p, given), want)
	}
}

// Each parameter has a meaning, a type, and a range: its ends are valid, and what is
// outside of them is not.
func TestDescribe(t *testing.T) {
	t.Parallel()
	given := sim.DefaultParams()
	require.NoError(t, Set(&given, "work.median=1h"))
	list := Describe(&given)
	require.Len(t, list, len(List(&given)))
	require.Len(t, meanings, len(list))
	for _, d := range list {
		require.NotEmpty(t, d.Meaning, d.Name)
		require.Equal(t, d.Name == "work.median", d.Value != d.Default, d.Name)
		for _, end := range []string{d.Min, d.Max} {
			p := sim.DefaultParams()
			if d.Type == Numbers {
				end = strings.Repeat("1,", 23) + end
			}
			if d.Name == "rhythm.utc_offset" && strings.HasPrefix(end, "-") {
				continue // a negative duration cannot be given
			}
			require.NoError(t, Set(&p, d.Name+"="+end), d)
			require.NoError(t, p.Validate(), d)
		}
		p := sim.DefaultParams()
		beyond := map[string]string{Duration: "150000h", Number: "1e300", Numbers: strings.Repeat("1,", 23) + "1e300"}[d.Type]
		require.NoError(t, Set(&p, d.Name+"="+beyond), d)
		require.Error(t, p.Validate(), d)
	}
	require.Equal(t, Description{
		Name: "work.median", Type: Duration, Value: "1h0m0s", Default: "6m0s", Min: "1µs", Max: "87840h0m0s", Meaning: "median length of a turn",
	}, list[5])
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"Params.Work.Median": "work.median", "Params.Turns": "turns", "Params.Rhythm.Hours[3]": "rhythm.hours",
		"Params.Rhythm.UTCOffset": "rhythm.utc_offset",
		"Params.Users":            "", "Params.None": "", "Params.Turns.Median": "", "store": "", "": "",
	} {
		name, ok := NameOf(field)
		require.Equal(t, want != "", ok, field)
		if ok {
			require.Equal(t, want, name)
		}
	}
}
