package replay

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNoTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "NA", "n/a", "#N/A", "NaN", "NaT", "NULL", "null", "(null)", "nil", "None", `\N`, "-", "--", "?",
		"0", "00000000", "0.0", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z", "00/00/0000", "00.00.0000 00:00", "00:00:00",
	} {
		require.True(t, isNoTime(text), text)
	}
	for _, text := range []string{"2016-01-01", "0001-01-01", "10", "noon", "nano", "T", "Z", "/", "---", "N", "1900-01-00"} {
		require.False(t, isNoTime(text), text)
	}
}

// Rows without a start are instants at their end, rows without an end instants at
// their start, whatever stands for the missing time.
func TestMissingTimes(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"", " ", "NA", "NULL", "null", "-", "0", "0000-00-00 00:00:00"} {
		t.Run(none, func(t *testing.T) {
			t.Parallel()
			log := fmt.Sprintf(head+`a,one,ada,2025-03-03 10:00:00,2025-03-03 10:10:00
a,two,ada,%[1]s,2025-03-03 10:20:00
a,three,ada,2025-03-03 10:30:00,%[1]s
a,four,ada,2025-03-03 10:40:00,2025-03-03 11:00:00
`, none)
			db, sum, report := replayed(t, log, Options{})
			require.Equal(t, [4]int{4, 2, 0, 1}, [4]int{sum.Rows, sum.Work, sum.Skipped, sum.OnlyEnds})
			require.Equal(t, []string{"rows with an end and no start: 1; they are instants at their end"}, sum.Warnings)
			require.Equal(t, 30*time.Minute, time.Duration(report.Active.SumMS)*time.Millisecond) // 10:00 to 10:10 and 10:40 to 11:00
			require.Equal(t, "10:00:00 start initiator\n10:00:00 working one\n10:10:00 idle one\n10:20:00 idle two\n10:30:00 idle three\n"+
				"10:40:00 working four\n11:00:00 idle four", story(t, db))
		})
	}
}

// A log may have no start at all, or none in its sample.
func TestStartsThatAreMissing(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 3 * sampleRows {
		lines = append(lines, fmt.Sprintf("c%d,x,ada,,%s", i%10, time.Date(2025, 3, 3, 0, 0, i, 0, time.UTC).Format("02.01.2006 15:04:05")))
	}
	_, sum, report := replayed(t, head+strings.Join(lines, "\n"), Options{DateOrder: DateOrderDMY})
	require.Equal(t, [4]int{3000, 0, 0, 3000}, [4]int{sum.Rows, sum.Work, sum.Skipped, sum.OnlyEnds})
	require.Equal(t, 10, sum.Tasks)
	require.Zero(t, report.Active.Count)

	lines = append(lines, "c1,work,ada,04.03.2025 10:00:00,04.03.2025 10:07:00")
	_, sum, report = replayed(t, head+strings.Join(lines, "\n"), Options{DateOrder: DateOrderDMY})
	require.Equal(t, [4]int{3001, 1, 0, 3000}, [4]int{sum.Rows, sum.Work, sum.Skipped, sum.OnlyEnds})
	require.Equal(t, 7*time.Minute, time.Duration(report.Active.SumMS)*time.Millisecond)
}
