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

// killer is a part of the tests that mutants are shown to.
type killer int

const (
	byTranscripts killer = iota
	byCases
	byOwnTests
	byMemdbTests
	numKillers
	nobody
)

func (k killer) String() string {
	return [...]string{"transcripts", "cases", "own tests", "memdb's tests", "", "nobody"}[k]
}

// conformanceFolder has the suite, and memdbFolder the engine that is made of the
// other packages.
const (
	conformanceFolder = "conformance"
	memdbFolder       = "memdb"
)

// suite is what kills mutants.
type suite struct {
	root string
	// transcripts and scratch are folders.
	transcripts, scratch string
	timeouts             [numKillers]time.Duration
}

// The least time-outs, and how many times longer than without a mutant the tests
// may take.
const (
	leastTimeout = 20 * time.Second
	slower       = 10
)

// processes are the killers' processes for a package, with the binaries of a
// build.
func (s *suite) process(k killer, folder string, binaries map[string]string) process {
	p := process{binary: binaries[conformanceFolder], folder: filepath.Join(s.root, conformanceFolder), timeout: max(leastTimeout, s.timeouts[k])}
	switch k {
	case byTranscripts:
		p.args = []string{"-test.run", "^TestReplayTranscripts$"}
		p.env = []string{"TASKTWIN_TRANSCRIPTS=" + s.transcripts}
	case byCases:
		p.args = []string{"-test.short", "-test.failfast", "-test.run", "^(TestMemdb|TestMemdbIsLinearizable|TestAcknowledgedWritesAreVisible|TestForksAreIndependent|TestReadersSeeWholeTransactions)$"}
	default:
		if k == byMemdbTests {
			folder = memdbFolder
		}
		p.binary, p.folder = binaries[folder], filepath.Join(s.root, filepath.FromSlash(folder))
		p.args = []string{"-test.short", "-test.failfast"}
	}
	p.args = append(p.args, "-test.timeout", p.timeout.String())
	// A fixed seed: a mutant that one run kills is killed by the next.
	p.env = append(p.env, "TMPDIR="+s.scratch, "TASKTWIN_SEED=1", "GOGC=400", "GOMEMLIMIT=1GiB")
	return p
}

// record makes the transcripts with a real PostgreSQL.
func (s *suite) record(ctx context.Context, binary string, ops int) error {
	cmd := exec.CommandContext(ctx, binary, "-test.run", "^TestRecordTranscripts$", "-test.timeout", "30m")
	cmd.Dir = filepath.Join(s.root, conformanceFolder)
	cmd.Env = append(os.Environ(), "TASKTWIN_RECORD_TRANSCRIPTS="+s.transcripts, "TASKTWIN_REQUIRE_POSTGRES=1",
		"TASKTWIN_SEED=1", "TASKTWIN_OPS="+strconv.Itoa(ops), envMutant+"=0")
	// It stops its server when it is asked to end.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = time.Minute
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("record transcripts: %w\n%s", err, out)
	}
	return nil
}

// baseline runs everything without a mutant, which has to pass, and sets the
// time-outs by how long it takes.
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
			s.timeouts[k] = max(s.timeouts[k], slower*v.took)
			if k != byOwnTests {
				break // they are the same for all packages
			}
		}
	}
	return nil
}

// outcome is what became of a mutant.
type outcome struct {
	killer killer
	how    string
	err    error
}

// order returns the killers of a package's mutants, the fastest first. The tests of
// the packages below memdb are fast and test nearly everything.
func order(folder string) []killer {
	if folder == memdbFolder {
		return []killer{byTranscripts, byCases, byOwnTests}
	}
	return []killer{byOwnTests, byTranscripts, byCases, byMemdbTests}
}

// try shows a mutant to the killers, one after the other.
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
