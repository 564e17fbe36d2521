// Package pgdocker has package pgserver, and so pgtest, start PostgreSQL in
// Docker where there is no other. Import it for that:
//
//	import _ "github.com/tasktwin/tasktwin/conformance/pgdocker"
//
// It is a module of its own because of what Docker's client depends on.
//
// TASKTWIN_POSTGRES_IMAGE names the image, postgres:17-alpine by default, which is
// pulled if it is not there. With TASKTWIN_POSTGRES=docker nothing but Docker is
// tried. The command in cmd/pgdocker runs any program with such a server.
//
// Nothing stays behind: a container ends when its standard input does, which is
// when the process that started it ends, in whatever way. What a crash of the
// whole machine leaves is removed at the next start.
package pgdocker
