// Package pgtest gives each test a migrated database of its own, on a PostgreSQL
// server that package pgserver finds or starts.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		db := pgtest.Open(t) // empty, migrated, dropped when the test ends
//		...
//	}
//
// Databases with rows are cloned, too: [FromDump] and [FromRows] take the rows, and
// [FromSQL] and [FromFunc] what makes them. They are made once.
//
//	//go:embed testdata/seed.jsonl
//	var file string
//	var seed = pgtest.FromDump(file)
//
//	func TestSomething(t *testing.T) {
//		db := seed.Open(t) // with the rows of the file, dropped when the test ends
//		...
//	}
//
// With TASKTWIN_KEEP=1, a failed test keeps its databases and logs their URLs. That needs
// a server that outlives the tests, at TASKTWIN_POSTGRES_URL. Nobody drops a kept
// database but you; its name begins with tasktwin_kept_.
//
// [Pgbouncer] puts a PgBouncer in front of a test's database.
//
// Package pgserver documents where the server comes from, how root runs it, and
// how it is cleaned up. To allow servers in Docker, too, import the module that
// starts them:
//
//	import _ "github.com/tasktwin/tasktwin/conformance/pgdocker"
//
// Without a PostgreSQL, tests that need a database are skipped. They fail instead
// if TASKTWIN_REQUIRE_POSTGRES=1 is set, if the environment names a server or a
// kind of server, or if a server exists but does not work.
package pgtest
