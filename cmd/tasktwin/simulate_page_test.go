package main

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

var pageData = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)

// The page of a simulation has the figures of its text and its JSON, of deleted tasks,
// too, whatever the store.
func TestThePageHasTheResults(t *testing.T) {
	t.Parallel()
	stores := map[string]func() string{"memory": func() string { return "memory" }, "postgres": func() string { return pgtest.URL(t) }}
	for name, store := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "page.html")
			out := simulatedBy(t, small("simulate", "--store", store(), "--price", "0.5EUR", "--report", path)...)
			require.Positive(t, out.Deleted)
			match := pageData.FindSubmatch(readFile(t, path))
			require.NotNil(t, match)
			var doc struct {
				Summary  string   `json:"summary"`
				Statuses []string `json:"statuses"`
				Tasks    struct {
					Status []int              `json:"status"`
					Times  map[string][]int64 `json:"times"`
				} `json:"tasks"`
				Pauses struct {
					End string `json:"end"`
				} `json:"pauses"`
			}
			require.NoError(t, json.Unmarshal(match[1], &doc))
			sum := func(values []int64) (sum int64) {
				for _, v := range values {
					sum += v
				}
				return sum
			}
			deleted := 0
			for _, status := range doc.Tasks.Status {
				if doc.Statuses[status] == "deleted" {
					deleted++
				}
			}
			require.Equal(t, []int{out.Tasks, out.Deleted, out.Pauses, out.Resumes},
				[]int{len(doc.Tasks.Status), deleted, len(doc.Pauses.End), strings.Count(doc.Pauses.End, "2")})
			times := doc.Tasks.Times
			require.Equal(t, []int64{out.LifetimeMS, out.ActiveMS, out.BuildingMS, out.PausedMS},
				[]int64{sum(times["lifetime"]), sum(times["active"]), sum(times["building"]), sum(times["paused"])})
			require.Equal(t, out.RunningMS, out.ActiveMS+out.IdleRunningMS+out.BuildingMS)
			require.Equal(t, out.LifetimeMS, out.RunningMS+out.PausedMS)
			require.Contains(t, doc.Summary, "8 users from 2026-01-05 00:00:00 to 2026-01-09 00:00:00; cost ")
			require.Contains(t, doc.Summary, " EUR at 0.5 EUR an hour")
		})
	}
}
