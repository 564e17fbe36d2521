package generator_test

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/generator"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// library is an interface without tasks: it has authors and their books.
type library interface {
	AddAuthor(ctx context.Context, arg author) (author, error)
	AddBook(ctx context.Context, arg book) (book, error)
	DeleteAuthor(ctx context.Context, id uuid.UUID) (uuid.UUID, error)
	ListBooks(ctx context.Context, author uuid.UUID) ([]book, error)
}

type (
	author struct {
		ID   uuid.UUID
		Name string
	}
	book struct {
		ID, Author uuid.UUID
		Title      string
	}
	// txOptions have no effect on a library.
	txOptions struct{ Comment string }
)

// shelf is a library in two maps. It refuses books that violate a constraint.
// Deleting an author deletes the author's books.
type shelf struct {
	authors map[uuid.UUID]author
	books   map[uuid.UUID]book
	failed  bool // a statement of the transaction has failed
	inside  bool // a transaction
	// orphans is the planted fault: an author's first book is not deleted.
	orphans bool
}

func newShelf(orphans bool) *shelf {
	return &shelf{authors: map[uuid.UUID]author{}, books: map[uuid.UUID]book{}, orphans: orphans}
}

// refusal is the error of a shelf.
type refusal struct{ code, table, constraint string }

func (r refusal) Error() string { return r.code + " " + r.constraint }

const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
	inFailedTransaction = "25P02"
)

// errAborted is the answer to the commit of a transaction that has failed.
var errAborted = errors.New("aborted")

// describe returns what is compared of a shelf's error.
func describe(err error) lockstep.ErrorFacts {
	r, refused := errors.AsType[refusal](err)
	switch {
	case err == nil:
		return lockstep.ErrorFacts{Kind: lockstep.KindSuccess}
	case refused:
		return lockstep.ErrorFacts{Kind: "refusal", Code: r.code, Table: r.table, Constraint: r.constraint}
	case errors.Is(err, context.Canceled):
		return lockstep.ErrorFacts{Kind: lockstep.KindCanceled}
	case errors.Is(err, sql.ErrNoRows):
		return lockstep.ErrorFacts{Kind: "no rows"}
	}
	return lockstep.ErrorFacts{Kind: "other", Elsewise: err.Error()}
}

// check returns the error that a statement fails with: one that any statement can
// fail with, or else err.
func (s *shelf) check(ctx context.Context, err error) error {
	switch {
	case s.failed:
		return refusal{code: inFailedTransaction}
	case ctx.Err() != nil:
		err = ctx.Err()
	}
	s.failed = s.inside && err != nil && !errors.Is(err, sql.ErrNoRows)
	return err
}

func (s *shelf) AddAuthor(ctx context.Context, arg author) (author, error) {
	var err error
	if _, ok := s.authors[arg.ID]; ok {
		err = refusal{uniqueViolation, "authors", "authors_pkey"}
	}
	if err := s.check(ctx, err); err != nil {
		return author{}, err
	}
	s.authors[arg.ID] = arg
	return arg, nil
}

func (s *shelf) AddBook(ctx context.Context, arg book) (book, error) {
	var err error
	if _, ok := s.books[arg.ID]; ok {
		err = refusal{uniqueViolation, "books", "books_pkey"}
	} else if _, ok := s.authors[arg.Author]; !ok {
		err = refusal{foreignKeyViolation, "books", "books_author_fkey"}
	}
	if err := s.check(ctx, err); err != nil {
		return book{}, err
	}
	s.books[arg.ID] = arg
	return arg, nil
}

func (s *shelf) DeleteAuthor(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	var err error
	if _, ok := s.authors[id]; !ok {
		err = sql.ErrNoRows
	}
	if err := s.check(ctx, err); err != nil {
		return uuid.Nil, err
	}
	delete(s.authors, id)
	for i, b := range sorted(s.books, id) {
		if !s.orphans || i > 0 {
			delete(s.books, b.ID)
		}
	}
	return id, nil
}

func (s *shelf) ListBooks(ctx context.Context, author uuid.UUID) ([]book, error) {
	if err := s.check(ctx, nil); err != nil {
		return nil, err
	}
	return sorted(s.books, author), nil
}

func sorted(books map[uuid.UUID]book, author uuid.UUID) []book {
	out := []book{}
	for _, b := range books {
		if b.Author == author {
			out = append(out, b)
		}
	}
	slices.SortFunc(out, func(a, b book) int {
		return cmp.Or(cmp.Compare(a.Title, b.Title), slices.Compare(a.ID[:], b.ID[:]))
	})
	return out
}

// clone returns an independent copy.
func (s *shelf) clone() *shelf {
	c := *s
	c.authors, c.books = maps.Clone(s.authors), maps.Clone(s.books)
	return &c
}

// inTx runs fn on a copy, and takes over the copy's rows if it is committed.
func (s *shelf) inTx(ctx context.Context, fn func(program.Engine) error, _ any) error {
	if err := s.check(ctx, nil); err != nil {
		return err
	}
	tx := s.clone()
	tx.inside = true
	if err := fn(tx.engine()); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case tx.failed:
		return errAborted
	}
	s.authors, s.books = tx.authors, tx.books
	return nil
}

var methods = program.InterfaceOf[library, txOptions]()

func (s *shelf) engine() program.Engine {
	e := program.Engine{
		Call: methods.Caller(s),
		InTx: s.inTx,
		Probe: func(ctx context.Context) error {
			_, err := s.ListBooks(ctx, uuid.Nil)
			return err
		},
		Dump: func(context.Context) (any, error) { return []any{maps.Clone(s.authors), maps.Clone(s.books)}, nil },
	}
	if !s.inside {
		e.Fork = func() (program.Engine, bool) { return s.clone().engine(), true }
	}
	return e
}

