// Command gen generates the code that follows from the schema, the queries and the
// interface Querier, so that each of these is written only once:
//
//   - enums.go, constraints.go, models.go and params.go of the root package;
//   - dump.go of internal/enums;
//   - querier_methods.go of internal/intercept;
//   - forward.go, rows.go, scan_enums.go, dump_tables.go, load_tables.go and
//     internal/null of pgdb;
//   - method_calls.go and constraint_outcomes.go of conformance/internal/stores;
//   - insert_rows.go and dumped_tables.go of tasktest.
//
// In sqlc's code it moves the names of the statements to their ends.
//
// It reads pgdb/migrations, pgdb/queries, sqlc's code in pgdb/internal/sqlc, and
// querier.go. Exceptions are written by hand: types, methods and functions that are
// declared in a file that is not generated are not generated.
package main

//go:generate go run . -root ../..

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"maps"
	"os"
	"path/filepath"
)

func main() {
	root := flag.String("root", ".", "folder of the root module")
	sqlc := flag.Bool("sqlc", false, "only write the enums into pgdb/sqlc.yaml, before sqlc runs")
	flag.Parse()
	generate := run
	if *sqlc {
		generate = writeSqlcConfig
	}
	if err := generate(*root); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes the files that are not current.
func run(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, text) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as the file below
			return err
		}
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // source is for everybody
			return err
		}
	}
	return nil
}

// generate returns the text of each generated file, by its path from root. The
// error names everything that is missing.
func generate(root string) (map[string][]byte, error) {
	p, err := load(root)
	if err != nil {
		return nil, err
	}
	files := map[string]string{
		"enums.go":                                    p.enumsFile(),
		"constraints.go":                              p.constraintsFile(),
		"models.go":                                   p.modelsFile(),
		"params.go":                                   p.paramsFile(),
		"pgdb/internal/null/null.go":                  p.nullFile(),
		"pgdb/forward.go":                             p.forwardFile(),
		"pgdb/rows.go":                                p.rowsFile(),
		"pgdb/scan_enums.go":                          p.scanEnumsFile(),
		"pgdb/dump_tables.go":                         p.dumpTablesFile(),
		"pgdb/load_tables.go":                         p.loadTablesFile(),
		"internal/enums/dump.go":                      p.checkDumpFile(),
		"tasktest/insert_rows.go":                     p.insertRowsFile(),
		"tasktest/dumped_tables.go":                   p.dumpedTablesFile(),
		"internal/intercept/querier_methods.go":       p.interceptFile(),
		"conformance/internal/stores/method_calls.go": p.methodCallsFile(),
		"conformance/internal/stores/constraint_outcomes.go": p.outcomesFile(),
	}
	if err := errors.Join(p.problems...); err != nil {
		return nil, err
	}
	named, err := sqlcFiles(root)
	if err != nil {
		return nil, err
	}
	maps.Copy(files, named)
	out := map[string][]byte{}
	for name, text := range files {
		formatted, err := format.Source([]byte(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", name, err, text)
		}
		out[name] = formatted
	}
	return out, nil
}
