package period

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for text, want := range map[string]time.Duration{
		"1h": time.Hour, "90m": 90 * time.Minute, "7d": 7 * day, "1w": 7 * day, "1w2d3h4m": 9*day + 3*time.Hour + 4*time.Minute,
		"0": 0, "0s": 0, "0d": 0, "1.5h": 90 * time.Minute,
	} {
		got, ok := Parse(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "7", "d", "w", "-1h", "-1d", "1d-1h", "1d1w", "1.5d", "1y", "999999999999d", "106752d", "106751d23h48m", "noon", "1d 1h",
	} {
		_, ok := Parse(text)
		require.False(t, ok, text)
	}
}
