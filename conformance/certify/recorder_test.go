package certify

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
)

func TestRecorder(t *testing.T) {
	t.Parallel()
	unique := &tasktwin.Error{Code: tasktwin.UniqueViolation, Constraint: "tasks_pkey"}
	want := lockstep.ErrorFacts{Kind: lockstep.KindSuccess}
	got := lockstep.ErrorFacts{Kind: "failure", Code: "23505", Constraint: "tasks_pkey"}
	for name, c := range map[string]struct {
		run  func(*recorder)
		want []Difference
	}{
		"nothing": {func(*recorder) {}, nil},
		"failures, after which the case goes on": {
			func(r *recorder) {
				r.Error("a", 1)
				r.Errorf("insert: %v", unique)
			},
			[]Difference{
				{Case: "c", Call: "assertion", PostgreSQL: "passed", Server: "failed", Text: "a1"},
				{
					Case: "c", Call: "assertion", PostgreSQL: "passed", Server: "23505 tasks_pkey", ServerState: "23505",
					Text: "insert: " + unique.Error(),
				},
			},
		},
		"the end of the case": {
			func(r *recorder) {
				defer r.Fatal(errors.New("the second"))
				r.Fatalf("the %s", "first")
			},
			[]Difference{
				{Case: "c", Call: "assertion", PostgreSQL: "passed", Server: "failed", Text: "the first"},
				{Case: "c", Call: "assertion", PostgreSQL: "passed", Server: "other", Text: "the second"},
			},
		},
		"a panic": {
			func(*recorder) { panic("boom") },
			[]Difference{{Case: "c", Call: "assertion", PostgreSQL: "passed", Server: "failed", Text: "panic: boom"}},
		},
		"an error with facts": {
			func(r *recorder) { r.Differs("a write", want, got) },
			[]Difference{{
				Case: "c", Call: "a write", PostgreSQL: "ok", Server: "23505 tasks_pkey", ServerState: "23505", Text: lockstep.Compare(want, got),
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &recorder{ctx: t.Context(), name: "c"}
			require.True(t, r.run(func() { c.run(r) }))
			differences, skipped := r.taken()
			require.Equal(t, c.want, differences)
			require.False(t, skipped)
		})
	}
}

func TestRecorderSkips(t *testing.T) {
	t.Parallel()
	r := &recorder{ctx: t.Context(), name: "c"}
	require.True(t, r.run(func() {
		r.Skipf("%T is no loader", r)
		r.Error("unreachable")
	}))
	differences, skipped := r.taken()
	require.Empty(t, differences)
	require.True(t, skipped)
}

// A case that ends with its context has ended.
func TestRecorderEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	r := &recorder{ctx: ctx, name: "c"}
	require.True(t, r.run(func() {
		cancel()
		<-r.Context().Done()
	}))
}

func TestInSchema(t *testing.T) {
	t.Parallel()
	for base, want := range map[string]string{
		"postgres://u@h/d":                         "postgres://u@h/d?search_path=s",
		"postgresql://u@h/d?search_path=a&x=1":     "postgresql://u@h/d?search_path=s&x=1",
		"host=localhost dbname=d search_path=a":    "host=localhost dbname=d search_path=a search_path=s",
		"postgres://u:p%40ss@h/d?host=%2Frun%2Fpg": "postgres://u:p%40ss@h/d?host=%2Frun%2Fpg&search_path=s",
	} {
		require.Equal(t, want, inSchema(base, "s"))
	}
}
