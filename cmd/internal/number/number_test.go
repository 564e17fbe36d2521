package number

import (
	"fmt"
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
