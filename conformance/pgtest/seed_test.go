package pgtest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/dumpfile"
)

// seedFile was written by dumpfile.Write.
//
//go:embed testdata/seed.jsonl
var seedFile string

var sharedSeed = FromDump(seedFile)

// The tests of a package share the rows and not the databases.
func TestSeed(t *testing.T) {
	t.Parallel()
	want, err := dumpfile.Read(strings.NewReader(seedFile))
	require.NoError(t, err)
	for i := range 3 {
		t.Run(fmt.Sprintf("test %d", i), func(t *testing.T) {
			t.Parallel()
			db := sharedSeed.Open(t)
			rows, err := db.Dump(t.Context())
			require.NoError(t, err)
			require.Equal(t, want, rows)
			_, err = db.DeleteTask(t.Context(), tasktwin.DeleteTaskParams{ID: want.Tasks[0].ID, DeletedAt: want.Tasks[0].CreatedAt})
			require.NoError(t, err)
		})
	}
}

// The rows are loaded once, and a test ends with its database.
func TestSeedIsLoadedOnce(t *testing.T) {
	t.Parallel()
	var loads atomic.Int32
	seed := FromFunc(func(context.Context, string) error {
		loads.Add(1)
		return nil
	})
	names := make([]string, 3)
	t.Run("tests", func(t *testing.T) {
		t.Parallel()
		for i := range names {
			t.Run("test", func(t *testing.T) {
				t.Parallel()
				u, err := url.Parse(seed.URL(t))
				require.NoError(t, err)
				names[i] = strings.TrimPrefix(u.Path, "/")
				require.Contains(t, databases(t), names[i])
			})
		}
	})
	t.Cleanup(func() {
		require.EqualValues(t, 1, loads.Load())
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), 3)
		left := databases(t)
		for _, name := range names {
			require.NotContains(t, left, name)
		}
	})
}

func TestSeedRefuses(t *testing.T) {
	t.Parallel()
	server := serverOf(t)
	// Its file is not as it was written.
	_, err := FromDump(seedFile[:len(seedFile)-1]).load(server)
	require.ErrorIs(t, err, dumpfile.ErrCutOff)
	// The engine refuses a row. Every call returns the same error.
	rows, err := dumpfile.Read(strings.NewReader(seedFile))
	require.NoError(t, err)
	rows.Tasks[1].OwnerID[0] ^= 1
	seed := FromRows(rows)
	for range 2 {
		template, err := seed.load(server)
		require.Nil(t, template)
		var refused *tasktwin.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "tasks_owner_id_fkey", refused.Constraint)
		require.ErrorContains(t, err, "load the seed")
	}
}

// A seed is what a function of the user has done, tables of its own included.
func TestSeedFromFunc(t *testing.T) {
	t.Parallel()
	seed := FromFunc(func(ctx context.Context, url string) error {
		conn, err := pgx.Connect(ctx, url) // its session is ended
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, "CREATE TABLE labels AS SELECT 'a' AS name")
		return err
	})
	for range 2 {
		requireLabels(t, seed.URL(t), "a")
	}
	failing := FromFunc(func(context.Context, string) error { return errors.New("no labels today") })
	for range 2 {
		_, err := failing.load(serverOf(t))
		require.ErrorContains(t, err, "no labels today")
	}
}

// A seed is what a script has done. A mistake in it is named with its line.
func TestSeedFromSQL(t *testing.T) {
	t.Parallel()
	seed := FromSQL("CREATE TABLE labels (name text);\nINSERT INTO labels VALUES ('ä');\nINSERT INTO labels VALUES ('b');")
	for range 2 {
		url := seed.URL(t)
		requireLabels(t, url, "b", "ä")
	}
	_, err := FromSQL("CREATE TABLE labels (name text);\n-- ä\nINSERT INTO label VALUES ('a');").load(serverOf(t))
	require.ErrorContains(t, err, "the seed's SQL, line 3")
	require.ErrorContains(t, err, "42P01")
	_, err = FromSQL("SELECT 1; SELECT 1/0").load(serverOf(t))
	require.ErrorContains(t, err, "22012")
}

// requireLabels asserts which labels a database has.
func requireLabels(t *testing.T, url string, want ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	rows, err := conn.Query(t.Context(), `SELECT name FROM labels ORDER BY name COLLATE "C"`)
	require.NoError(t, err)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = conn.Exec(t.Context(), "DELETE FROM labels") // another test does not see it
	require.NoError(t, err)
}

// A template that cannot be filled does not stay.
func TestFailedTemplateIsDropped(t *testing.T) {
	t.Parallel()
	var name string
	_, err := serverOf(t).NewTemplate(t.Context(), func(ctx context.Context, at string) error {
		u, err := url.Parse(at)
		require.NoError(t, err)
		name = strings.TrimPrefix(u.Path, "/")
		require.Contains(t, databases(t), name)
		_, err = pgx.Connect(ctx, at) // a session that stays open
		require.NoError(t, err)
		return errors.New("it cannot be filled")
	})
	require.ErrorContains(t, err, "it cannot be filled")
	require.NotContains(t, databases(t), name)
}

// databases returns the names of the server's databases.
func databases(t *testing.T) []string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it is called after the test, too
	conn, err := pgx.Connect(ctx, serverOf(t).URL())
	require.NoError(t, err)
	defer func() { _ = conn.Close(ctx) }()
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database")
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}
