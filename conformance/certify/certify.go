package certify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/cases"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// defaultLimit is that of Options.
const defaultLimit = 2 * time.Minute

// Options say what [Run] does. The zero value runs all cases and no random operations.
type Options struct {
	// Cases, if set, matches the names of the cases to run.
	Cases *regexp.Regexp
	// Ops is the number of random operations, and Seed their seed.
	Ops  int
	Seed uint64
	// Limit is the time that a case, or all random operations, may take. A case that takes
	// longer is a difference. 0 means 2 minutes for a case, and no limit for the
	// operations.
	Limit time.Duration
	// Progress, if set, is called after each case with the number of cases done and that
	// of all. The parity/ cases count.
	Progress func(done, all int)
}

// Run runs the suite on the database at url, a connection string as of
// [pgdb.ParseConfig], in a schema of its own, one case after the other. It drops the
// schema before it returns, even if the context is done or a case has failed: if it cannot,
// the error names the schema.
//
// What the server answers differently is in the report, and is no error. The error says
// that the server cannot be tested: it does not answer, is refused by [pgdb.Open], does not
// let a schema be created, or the context has ended. The report has what was found until
// then, and is never nil.
func Run(ctx context.Context, url string, opts Options) (report *Report, err error) {
	r := &run{opts: opts, report: &Report{Seed: opts.Seed, Differences: []Difference{}}}
	if opts.Ops < 0 {
		return r.report, fmt.Errorf("certify: Options.Ops is %d: it must not be negative", opts.Ops)
	}
	if opts.Limit < 0 {
		return r.report, fmt.Errorf("certify: Options.Limit is %s: it must not be negative", opts.Limit)
	}
	if r.schema, err = createSchema(ctx, url); err != nil {
		return r.report, fmt.Errorf("certify: %w", err)
	}
	defer func() {
		if err = errors.Join(err, r.schema.drop(ctx)); err != nil {
			err = fmt.Errorf("certify: %w", err)
		}
	}()
	return r.report, r.run(ctx)
}

// run is a run of Run.
type run struct {
	opts   Options
	report *Report
	schema *schema
	// twin are the options of a memdb that answers as PostgreSQL does, and accepted what it
	// answers differently.
	twin     memdb.Options
	accepted []parity.Difference
}

// part is a case, or what is counted as one.
type part struct {
	name string
	run  func(context.Context, *recorder) error
}

