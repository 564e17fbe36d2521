// Command planted plants mistakes in the code that makes sessions of memdb wait, one at
// a time, and shows that generated programs of several sessions find them. See
// docs/conformance.md.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/tasktwin/tasktwin/tools/internal/overlay"
)

// maxSteps is to how many steps a program has to shrink.
const maxSteps = 10

// options are the command-line options.
type options struct {
	run      string
	seed     uint64
	programs int
	list     bool
	verbose  bool
}

func main() {
	var o options
	flag.StringVar(&o.run, "run", "", "only the mistakes with this in their names")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the first program")
	flag.IntVar(&o.programs, "programs", 5000, "programs in which a mistake has to be found")
	flag.BoolVar(&o.list, "list", false, "list the mistakes and run nothing")
	flag.BoolVar(&o.verbose, "v", false, "print the programs that show the mistakes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, o, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "planted:", err)
		os.Exit(1)
	}
}

// run prints a line of a table for each mistake. It leaves no files.
func run(ctx context.Context, o options, out, progress io.Writer) (err error) {
	root, err := overlay.ProjectRoot(ctx)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "tasktwin-planted-")
	if err != nil {
		return err
	}
	defer func() { err = cmp.Or(err, os.RemoveAll(folder)) }()
	b := &overlay.Builder{Root: root, Folder: folder}
	sound, err := soundCopy(root)
	if err != nil {
		return err
	}
	if o.run == "" && !o.list {
		f, err := try(ctx, b, sound, nil, o)
		if err != nil || f.programs > 0 || f.scripts != "0" {
			return errors.Join(err, fmt.Errorf("memdb differs from itself, or from the scripts, without a mistake: %s\n%s", f, f.program))
		}
	}
	var problems []error
	ran := 0
	fmt.Fprintln(out, "| planted mistake | programs to find it | shrunk to | PostgreSQL shows it | scripts that show it |")
	fmt.Fprintln(out, "| --- | ---: | ---: | --- | ---: |")
	for _, m := range mistakes {
		if !strings.Contains(m.name, o.run) {
			continue
		}
		ran++
		texts, err := m.plantIn(filepath.Join(root, "memdb/internal/rel"))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if o.list {
			fmt.Fprintln(out, m.name)
			continue
		}
		found, err := try(ctx, b, sound, texts, o)
		if err != nil {
			return errors.Join(append(problems, fmt.Errorf("%s: %w", m.name, err))...)
		}
		fmt.Fprintf(out, "| %s | %s |\n", m.name, found)
		if o.verbose {
			fmt.Fprintln(progress, found.program)
		}
		if problem := found.problem(cmp.Or(m.steps, maxSteps)); problem != "" {
			problems = append(problems, fmt.Errorf("%s: %s", m.name, problem))
		}
	}
	if ran == 0 {
		return errors.New("there is no such mistake")
	}
	return errors.Join(problems...)
}

var packageClause = regexp.MustCompile(`(?m)^package memdb$`)

// soundCopy returns the files of a package memdb/sound, by their paths, which is memdb as
// it is, and of a test file that lets the tests of sessions have it.
func soundCopy(root string) (map[string]string, error) {
	texts := map[string]string{}
	for from, to := range map[string]string{"memdb": "memdb/sound", "memdb/internal/rel": "memdb/sound/internal/rel"} {
		files, err := filepath.Glob(filepath.Join(root, from, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			own := strings.ReplaceAll(string(text), "tasktwin/memdb/internal/rel\"", "tasktwin/memdb/sound/internal/rel\"")
			texts[filepath.Join(root, to, filepath.Base(file))] = packageClause.ReplaceAllString(own, "package sound")
		}
	}
	texts[filepath.Join(root, contention, "sound_test.go")] = hook
	return texts, nil
}

// hook is a test file.
const hook = `package contention

import (
	"github.com/tasktwin/tasktwin/memdb/sound"
)

func init() {
	openSound = func(version int) memory { return sound.New(sound.Options{PostgresVersion: version}) }
}
`
