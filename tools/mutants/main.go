// Command mutants is mutation testing: it makes small changes to the packages
// memdb, memdb/internal/rel, memdb/internal/cow and internal/pgvalue, one at a
// time, and counts how many of them the tests detect. See docs/conformance.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/tasktwin/tasktwin/tools/internal/overlay"
)

// folders are the packages to mutate.
var folders = []string{"memdb", "memdb/internal/rel", "memdb/internal/cow", "internal/pgvalue"}

// testFolders are the packages whose tests are run on the mutants.
var testFolders = append([]string{conformanceFolder, scriptsFolder}, folders...)

// listFile lists the equivalent mutants.
const listFile = "tools/mutants/equivalents.txt"

// options are the command-line options.
type options struct {
	pkg, file, run, sample string
	seed                   uint64
	ops                    int
	list, verbose          bool
}

func main() {
	var o options
	flag.StringVar(&o.pkg, "package", "", "only the mutants of this package: memdb, rel, cow or pgvalue")
	flag.StringVar(&o.file, "file", "", "only the mutants of these files, such as tx.go,db.go")
	flag.StringVar(&o.run, "run", "", "only the mutant with this identity, or those with this in it")
	flag.StringVar(&o.sample, "sample", "", "only a part, such as 1/20")
	flag.Uint64Var(&o.seed, "seed", 1, "which part")
	flag.IntVar(&o.ops, "ops", 5000, "operations of a long transcript")
	flag.BoolVar(&o.list, "list", false, "list the mutants and run nothing")
	flag.BoolVar(&o.verbose, "v", false, "say of each mutant what killed it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ok, err := run(ctx, o, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// prepare generates all mutants, and a report without results.
func prepare(ctx context.Context) ([]*schemata, *report, error) {
	root, err := overlay.ProjectRoot(ctx)
	if err != nil {
		return nil, nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(listFile)))
	if err != nil {
		return nil, nil, err
	}
	r := &report{root: root, repeat: "go run ./tools/mutants -run"}
	if r.listed, err = parseEquivalents(string(text)); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", listFile, err)
	}
	pkgs, err := load(ctx, root, folders...)
	if err != nil {
		return nil, nil, err
	}
	var made []*schemata
	for _, p := range pkgs {
		s, err := newSchemata(p, len(r.mutants)+r.invalid+1)
		if err != nil {
			return nil, nil, err
		}
		made = append(made, s)
		r.mutants = append(r.mutants, s.all()...)
		r.invalid += s.invalid
	}
	r.gone = missing(r.listed, r.mutants)
	return made, r, nil
}

// run returns true if there are no problems.
func run(ctx context.Context, o options, out, progress io.Writer) (ok bool, err error) {
	made, r, err := prepare(ctx)
	if err != nil {
		return false, err
	}
	chosen, err := o.choose(r.mutants)
	if err != nil {
		return false, err
	}
	if o.list {
		for _, m := range chosen {
			fmt.Fprintf(out, "%s:%d\t%s\n", m.file.name, m.line, m.identity())
		}
		return true, nil
	}
	if len(chosen) == 0 {
		return false, errors.New("there is no such mutant")
	}
	var stopped error
	r.results, stopped = kill(ctx, r.root, made, chosen, o, progress)
	if len(r.results) == 0 {
		return false, stopped
	}
	r.whole = o.file == "" && o.run == "" && o.sample == "" && stopped == nil
	if o.verbose {
		for _, res := range r.results {
			how, _, _ := strings.Cut(strings.TrimSpace(res.how), "\n")
			fmt.Fprintf(out, "%s: %s: %s\n", res.identity(), res.killer, how)
		}
	}
	ok, err = r.write(out)
	if stopped != nil {
		err = fmt.Errorf("after %d of %d mutants: %w", len(r.results), len(chosen), stopped)
	}
	return ok && stopped == nil, err
}
