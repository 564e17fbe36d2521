package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// killer is a part of the tests that is run on mutants.
type killer int

const (
	byTranscripts killer = iota
	byCases
	byOwnTests
	byMemdbTests
	byInterleavings
	numKillers
	nobody
)

func (k killer) String() string {
	return [...]string{"transcripts", "cases", "own tests", "memdb's tests", "interleavings", "", "nobody"}[k]
}

// conformanceFolder has the conformance suite, and scriptsFolder the interleavings of
// sessions that were recorded with PostgreSQL. memdbFolder has the engine, which uses the
// other mutated packages.
const (
	conformanceFolder = "conformance"
	scriptsFolder     = "conformance/internal/scripts"
	memdbFolder       = "memdb"
)

// suite runs the tests on mutants.
type suite struct {
	root string
	// transcripts and scratch are folders.
	transcripts, scratch string
	timeouts             [numKillers]time.Duration
}

// The time-out of the tests is their duration without a mutant multiplied by
// timeoutFactor, but at least minTimeout.
const (
	minTimeout    = 20 * time.Second
	timeoutFactor = 10
)

// process returns a killer's process for a package, with the binaries of a build.
func (s *suite) process(k killer, folder string, binaries map[string]string) process {
	p := process{
		binary: binaries[conformanceFolder], folder: filepath.Join(s.root, conformanceFolder), timeout: max(minTimeout, s.timeouts[k]),
	}
	switch k {
	case byTranscripts:
		p.args = []string{"-test.run", "^TestReplayTranscripts$"}
		p.env = []string{"TASKTWIN_TRANSCRIPTS=" + s.transcripts}
	case byCases:
		p.args = []string{
			"-test.short", "-test.failfast", "-test.run",
			"^(TestMemdb|TestMemdbIsLinearizable|TestAcknowledgedWritesAreVisible|TestForksAreIndependent|TestReadersSeeWholeTransactions)$",
		}
	case byInterleavings:
		p.binary, p.folder = binaries[scriptsFolder], filepath.Join(s.root, filepath.FromSlash(scriptsFolder))
		p.args = []string{"-test.failfast", "-test.run", "^TestScriptsOnMemdb$"}
	default:
		if k == byMemdbTests {
			folder = memdbFolder
		}
		p.binary, p.folder = binaries[folder], filepath.Join(s.root, filepath.FromSlash(folder))
		p.args = []string{"-test.short", "-test.failfast"}
	}
	p.args = append(p.args, "-test.timeout", p.timeout.String())
	// With a fixed seed, every run kills the same mutants.
	p.env = append(p.env, "TMPDIR="+s.scratch, "TASKTWIN_SEED=1", "GOGC=400", "GOMEMLIMIT=1GiB")
	return p
}

// record records the transcripts with a real PostgreSQL.
func (s *suite) record(ctx context.Context, binary string, ops int) error {
	cmd := exec.CommandContext(ctx, binary, "-test.run", "^TestRecordTranscripts$", "-test.timeout", "30m")
	cmd.Dir = filepath.Join(s.root, conformanceFolder)
	cmd.Env = append(os.Environ(), "TASKTWIN_RECORD_TRANSCRIPTS="+s.transcripts, "TASKTWIN_REQUIRE_POSTGRES=1",
		"TASKTWIN_SEED=1", "TASKTWIN_OPS="+strconv.Itoa(ops), envMutant+"=0")
	// On SIGTERM it stops its server.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("record transcripts: %w\n%s", err, out)
	}
	return nil
}

// baseline runs all tests without a mutant. They must pass, and their durations
// determine the time-outs.
func (s *suite) baseline(ctx context.Context, folders []string, binaries map[string]string) error {
	for k := range numKillers {
		for _, folder := range folders {
			p := s.process(k, folder, binaries)
			p.timeout = 10 * time.Minute
			p.env = append(p.env, envMutant+"=0")
			v, err := p.run(ctx)
			if err != nil {
				return err
			}
			if v.failed {
				return fmt.Errorf("without a mutant the %s of %s fail:\n%s", k, folder, v.output)
			}
			s.timeouts[k] = max(s.timeouts[k], timeoutFactor*v.took)
			if k != byOwnTests {
				break // they are the same for all packages
			}
		}
	}
	return nil
}

// outcome is the outcome of running the tests on a mutant.
type outcome struct {
	killer killer
	how    string
	err    error
}

// order returns the killers for the mutants of a package, fastest first. The
// tests of the packages below memdb are fast and detect nearly everything.
func order(folder string) []killer {
	if folder == memdbFolder {
		return []killer{byTranscripts, byCases, byOwnTests, byInterleavings}
	}
	return []killer{byOwnTests, byTranscripts, byCases, byMemdbTests, byInterleavings}
}

// try runs the killers on a mutant, one after the other, until one detects it.
func (s *suite) try(ctx context.Context, number int, folder string, binaries map[string]string) outcome {
	for _, k := range order(folder) {
		p := s.process(k, folder, binaries)
		p.env = append(p.env, envMutant+"="+strconv.Itoa(number))
		v, err := p.run(ctx)
		switch {
		case err != nil:
			return outcome{nobody, "", err}
		case v.timedOut:
			return outcome{k, "time-out", nil}
		case v.failed:
			return outcome{k, v.output, nil}
		}
	}
	return outcome{killer: nobody}
}
