package replay

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestDaysOfMonths(t *testing.T) {
	t.Parallel()
	for year := firstYear - 1; year <= lastYear+1; year++ {
		for month := 1; month <= 12; month++ {
			want := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
			require.Equal(t, want, daysIn(year, month), "%d-%d", year, month)
		}
	}
}
