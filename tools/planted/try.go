package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tasktwin/tasktwin/tools/internal/overlay"
)

// The packages whose tests find mistakes.
const (
	contention = "conformance/internal/contention"
	scripts    = "conformance/internal/scripts"
)

// found is what the tests found of a mistake.
type found struct {
	programs, steps int
	postgres        string
	// scripts is how many of the scripts fail.
	scripts string
	program string
}

func (f found) String() string {
	if f.programs == 0 {
		return "not found | | | " + f.scripts
	}
	return fmt.Sprintf("%d | %d | %s | %s", f.programs, f.steps, f.postgres, f.scripts)
}

// problem says what is wrong, if anything, with a program that has to shrink to some
// steps.
func (f found) problem(steps int) string {
	switch {
	case f.programs == 0:
		return "not found"
	case f.steps > steps:
		return fmt.Sprintf("shrunk to %d steps only", f.steps)
	}
	return ""
}

// try compiles the tests with the texts of a mistake and runs them.
func try(ctx context.Context, b *overlay.Builder, sound, texts map[string]string, o options) (f found, err error) {
	all := maps.Clone(sound)
	maps.Copy(all, texts)
	binaries, err := b.Build(ctx, all, contention, scripts)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(filepath.Dir(binaries[scripts]))) }()
	output, err := test(ctx, b.Root, contention, binaries[contention], "^TestPlantedMistake$", "6m",
		fmt.Sprintf("TASKTWIN_SEED=%d", o.seed), fmt.Sprintf("TASKTWIN_PROGRAMS=%d", o.programs), "TASKTWIN_REQUIRE_POSTGRES=1")
	if err != nil && !strings.Contains(output, "planted: ") { // a program that hangs may keep the test from its end
		return f, fmt.Errorf("%w\n%s", err, output)
	}
	if _, after, ok := strings.Cut(output, "planted: "); ok {
		if _, err := fmt.Sscanf(after, "%d programs, %d steps, PostgreSQL: %s", &f.programs, &f.steps, &f.postgres); err != nil {
			return f, fmt.Errorf("%w\n%s", err, output)
		}
		f.program, _, _ = strings.Cut(after, "\n--- ")
	}
	// The scripts fail.
	output, err = test(ctx, b.Root, scripts, binaries[scripts], "^TestScriptsOnMemdb$", "1m")
	if _, failed := errors.AsType[*exec.ExitError](err); err != nil && !failed {
		return f, err
	}
	f.scripts = strconv.Itoa(strings.Count(output, "--- FAIL: TestScriptsOnMemdb/"))
	if strings.Contains(output, "\npanic: ") {
		f.scripts += " or more" // the run ends there
	}
	return f, nil
}

// test runs a test of a binary.
func test(ctx context.Context, root, folder, binary, name, timeout string, env ...string) (string, error) {
	cmd := exec.CommandContext(ctx, binary, "-test.v", "-test.timeout="+timeout, "-test.run="+name)
	cmd.Dir = filepath.Join(root, folder)
	cmd.Env = append(os.Environ(), env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	return output.String(), err
}
