// Package pgdocker lets packages pgserver and pgtest start PostgreSQL in Docker if
// no other server is available. Import it for this side effect:
//
//	import _ "github.com/tasktwin/tasktwin/conformance/pgdocker"
//
// It is a separate module because Docker's client has many dependencies.
//
// TASKTWIN_POSTGRES_IMAGE names the image, postgres:17-alpine by default, which is
// pulled if it is missing. With TASKTWIN_POSTGRES=docker only Docker is tried. The
// command in cmd/pgdocker runs any program with such a server.
//
// Nothing is left behind: a container ends when its standard input is closed,
// which happens when the process that started it ends, for whatever reason. After
// a crash of the whole machine, the next start removes what is left.
package pgdocker
