package main

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tasktwin/tasktwin/tools/internal/overlay"
)

// all returns the valid mutants of a package in source order.
func (s *schemata) all() []*mutant {
	byNumber := func(a, b *mutant) int { return cmp.Compare(a.number, b.number) }
	return slices.SortedFunc(slices.Values(slices.Concat(s.mutants, s.apart)), byNumber)
}

// choose returns the mutants that the options select.
func (o options) choose(all []*mutant) ([]*mutant, error) {
	part, of := uint64(1), uint64(1)
	if o.sample != "" {
		if n, err := fmt.Sscanf(o.sample, "%d/%d", &part, &of); n != 2 || err != nil || part == 0 || of < part {
			return nil, fmt.Errorf("-sample is %q: it must be a part such as 1/20", o.sample)
		}
	}
	if o.pkg != "" && !slices.ContainsFunc(all, func(m *mutant) bool { return m.pkg.name == o.pkg }) {
		return nil, fmt.Errorf("-package is %q: there is no such package", o.pkg)
	}
	exact := slices.ContainsFunc(all, func(m *mutant) bool { return m.identity() == o.run })
	files := strings.Split(o.file, ",")
	var chosen []*mutant
	for _, m := range all {
		id := m.identity()
		switch {
		case o.pkg != "" && m.pkg.name != o.pkg,
			o.file != "" && !slices.Contains(files, m.file.name) && !slices.Contains(files, path.Base(m.file.name)),
			exact && id != o.run, !exact && !strings.Contains(id, o.run):
			continue
		}
		h := fnv.New64a()
		_, _ = fmt.Fprint(h, o.seed, id) // never fails
		if h.Sum64()%of < part {
			chosen = append(chosen, m)
		}
	}
	return chosen, nil
}

// kill runs the mutants. On an error it returns the results so far. It leaves no
// files and no processes.
func kill(
	ctx context.Context, root string, made []*schemata, chosen []*mutant, o options, progress io.Writer,
) (results []result, err error) {
	folder, err := os.MkdirTemp("", "tasktwin-mutants-")
	if err != nil {
		return nil, err
	}
	defer func() { err = cmp.Or(err, os.RemoveAll(folder)) }()
	s := &suite{root: root, transcripts: filepath.Join(folder, "transcripts"), scratch: filepath.Join(folder, "scratch")}
	for _, dir := range []string{s.transcripts, s.scratch} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
	}
	b := &overlay.Builder{Root: root, Folder: folder}
	texts := map[string]string{}
	for _, m := range made {
		maps.Copy(texts, m.files())
	}
	step := func(what string, do func() error) error {
		start := time.Now()
		fmt.Fprintln(progress, what)
		err := do()
		fmt.Fprintf(progress, "  took %.0f s\n", time.Since(start).Seconds())
		return err
	}
	var binaries map[string]string
	if err := step("compile the tests with the mutants", func() (err error) {
		binaries, err = b.Build(ctx, texts, testFolders...)
		return err
	}); err != nil {
		return nil, err
	}
	if err := step("record transcripts of PostgreSQL", func() error { return s.record(ctx, binaries[conformanceFolder], o.ops) }); err != nil {
		return nil, err
	}
	if err := step("run the tests without a mutant", func() error { return s.baseline(ctx, folders, binaries) }); err != nil {
		return nil, err
	}
	err = step(fmt.Sprintf("run %d mutants", len(chosen)), func() error {
		results, err = s.runAll(ctx, made, chosen, b, binaries, func(what string) { fmt.Fprintln(progress, what) })
		return err
	})
	return results, err
}

// runAll runs the mutants in parallel, one per processor. On an error it returns
// the results so far.
func (s *suite) runAll(
	ctx context.Context, made []*schemata, chosen []*mutant, b *overlay.Builder, binaries map[string]string, say func(string),
) ([]result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	results := make([]result, len(chosen))
	next := make(chan int)
	var workers sync.WaitGroup
	var building, saying sync.Mutex
	done := 0
	ran := func(r result) {
		saying.Lock()
		defer saying.Unlock()
		if done++; done%(len(chosen)/10+1) == 0 {
			say(fmt.Sprintf("%d of %d", done, len(chosen)))
		}
		if r.killer == nobody && r.err == nil {
			say("survives: " + r.identity())
		}
	}
	for range runtime.NumCPU() {
		workers.Go(func() {
			for i := range next {
				m := chosen[i]
				folder := path.Dir(m.file.name)
				number, with := m.number, binaries
				if isApart(made, m) {
					building.Lock()
					own, err := b.Build(ctx, map[string]string{m.file.path: alone(m)}, testFolders...)
					building.Unlock()
					if err != nil {
						stop(err)
						continue
					}
					number, with = 0, own
				}
				results[i] = result{m, s.try(ctx, number, folder, with)}
				ran(results[i])
				if err := results[i].err; err != nil {
					stop(err)
				}
			}
		})
	}
feed:
	for i := range chosen {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
	there := slices.DeleteFunc(results, func(r result) bool { return r.mutant == nil || r.err != nil })
	return there, context.Cause(ctx)
}

func isApart(made []*schemata, m *mutant) bool {
	return slices.ContainsFunc(made, func(s *schemata) bool { return slices.Contains(s.apart, m) })
}
