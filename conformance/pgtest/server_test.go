package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
	return conn
}

func TestDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	a, b := connect(t, pgtest.URL(t)), connect(t, pgtest.URL(t))
	if _, err := a.Exec(t.Context(), "CREATE TABLE only_in_a ()"); err != nil {
		t.Fatal(err)
	}
	const sql = "SELECT to_regclass('only_in_a') IS NOT NULL"
	for conn, want := range map[*pgx.Conn]bool{a: true, b: false} {
		var got bool
		if err := conn.QueryRow(t.Context(), sql).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("table found: %v, want %v", got, want)
		}
	}
}
