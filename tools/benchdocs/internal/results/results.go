// Package results reads the output of go test -bench.
package results

import (
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Units of the values, as benchfmt makes them: nanoseconds become seconds.
const (
	Seconds = "sec/op"
	Bytes   = "B/op"
	Allocs  = "allocs/op"
)

// Set has the results of any number of runs.
type Set struct {
	// samples maps a benchmark's name, without the prefix Benchmark and the number of
	// processors, and a unit to the sample.
	samples  map[string]map[string][]float64
	machines []string
}

// Sample has the values of one benchmark in one unit, each the mean of one run.
type Sample []float64

// machineKeys are the keys of the lines that describe the machine.
var machineKeys = []string{"cpu", "cores", "goos", "goarch", "go", "postgres", "note"}

// ReadFiles reads files into one set.
func ReadFiles(paths ...string) (*Set, error) {
	var s Set
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		err = s.Read(f, path)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
	}
	return &s, nil
}

// Read adds the results of one run. A malformed line of a benchmark and a failed test
// are errors.
func (s *Set) Read(r io.Reader, name string) error {
	if s.samples == nil {
		s.samples = map[string]map[string][]float64{}
	}
	reader := benchfmt.NewReader(r, name)
	for reader.Scan() {
		switch rec := reader.Result().(type) {
		case *benchfmt.Result:
			s.add(rec)
		case *benchfmt.SyntaxError:
			return fmt.Errorf("results: %w", rec)
		}
	}
	if err := reader.Err(); err != nil {
		return fmt.Errorf("results: %w", err)
	}
	return nil
}

func (s *Set) add(r *benchfmt.Result) {
	name := nameOf(r.Name)
	units := s.samples[name]
	if units == nil {
		units = map[string][]float64{}
		s.samples[name] = units
	}
	for _, v := range r.Values {
		units[v.Unit] = append(units[v.Unit], v.Value)
	}
	if m := machineOf(r); m != "" && !slices.Contains(s.machines, m) {
		s.machines = append(s.machines, m)
	}
}

// nameOf removes the number of processors from a name.
func nameOf(n benchfmt.Name) string {
	base, parts := n.Parts()
	var b strings.Builder
	b.Write(base)
	for _, part := range parts {
		if part[0] != '-' {
			b.Write(part)
		}
	}
	return b.String()
}

func machineOf(r *benchfmt.Result) string {
	var known []string
	for _, key := range machineKeys {
		if value := r.GetConfig(key); value != "" {
			known = append(known, key+": "+value)
		}
	}
	return strings.Join(known, ", ")
}

// Machines returns the descriptions of the machines of the results.
func (s *Set) Machines() []string { return slices.Clone(s.machines) }

// Names returns the names of all benchmarks, sorted.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.samples)) }

// Get returns a benchmark's values in a unit, which are none if it was not run.
func (s *Set) Get(name, unit string) Sample { return s.samples[name][unit] }

// Match returns the sample of the first benchmark, by name, that matches.
func (s *Set) Match(pattern *regexp.Regexp, unit string) Sample {
	for _, name := range s.Names() {
		if pattern.MatchString(name) {
			return s.Get(name, unit)
		}
	}
	return nil
}

// Median returns the median, or false if there are no values.
func (s Sample) Median() (float64, bool) {
	if len(s) == 0 {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(s))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half], true
	}
	return (sorted[half-1] + sorted[half]) / 2, true
}

// Spread returns the largest deviation from the median, relative to the median, or
// false if there are fewer than two values.
func (s Sample) Spread() (float64, bool) {
	median, ok := s.Median()
	if !ok || len(s) < 2 || median == 0 {
		return 0, false
	}
	return max(slices.Max(s)-median, median-slices.Min(s)) / math.Abs(median), true
}
