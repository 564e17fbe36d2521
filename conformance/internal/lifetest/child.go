//go:build linux

package lifetest

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
)

// envChild tells Child how to end, in a child process.
const envChild = "PGTEST_CHILD"

// announcement starts the line in which a child tells its parent the URL of its
// database.
const announcement = "child has "

// Child is the body of TestChild, the only test that the child processes of this
// package run. It creates a database, waits until its standard input is closed,
// and ends in the way that the environment says.
func Child(t *testing.T) {
	t.Helper()
	how := os.Getenv(envChild)
	if how == "" {
		t.Skip("runs in a process of its own only")
	}
	u := pgtest.FromRows(&tasktwin.Dump{Users: []tasktwin.User{{Username: "ada"}}}).URL(t) // with a template of its own
	connect(t, u)                                                                          // this session stays open to the end
	_, err := fmt.Fprintln(os.Stdout, announcement+u)
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, os.Stdin)
	require.NoError(t, err)
	switch how {
	case "fails":
		t.Fatal("as told")
	case "panics":
		panic("as told")
	case "panics elsewhere":
		go panic("as told")
		select {}
	case "exits":
		os.Exit(3)
	}
}

// connect opens a session that ends with the test.
func connect(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(t.Context()) })
}

// child is a process that runs TestChild.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	url   string // its database
}

// startChild starts a child and returns when the child has its database.
func startChild(t *testing.T, how string, env ...string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestChild$", "-test.timeout", "2m")
	cmd.Env = append(os.Environ(), append(env, envChild+"="+how)...)
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // fails if it has ended, as it should
		_ = cmd.Wait()
	})
	c := &child{cmd: cmd, stdin: stdin}
	lines := bufio.NewScanner(out)
	for c.url == "" && lines.Scan() {
		if u, ok := strings.CutPrefix(lines.Text(), announcement); ok {
			c.url = u
		} else {
			t.Log("child:", lines.Text())
		}
	}
	require.NotEmpty(t, c.url, "the child did not get a database")
	return c
}

// wait waits for the child and returns how it ended.
func (c *child) wait(t *testing.T) syscall.WaitStatus {
	t.Helper()
	_ = c.cmd.Wait() // ProcessState says more than the error
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	return status
}

// run returns the id of the child's run, which is part of its databases' names.
func (c *child) run(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(c.url)
	require.NoError(t, err)
	parts := strings.Split(u.Path, "_")
	require.Len(t, parts, 4, u.Path)
	return parts[2]
}
