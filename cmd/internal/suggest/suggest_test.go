package suggest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abcd", "badc", 2},
		{"abc", "xabc", 1},
		{"abc", "ab", 1},
		{"abc", "axc", 1},
		{"ca", "abc", 3}, // not 2: a swapped character is not changed again
		{"kitten", "sitting", 3},
		{"müde", "mude", 1},
	} {
		require.Equal(t, c.want, distance([]rune(c.a), []rune(c.b)), c)
		require.Equal(t, c.want, distance([]rune(c.b), []rune(c.a)), c)
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	commands := []string{"replay", "report", "simulate", "sweep", "parity", "certify", "telemetry", "dump", "load", "completion"}
	columns := []string{"Case ID", "Activity", "Resource", "Start Timestamp", "Complete Timestamp"}
	for typed, want := range map[string][]string{
		"relpay": {"replay"}, "simulaet": {"simulate"}, "repotr": {"report"}, "tele": {"telemetry"}, "REPLAY": {"replay"},
		"dmup": {"dump"}, "sweeep": {"sweep"}, "x": nil, "": nil, "-": nil, "analyse": nil, "lo": {"load"}, "re": {"replay", "report"},
	} {
		require.Equal(t, want, For(typed, commands), typed)
	}
	for typed, want := range map[string][]string{
		"Case Id": {"Case ID"}, "case_id": {"Case ID"}, "Activty": {"Activity"}, "Start": {"Start Timestamp"}, "Timestamp": nil,
		"complete timestamp": {"Complete Timestamp"}, "Ressource": {"Resource"},
	} {
		require.Equal(t, want, For(typed, columns), typed)
	}
	require.Equal(t, []string{"aa", "ab", "ac"}, For("ad", []string{"aa", "ab", "ac", "ae"}))
	require.Equal(t, `; did you mean "aa" or "ab"?`, Question("ad", []string{"aa", "ab"}))
	require.Empty(t, Question("ad", []string{"xyz"}))
	require.Nil(t, For("ad", nil))
}