// outcomes are the possible answers of the methods.
var outcomes = map[string][]string{
	"AddAuthor":    {"ok", "25P02", "canceled", "23505 authors_pkey"},
	"AddBook":      {"ok", "25P02", "canceled", "23505 books_pkey", "23503 books_author_fkey"},
	"DeleteAuthor": {"ok", "25P02", "canceled", "no rows"},
	"ListBooks":    {"ok", "25P02", "canceled"},
}

// The kinds of rows.
const (
	authors = iota
	books
)

// generate returns a program of operations on a library.
func generate(seed uint64, n int) program.Program {
	g := generator.New(generator.Source(seed), func(r *rand.Rand) uuid.UUID { return program.ID(r.Uint64()) }, 3, 8)
	g.Violations = true
	g.Add(
		generator.Choice{Weight: 6, Make: func() generator.Operation {
			arg := author{g.Unused(authors), generator.Pick(g, []string{"Ada", "Bob"})}
			return generator.Call("AddAuthor", arg, func(any) { g.Learn(authors, arg.ID) })
		}},
		generator.Choice{Weight: 12, Make: func() generator.Operation {
			arg := book{g.Unused(books), g.Known(authors), fmt.Sprint("Volume ", g.Int(3))}
			return generator.Call("AddBook", arg, func(any) { g.Learn(books, arg.ID) })
		}},
		generator.Choice{Weight: 2, Make: func() generator.Operation {
			id := g.Known(authors)
			return generator.Call("DeleteAuthor", id, func(any) { g.Forget(authors, id) })
		}},
		generator.Choice{Weight: 4, Make: func() generator.Operation {
			return generator.Call("ListBooks", g.Known(authors), nil)
		}},
		generator.Choice{Weight: 3, Make: g.Transaction},
		generator.Choice{Weight: 1, Make: g.Canceled},
		generator.Choice{Weight: 1, Make: g.Fork},
	)
	return g.Program(newShelf(false).engine(), n, nil)
}

// Two equal libraries answer alike, and give every possible answer.
func TestLibrariesInLockstep(t *testing.T) {
	t.Parallel()
	p := generate(1, 3000)
	read, err := methods.Parse(p.String())
	require.NoError(t, err)
	require.Equal(t, p.String(), read.String())
	ref, sub := newShelf(false).engine(), newShelf(false).engine()
	report, err := lockstep.Run(t.Context(), ref, sub, lockstep.Options{
		Program: read, Describe: describe, Outcomes: outcomes,
	})
	require.NoError(t, err)
	require.Empty(t, report.Mismatches)
	require.Empty(t, report.Missed)
	require.GreaterOrEqual(t, report.Ops, 3000)
	for _, name := range []string{
		program.OpBegin, program.OpSavepoint, program.OpRollback, program.OpPanic, program.OpCancel, program.OpFork,
	} {
		require.Contains(t, p.String(), name+"\n")
	}
}

// A fault planted in one of two libraries is found, and the program shrinks to the
// operations that show it.
func TestFaultOfALibraryIsFound(t *testing.T) {
	t.Parallel()
	faulty := func(ctx context.Context, p program.Program) *lockstep.Report {
		report, err := lockstep.Run(ctx, newShelf(false).engine(), newShelf(true).engine(), lockstep.Options{
			Program: p, Describe: describe, Check: lockstep.CheckEnd, FirstOnly: true,
		})
		require.NoError(t, err)
		return report
	}
	report := faulty(t.Context(), generate(1, 3000))
	require.NotEmpty(t, report.Mismatches)
	p, err := methods.Parse(report.Program)
	require.NoError(t, err)
	p, err = program.Shrink(t.Context(), methods, p, func(ctx context.Context, p program.Program) (bool, error) {
		return len(faulty(ctx, p).Mismatches) > 0, nil
	})
	require.NoError(t, err)
	require.Equal(t, "AddAuthor ID=00000000-0000-0000-0000-000000000001\n"+
		"AddBook ID=00000000-0000-0000-0000-000000000002 Author=00000000-0000-0000-0000-000000000001\n"+
		"DeleteAuthor 00000000-0000-0000-0000-000000000001\n", p.String())
}

// An accepted difference is counted, and is no mismatch.
func TestDifferencesOfALibraryAreAccepted(t *testing.T) {
	t.Parallel()
	p, err := methods.Parse("AddAuthor\nAddBook\nDeleteAuthor 00000000-0000-0000-0000-000000000000\nAddBook\n")
	require.NoError(t, err)
	accept := []lockstep.Difference{{
		Name: "a book that stayed is in the way",
		Matches: func(op program.Op, ref, sub lockstep.ErrorFacts) bool {
			return op.Name == "AddBook" && ref.Code == foreignKeyViolation && sub.Code == uniqueViolation
		},
	}, {Name: "never", Matches: func(program.Op, lockstep.ErrorFacts, lockstep.ErrorFacts) bool { return false }}}
	report, err := lockstep.Run(t.Context(), newShelf(false).engine(), newShelf(true).engine(), lockstep.Options{
		Program: p, Describe: describe, Check: lockstep.CheckEnd, Accept: accept,
	})
	require.NoError(t, err)
	require.Equal(t, []lockstep.Accepted{{Name: accept[0].Name, Count: 1}, {Name: "never"}}, report.Accepted)
	require.Len(t, report.Mismatches, 1, "the rows differ at the end")
	require.Equal(t, "Dump", report.Mismatches[0].Method)
}
