// Package pgtest gives tests a PostgreSQL, which package pgserver finds or
// starts, and each test a migrated database of its own.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		db := pgtest.Open(t) // empty, migrated, dropped when the test ends
//		...
//	}
//
// Package pgserver says where the server comes from, how root runs it, and why
// nothing stays behind. To have servers in Docker, too, import the module that
// starts them:
//
//	import _ "github.com/tasktwin/tasktwin/conformance/pgdocker"
//
// Where there is no PostgreSQL, tests that ask for a database are skipped, and
// with TASKTWIN_REQUIRE_POSTGRES=1 they fail. A server that was asked for by name
// or that exists but does not work makes them fail in any case.
package pgtest
