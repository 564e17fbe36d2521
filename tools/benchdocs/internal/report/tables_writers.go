package report

import (
	"fmt"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

func writerTables() map[string]Table {
	writers := func(n int) string { return fmt.Sprintf("Writers/store=memdb/writers=%d", n) }
	long := func(updates int) string { return fmt.Sprintf("LongTransaction/store=memdb/updates=%d", updates) }
	return map[string]Table{
		"writers": grid([]string{"transactions of 10 UpdateTaskPrompt", "statements"},
			[]cell{text("1 writer"), measured(writers(1), "statements/s", perSecond)},
			[]cell{text("2 writers, of different tasks"), measured(writers(2), "statements/s", perSecond)},
		),
		"long-transaction": grid([]string{"a transaction of 1,000,000 InsertWorkspaceAppStatus", "time"},
			[]cell{text("alone"), measured(long(0), results.Seconds, duration)},
			[]cell{text("beside 10,000 UpdateTaskPrompt outside of transactions"), measured(long(10_000), results.Seconds, duration)},
		),
		"writers-targets": targets(
			atLeast(1.6, times, "2 writers against 1", ratio(median(writers(2), "statements/s"), median(writers(1), "statements/s"))),
			atMost(2, times, "1,000,000 rows beside others, against alone", ratio(seconds(long(10_000)), seconds(long(0)))),
		),
	}
}
