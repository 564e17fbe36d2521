package number

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// Commas are between thousands only.
func TestGrouped(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		value  float64
		digits int
		want   string
	}{
		{0, 0, "0"},
		{999, 0, "999"},
		{1000, 0, "1,000"},
		{1234567.891, 2, "1,234,567.89"},
		{-1234, 1, "-1,234.0"},
		{-123, 0, "-123"},
	} {
		require.Equal(t, test.want, Fixed(test.value, test.digits), fmt.Sprint(test.value))
	}
	require.Equal(t, []string{"0", "999", "1,000", "-1,234,567"}, []string{Count(0), Count(999), Count(1000), Count(-1234567)})
}

func TestDurationsHaveTwoUnitsAtMost(t *testing.T) {
	t.Parallel()
	const second, minute, hour, day = 1000, 60_000, 3_600_000, 86_400_000
	for _, test := range []struct {
		ms   int64
		want string
	}{
		{0, "0s"},
		{1, "1ms"},
		{450, "450ms"},
		{1000, "1s"},
		{7549, "7.5s"},
		{59_949, "59.9s"},
		{59_960, "1m"},
		{200 * second, "3m 20s"},
		{minute + 499, "1m"},
		{59*minute + 59_500, "1h"},
		{hour + 30*second, "1h 1m"},
		{23*hour + 59*minute + 30*second, "1d"},
		{2*day + 3*hour + 15*minute, "2d 3h"},
		{28 * hour, "1d 4h"},
		{1234 * day, "1,234d"},
		{-200 * second, "-3m 20s"},
		{math.MaxInt64, "106,751,991,167d 7h"},
		{math.MinInt64, "-106,751,991,167d 7h"},
	} {
		require.Equal(t, test.want, Duration(test.ms), strconv.FormatInt(test.ms, 10))
	}
}

func TestDecimalPointsAreAligned(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"54   ", "5.77", "97.1 ", None + "   "}, Align("54", "5.77", "97.1", None))
	require.Equal(t, []string{"1", "22"}, Align("1", "22"))
	require.Empty(t, Align())
}

func TestFigures(t *testing.T) {
	t.Parallel()
	require.Equal(t, "4,609,455.0", Hours(4_609_455*3_600_000))
	require.Equal(t, "5.4", Percent(0.0543))
	require.Equal(t, []string{"0 tasks", "1 task", "1,000 tasks"}, []string{Plural(0, "task"), Plural(1, "task"), Plural(1000, "task")})
	require.Equal(t, []string{"0 replies", "1 reply", "2 days"}, []string{Plural(0, "reply"), Plural(1, "reply"), Plural(2, "day")})
	require.Equal(t, []string{"abc", "ab…", "é…"}, []string{Cut("abc", 3), Cut("abcd", 3), Cut("éèê", 2)})
}
