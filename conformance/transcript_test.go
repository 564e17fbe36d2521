package conformance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

// Environment variables: the folder to replay transcripts from, the folder to
// record them to, and how many seconds a replay may wait for an answer.
const (
	envTranscripts       = "TASKTWIN_TRANSCRIPTS"
	envRecordTranscripts = "TASKTWIN_RECORD_TRANSCRIPTS"
	envStall             = "TASKTWIN_STALL"
)

// The files of a folder of transcripts: fixed names, and the suffixes of sums and
// programs.
const (
	optionsFile = "options.json"
	valuesFile  = "values.txt"
	loadsFile   = "loads"
	sumsSuffix  = ".sums"
	opsSuffix   = ".ops"
)

// TestRecordTranscripts records transcripts of a real PostgreSQL to a folder.
func TestRecordTranscripts(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(envRecordTranscripts)
	if folder == "" {
		t.Skip(envRecordTranscripts + " is not set")
	}
	opts := twinOptions(t)
	text, err := json.Marshal(opts)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, optionsFile), text, 0o600))

	seed := setting(t, envSeed, 1)
	values, sums := recordValues(t, seed, int(setting(t, envOps, 5000)))
	require.NoError(t, writeValues(filepath.Join(folder, valuesFile), values))
	require.NoError(t, writeSums(filepath.Join(folder, valuesFile+sumsSuffix), sums))

	loads, err := recordLoads(t, openPgdb(t), memdb.New(opts), transcriptLoads(seed))
	require.NoError(t, err)
	require.NoError(t, writeSums(filepath.Join(folder, loadsFile+sumsSuffix), loads))

	for i, p := range transcriptPrograms(t, seed, int(setting(t, envOps, 5000))) {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			sums, err := recordProgram(t.Context(), p, openPgdb(t), memdb.New(opts), twin.Accepted(opts.PostgresVersion))
			require.NoError(t, err)
			name := filepath.Join(folder, fmt.Sprintf("%03d", i))
			require.NoError(t, os.WriteFile(name+opsSuffix, []byte(p.String()), 0o600))
			require.NoError(t, writeSums(name+sumsSuffix, sums))
		})
	}
}

// transcriptPrograms returns, in this order, short programs, which show most
// mistakes quickly, the matrix, the programs that once showed a mismatch, and long
// programs.
func transcriptPrograms(t *testing.T, seed uint64, ops int) []parity.Program {
	t.Helper()
	var programs []parity.Program
	for _, preset := range parity.AllPresets() {
		programs = append(programs, generate(seed, preset, ops/10))
	}
	programs = append(programs, workload.Matrix(), crossings(seed))
	programs = append(programs, workload.Sorted(savedPrograms(t))...)
	for _, preset := range parity.AllPresets() {
		programs = append(programs, generate(seed+1, preset, ops))
	}
	return append(programs, generate(seed+2, parity.PresetMixed, 2*ops))
}

// TestReplayTranscripts replays a folder on memdb, up to the first wrong answer.
func TestReplayTranscripts(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(envTranscripts)
	if folder == "" {
		t.Skip(envTranscripts + " is not set")
	}
	stop, progress := watch(time.Duration(setting(t, envStall, 3)) * time.Second)
	defer stop()
	if err := replayTranscripts(t, folder, progress); err != nil {
		t.Fatal(err)
	}
}

// watch ends the process if there is no progress for a while: a mutant that waits
// for ever should fail quickly.
func watch(timeout time.Duration) (stop, progress func()) {
	var steps atomic.Int64
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(timeout)
		defer ticker.Stop()
		for last := int64(0); ; {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			now := steps.Load()
			if now == last {
				fmt.Fprintln(os.Stderr, "no answer in", timeout)
				os.Exit(3)
			}
			last = now
		}
	}()
	return func() { close(done) }, func() { steps.Add(1) }
}

func replayTranscripts(t *testing.T, folder string, progress func()) error {
	t.Helper()
	var opts memdb.Options
	text, err := os.ReadFile(filepath.Join(folder, optionsFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &opts))
	programs, err := filepath.Glob(filepath.Join(folder, "*"+opsSuffix))
	require.NoError(t, err)
	for i, file := range programs {
		if i == 1 { // after the first program, which kills most mutants
			if err := replayValues(t, opts.PostgresVersion, filepath.Join(folder, valuesFile), progress); err != nil {
				return err
			}
			sums, err := readSums(filepath.Join(folder, loadsFile+sumsSuffix))
			require.NoError(t, err)
			if err := replayLoads(t, memdb.New(opts), transcriptLoads(setting(t, envSeed, 1)), sums, progress); err != nil {
				return err
			}
		}
		name := strings.TrimSuffix(file, opsSuffix)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		program, err := parseOps(string(text))
		require.NoError(t, err)
		sums, err := readSums(name + sumsSuffix)
		require.NoError(t, err)
		if err := replayProgram(t.Context(), program, memdb.New(opts), sums, progress); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
	}
	return nil
}

func replayValues(t *testing.T, version int, file string, progress func()) error {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	sums, err := readSums(file + sumsSuffix)
	require.NoError(t, err)
	ours := rules(t, version)
	i := 0
	for line := range strings.Lines(string(text)) {
		rule, quoted, _ := strings.Cut(strings.TrimSpace(line), "\t")
		input, err := strconv.Unquote(quoted)
		require.NoError(t, err)
		progress()
		if i >= len(sums) {
			return fmt.Errorf("more than %d values, as were recorded", len(sums))
		}
		if got := answerText(ours[rule](input)); sumOf(got) != sums[i] {
			return fmt.Errorf("%s of %.100q is %.100q, which is not what was recorded", rule, input, got)
		}
		i++
	}
	if i != len(sums) {
		return fmt.Errorf("%d values, and %d were recorded", i, len(sums))
	}
	return nil
}

func writeValues(file string, values []valueInput) error {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(v.rule + "\t" + strconv.Quote(v.input) + "\n")
	}
	return os.WriteFile(file, []byte(b.String()), 0o600)
}
