package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// nulProgram has operations whose answers differ in pgx's simple protocol: NUL bytes, and
// invalid bytes in a failed transaction.
const nulProgram = `GetTaskByID 00000000-0000-0000-0000-000000000001
UpdateTaskPrompt ID=00000000-0000-0000-0000-000000000001 Prompt="\x00"
begin
UpdateTaskPrompt ID=00000000-0000-0000-0000-000000000001 Prompt="\xff"
UpdateTaskPrompt ID=00000000-0000-0000-0000-000000000001 Prompt="\xff"
commit
`

// In the simple protocol parity accepts what is in the register, lists it and counts it.
func TestParityInSimpleProtocol(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "nul.txt")
	require.NoError(t, os.WriteFile(program, []byte(nulProgram), 0o600))
	const difference = "bytes of the text in the simple protocol"
	run := func(args ...string) result {
		return command(t, append([]string{"parity", "--program", program}, args...)...)
	}

	simple := with(t, pgtest.URL(t), nil, "default_query_exec_mode", "simple_protocol")
	r := run("--postgres", simple)
	require.Equal(t, exitOK, r.code, r.stdout+r.stderr)
	require.Contains(t, r.stdout, "  "+difference+" ×2\n")
	require.Contains(t, r.stdout, "0 mismatches")

	r = run("--json", "--postgres", with(t, pgtest.URL(t), nil, "default_query_exec_mode", "simple_protocol"))
	require.Equal(t, exitOK, r.code, r.stdout+r.stderr)
	require.Contains(t, r.stdout, `"name": "`+difference+`"`)

	r = run("--postgres", pgtest.URL(t))
	require.Equal(t, exitOK, r.code, r.stdout+r.stderr)
	require.NotContains(t, r.stdout, difference)
}

// Commands that fill a database work through a pooler, in the mode that the documents
// recommend.
func TestCommandsThroughPgbouncer(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"parity": {"parity", "--ops", "300", "--seed", "1", "--postgres"},
		"load":   {"load", sampleDump(t), "--postgres"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := pgtest.Pgbouncer(t, pgtest.URL(t), "pool_mode = transaction", "server_round_robin = 1")
			url = with(t, url, nil, "default_query_exec_mode", "cache_describe")
			r := command(t, append(args, url)...)
			require.Equal(t, exitOK, r.code, r.stdout+r.stderr)
			r = command(t, "telemetry", "--postgres", url, "--since", "0001-01-01")
			require.Equal(t, exitOK, r.code, r.stdout+r.stderr)
		})
	}
}
