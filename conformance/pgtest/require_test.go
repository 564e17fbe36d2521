package pgtest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRequire(t *testing.T) {
	cases := []struct {
		name, require, kind, url string
		err                      error
		want                     bool
	}{
		{name: "nothing there", err: ErrNotFound, want: true},
		{name: "required", require: "1", err: ErrNotFound},
		{name: "not required", require: "0", err: ErrNotFound, want: true},
		{name: "asked for a kind", kind: "local", err: ErrNotFound},
		{name: "asked for a URL", url: "postgres://x", err: ErrNotFound},
		{name: "there, but broken", err: errors.New("initdb: exit status 1")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(envRequire, c.require)
			t.Setenv("TASKTWIN_POSTGRES", c.kind)
			t.Setenv("TASKTWIN_POSTGRES_URL", c.url)
			require.Equal(t, c.want, maySkip(c.err))
		})
	}
}

func TestNothingFoundSaysHowToUseDocker(t *testing.T) {
	t.Setenv("TASKTWIN_POSTGRES", "url")
	t.Setenv("TASKTWIN_POSTGRES_URL", "")
	var s sharedServer
	_, err := s.get()
	require.ErrorIs(t, err, ErrNotFound)
	require.ErrorContains(t, err, "docker: the tests do not import conformance/pgdocker")
}
