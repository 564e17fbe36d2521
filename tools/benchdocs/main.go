// Command benchdocs generates the tables and charts of the documentation from the
// results of benchmarks.
//
//	benchdocs machine                 # prints the header of saved results
//	benchdocs write FOLDER RESULTS... # fills in the documents below a folder
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/chart"
	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/report"
	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

func main() {
	if err := run(context.Background(), os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "benchdocs:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage: benchdocs machine, or benchdocs write FOLDER RESULTS")

func run(ctx context.Context, out io.Writer, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "machine":
		return machine(ctx, out)
	case len(args) > 2 && args[0] == "write":
		set, err := results.ReadFiles(args[2:]...)
		if err != nil {
			return err
		}
		return write(args[1], set)
	default:
		return errUsage
	}
}

// machine prints details of the machine that go test omits, in the format of its
// output.
func machine(ctx context.Context, out io.Writer) (err error) {
	server, err := pgserver.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	conn, err := pgx.Connect(ctx, server.URL())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	var version string
	if err := conn.QueryRow(ctx, "SELECT split_part(current_setting('server_version'), ' ', 1)").Scan(&version); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "cores: %d\ngo: %s\npostgres: %s\n", runtime.NumCPU(), runtime.Version(), version)
	return err
}

// documents are the files with tables.
var documents = []string{"README.md", "docs/performance.md"}

// write fills in the tables and draws the charts.
func write(folder string, set *results.Set) error {
	for _, name := range documents {
		path := filepath.Join(folder, name)
		old, err := os.ReadFile(path) //nolint:gosec // the folder is the caller's
		if err != nil {
			return err
		}
		filled, err := report.Fill(string(old), set)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if err := os.WriteFile(path, []byte(filled), 0o644); err != nil { //nolint:gosec // documents are world-readable
			return err
		}
	}
	charts := chart.Charts()
	for _, name := range slices.Sorted(maps.Keys(charts)) {
		var b bytes.Buffer
		drawn, err := charts[name].WriteSVG(&b, set)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !drawn {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, "docs", name), b.Bytes(), 0o644); err != nil { //nolint:gosec // as above
			return err
		}
	}
	return nil
}
