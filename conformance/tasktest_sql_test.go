package conformance

import (
	"database/sql"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/pgdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// psql returns the path of psql. It skips the test if there is none.
func psql(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	require.NoError(t, err)
	if len(found) > 0 {
		return slices.Max(found)
	}
	path, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("there is no psql")
	}
	return path
}

// awkward returns rows with values that SQL can get wrong.
func awkward() *tasktwin.Dump {
	d := cases.EveryColumn()
	texts := []string{
		"", "NULL", "null", "it's", `\`, `\\n`, `C:\temp\'`, "''", `"`, "a\nb\r\n\tc", "$1 :name $$x$$ %s", "--", "/* */", ";", `\.`,
		"äß€𝄞", "\x01\x7f", "E'x'", `'; DROP TABLE tasks; --`,
	}
	times := []time.Time{
		{},
		time.Unix(0, 0), time.Unix(0, 123456000), time.Date(1999, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC), time.Date(294276, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(10000, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	documents := []string{
		`{}`, `[]`, `null`, `"it's \\ \" \u0001 \n ä"`, `{"a": {"b": [1, 2.50, -1e400, true, null]}}`, `123456789012345678901234567890.10`,
	}
	row := d.Tasks[4]
	for i := range max(len(texts), len(times), len(documents)) {
		text, at := texts[i%len(texts)], times[i%len(times)]
		task := row
		task.ID = id(uint64(20_000_000 + i))
		task.Prompt, task.DisplayName, task.CreatedAt = text, text, at
		task.TemplateParameters = json.RawMessage(documents[i%len(documents)])
		task.DeletedAt = sql.NullTime{Time: at, Valid: i%2 == 0}
		task.Name = text
		d.Tasks = append(d.Tasks, task)

		job := d.ProvisionerJobs[0]
		job.ID = id(uint64(21_000_000 + i))
		job.Error = sql.NullString{String: text, Valid: i%2 == 0}
		job.CompletedAt = sql.NullTime{Time: at, Valid: i%3 == 0}
		d.ProvisionerJobs = append(d.ProvisionerJobs, job)
	}
	build := d.WorkspaceBuilds[0]
	for i, number := range []int32{math.MinInt32, -1, 0, math.MaxInt32} {
		build.ID, build.BuildNumber, build.JobID = id(uint64(22_000_000+i)), number, d.ProvisionerJobs[len(d.ProvisionerJobs)-1-i].ID
		d.WorkspaceBuilds = append(d.WorkspaceBuilds, build)
	}
	return d
}

// psql reproduces the rows exactly, whatever the settings of the server.
func TestSQLReproducesEveryRow(t *testing.T) {
	t.Parallel()
	program := psql(t)
	populated := openMemdb(t)
	tasktest.New(t, populated).Populate(600, tasktest.History{Statuses: 3})
	many, err := populated.(tasktwin.Dumper).Dump(t.Context())
	require.NoError(t, err)
	others := "-c datestyle=German -c timezone=Asia/Kolkata -c client_encoding=LATIN1"
	if version, err := pgtest.Open(t).ServerVersion(t.Context()); err == nil && version < 19 { // which refuses it
		others += " -c standard_conforming_strings=off"
	}
	for name, rows := range map[string]*tasktwin.Dump{"awkward values": awkward(), "many rows": many, "none": {}} {
		for _, options := range []string{"", others} {
			t.Run(name+options, func(t *testing.T) {
				t.Parallel()
				loaded, url := openPgdb(t), pgtest.URL(t)
				require.NoError(t, loaded.(tasktwin.Loader).Load(t.Context(), rows))
				want, err := loaded.(tasktwin.Dumper).Dump(t.Context())
				require.NoError(t, err)
				path := filepath.Join(t.TempDir(), "state.sql")
				f, err := os.Create(path)
				require.NoError(t, err)
				require.NoError(t, tasktest.WriteSQL(f, want))
				require.NoError(t, f.Close())

				cmd := exec.CommandContext(t.Context(), program, "-X", "-q", "-f", path, url)
				cmd.Env = append(os.Environ(), "PGOPTIONS="+options)
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, string(out))
				got, err := openAt(t, url, pgdb.Options{MaxConns: 1}).Dump(t.Context())
				require.NoError(t, err)
				require.Empty(t, parity.Compare(want, got))
				require.Empty(t, tasktest.Diff(want, got))
			})
		}
	}
}
