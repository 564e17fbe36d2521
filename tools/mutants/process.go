package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// memoryLimit limits the address space of a process, in KiB, because a mutant may
// allocate endlessly.
const memoryLimit = 6 << 20

// process is a test binary that runs with or without a mutant.
type process struct {
	binary, folder string
	args, env      []string
	timeout        time.Duration
}

// verdict says how a process ended.
type verdict struct {
	failed, timedOut bool
	output           string
	took             time.Duration
}

// run runs a process. At the time-out, the process and its children are killed.
// The error is the context's, or says that the process could not be started.
func (p process) run(ctx context.Context) (verdict, error) {
	timeout, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	// A shell sets the limit, if the system supports it, and then executes the process.
	args := append([]string{"-c", fmt.Sprintf(`ulimit -v %d 2>/dev/null; exec "$0" "$@"`, memoryLimit), p.binary}, p.args...)
	cmd := exec.CommandContext(timeout, "/bin/sh", args...)
	cmd.Dir = p.folder
	cmd.Env = append(os.Environ(), p.env...)
	output := &tail{most: 4 << 10}
	cmd.Stdout, cmd.Stderr = output, output
	ownGroup(cmd)
	cmd.WaitDelay = 5 * time.Second
	start := time.Now()
	err := cmd.Run()
	v := verdict{failed: err != nil, timedOut: timeout.Err() != nil, output: output.String(), took: time.Since(start)}
	if ctx.Err() != nil {
		return v, ctx.Err()
	}
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited && !v.timedOut && !errors.Is(err, exec.ErrWaitDelay) {
		return v, err
	}
	return v, nil
}

// tail is a writer that keeps the end of its input.
type tail struct {
	bytes.Buffer
	most int
}

func (t *tail) Write(b []byte) (int, error) {
	if t.Len() > t.most {
		kept := bytes.Clone(t.Bytes()[t.Len()-t.most/2:])
		t.Reset()
		_, _ = t.Buffer.Write(kept) // never fails
	}
	_, _ = t.Buffer.Write(b[max(0, len(b)-t.most):])
	return len(b), nil
}