func (r *run) run(ctx context.Context) error {
	if err := r.schema.admin.Pool().QueryRow(ctx, "SELECT version()").Scan(&r.report.Server); err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	if created, err := r.createTables(ctx); err != nil || !created {
		return err
	}
	if err := r.chooseTwin(ctx); err != nil {
		return err
	}
	parts := r.parts()
	for i, p := range parts {
		if err := r.part(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if r.opts.Progress != nil {
			r.opts.Progress(i+1, len(parts))
		}
	}
	return nil
}

// createTables creates the tables: all at once or, if the server refuses that, statement
// by statement. It returns false if not all are there.
func (r *run) createTables(ctx context.Context) (created bool, err error) {
	refused, err := r.refusal(ctx, "Migrate", pgdb.Migrate(ctx, r.schema.url))
	if err != nil || !refused {
		return err == nil, err
	}
	if err := r.schema.recreate(ctx); err != nil {
		return false, err
	}
	statements, err := pgdb.SchemaSQL()
	if err != nil {
		return false, err
	}
	db, err := r.open(ctx)
	if err != nil {
		return false, err
	}
	defer db.Close()
	created = true
	for _, sql := range statements {
		_, err := db.Pool().Exec(ctx, sql)
		call, _, _ := strings.Cut(sql, " (")
		call, _, _ = strings.Cut(call, " AS\n")
		refused, err := r.refusal(ctx, call, err)
		if err != nil {
			return false, err
		}
		// A server may do without an index, but not without a table or the view.
		created = created && (!refused || strings.Contains(call, " INDEX "))
	}
	return created, nil
}

// refusal adds the server's refusal to create something to the report, and returns other
// errors.
func (r *run) refusal(ctx context.Context, call string, err error) (refused bool, _ error) {
	answer, ok := errors.AsType[*pgconn.PgError](err)
	if ctx.Err() != nil || !ok {
		return false, err
	}
	want, got := lockstep.ErrorFacts{Kind: lockstep.KindSuccess}, lockstep.ErrorFacts{Code: answer.Code}
	r.report.Differences = append(r.report.Differences, differenceOf(CaseSchema, call, err.Error(), want, got))
	return true, nil
}

// chooseTwin chooses the PostgreSQL with which the server is compared.
func (r *run) chooseTwin(ctx context.Context) error {
	db, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if r.twin, err = twin.Options(ctx, db); err != nil {
		if ctx.Err() != nil {
			return err
		}
		r.report.Note = err.Error()
		r.twin = memdb.Options{}
	}
	r.report.ComparedWith = cmp.Or(r.twin.PostgresVersion, memdb.DefaultPostgresVersion)
	for _, d := range twin.Accepted(r.report.ComparedWith) {
		r.accepted = append(r.accepted, d.Swapped()) // the reference is memdb here
	}
	return nil
}

func (r *run) open(ctx context.Context) (*pgdb.DB, error) {
	return pgdb.Open(ctx, r.schema.url, pgdb.Options{})
}

func (r *run) parts() []part {
	var parts []part
	add := func(name string, run func(context.Context, *recorder) error) {
		if r.opts.Cases == nil || r.opts.Cases.MatchString(name) {
			parts = append(parts, part{name, run})
		}
	}
	for _, c := range cases.All() {
		add(c.Name, func(ctx context.Context, rec *recorder) error { return r.runCase(ctx, rec, c) })
	}
	add(CaseFailures, func(ctx context.Context, rec *recorder) error {
		_, err := r.runProgram(ctx, rec, workload.Matrix())
		return err
	})
	if r.opts.Ops > 0 {
		add(CaseOperations, func(ctx context.Context, rec *recorder) (err error) {
			scratch := memdb.New(memdb.Options{})
			defer scratch.Close()
			r.report.Ops, err = r.runProgram(ctx, rec, parity.Generate(scratch, r.opts.Seed, parity.PresetMixed, r.opts.Ops))
			return err
		})
	}
	return parts
}

// part runs a case in the empty schema. The error is not the case's.
func (r *run) part(ctx context.Context, p part) error {
	if err := r.schema.empty(ctx); err != nil {
		return err
	}
	limit := r.opts.Limit
	if limit == 0 && p.name != CaseOperations {
		limit = defaultLimit
	}
	within, cancel := limited(ctx, limit)
	defer cancel()
	rec := &recorder{ctx: within, name: p.name}
	err := p.run(within, rec)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if within.Err() != nil { // what the case says after that is no answer of the server
		rec.Errorf("it does not end within %s", limit)
		err = nil
	}
	differences, skipped := rec.taken()
	r.report.Cases++
	if skipped {
		r.report.Skipped++
	}
	r.report.Differences = append(r.report.Differences, differences...)
	return err
}

// limited returns a context that ends after a time, unless that is 0.
func limited(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

// errHangs is the error of a case that goes on after its context has ended.
var errHangs = errors.New("the case does not end")

// runCase runs a case: on the server and a memdb in lockstep or, if it cannot run on two
// engines, on the server.
func (r *run) runCase(ctx context.Context, rec *recorder, c cases.Case) error {
	db, err := r.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	if c.Alone {
		if !rec.run(func() { c.Run(rec, cases.NewFixture(rec, db)) }) {
			return errHangs
		}
		return nil
	}
	memory := memdb.New(r.twin)
	defer memory.Close()
	calls := stores.NewRecord(r.accepted...)
	both := stores.Together(memory, db, calls)
	ended := rec.run(func() { c.Run(rec, cases.NewFixture(rec, both)) })
	if !ended {
		return errHangs
	}
	if usable(ctx, memory) && usable(ctx, db) {
		_, _ = both.Dump(ctx) // compares all rows
	}
	rec.add(differencesOf(c.Name, calls.Mismatches())...)
	for _, err := range both.Overlaps() {
		rec.Error(err)
	}
	return nil
}

// usable reports whether the case has left the store open.
func usable(ctx context.Context, s tasktwin.Store) bool { return s.Ping(ctx) == nil }

// runProgram runs a program on the server and on a memdb, and returns the number of
// operations that were made.
func (r *run) runProgram(ctx context.Context, rec *recorder, p parity.Program) (made int, err error) {
	db, err := r.open(ctx)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	memory := memdb.New(r.twin)
	defer memory.Close()
	report, err := parity.Run(ctx, memory, db, parity.Options{Program: p, Accept: r.accepted})
	rec.add(differencesOf(rec.name, report.Mismatches)...)
	if err != nil { // such as rows that cannot be read
		rec.Error(err)
	}
	return report.Ops, nil
}
