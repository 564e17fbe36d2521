package pgdocker_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance"
	_ "github.com/tasktwin/tasktwin/conformance/pgdocker"
	"github.com/tasktwin/tasktwin/conformance/pgserver"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/conformance/twin"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// requireDocker skips a test that needs a Docker daemon, unless the environment
// asks for Docker.
func requireDocker(t *testing.T) {
	t.Helper()
	if os.Getenv("TASKTWIN_POSTGRES") != "docker" {
		t.Skip("needs TASKTWIN_POSTGRES=docker, as make test-docker sets it")
	}
}

func TestDockerIsTheLastKind(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"url", "local", "docker"}, pgserver.Kinds())
}

func TestWithoutADaemon(t *testing.T) {
	t.Setenv("TASKTWIN_POSTGRES", "docker")
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	_, err := pgserver.Start(t.Context())
	require.ErrorIs(t, err, pgserver.ErrNotFound)
	require.ErrorContains(t, err, "docker: no daemon answers at unix://")
}

func TestImageThatCannotBePulled(t *testing.T) {
	requireDocker(t)
	t.Setenv("TASKTWIN_POSTGRES_IMAGE", "localhost:1/none")
	_, err := pgserver.Start(t.Context())
	require.ErrorIs(t, err, pgserver.ErrNotFound)
	require.ErrorContains(t, err, "docker: image localhost:1/none is not there and cannot be pulled")
}

func TestSuite(t *testing.T) {
	t.Parallel()
	requireDocker(t)
	conformance.Run(t, func(t testing.TB) tasktwin.Store { return pgtest.Open(t) })
}

func TestParity(t *testing.T) {
	t.Parallel()
	requireDocker(t)
	opts, err := twin.Options(t.Context(), pgtest.Open(t))
	require.NoError(t, err)
	conformance.RunParity(t,
		func(t testing.TB) tasktwin.Store { return pgtest.Open(t) },
		func(testing.TB) tasktwin.Store { return memdb.New(opts) },
		conformance.Accept(twin.Accepted(opts.PostgresVersion)...), conformance.Fork(twin.Fork), conformance.Explain(twin.Explain))
}
