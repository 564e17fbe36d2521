// Command pgdocker starts PostgreSQL in Docker, runs a program that uses it, and
// removes the server when the program ends:
//
//	go run ./conformance/pgdocker/cmd/pgdocker make test
//
// The program finds the server's URL in TASKTWIN_POSTGRES_URL. The command is for
// tests of modules that do not import package pgdocker. It exits with the
// program's exit code.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	_ "github.com/tasktwin/tasktwin/conformance/pgdocker" // registers the kind docker
	"github.com/tasktwin/tasktwin/conformance/pgserver"
)

// Exit codes in addition to the program's.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: pgdocker PROGRAM [ARGUMENT...]")
		os.Exit(exitUsage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1], os.Args[2:]...)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pgdocker:", err)
	}
	os.Exit(code)
}

// run starts a server, runs the program with its URL and stops the server. When
// the context ends, the program is interrupted, and run waits for it.
func run(ctx context.Context, program string, args ...string) (code int, err error) {
	if err := os.Setenv("TASKTWIN_POSTGRES", "docker"); err != nil {
		return exitFailed, err
	}
	server, err := pgserver.Start(ctx)
	if err != nil {
		return exitFailed, err
	}
	defer func() {
		if closeErr := server.Close(); closeErr != nil {
			code, err = max(code, exitFailed), errors.Join(err, closeErr)
		}
	}()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "TASKTWIN_POSTGRES=url", "TASKTWIN_POSTGRES_URL="+server.URL())
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return exitFailed, err
	}
	return 0, nil
}
