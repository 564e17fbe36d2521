// Package pgtest gives tests a PostgreSQL: it finds or starts one, migrates a
// template database once, and clones it for every test that asks.
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
//	func TestSomething(t *testing.T) {
//		db := pgtest.Open(t) // empty, migrated, dropped when the test ends
//		...
//	}
//
// # Where the server comes from
//
// In this order: the server at TASKTWIN_POSTGRES_URL; the newest PostgreSQL
// installed on this machine, from PATH and the folders where distributions put
// it, started on a private socket in a temporary folder; Docker, with the image
// TASKTWIN_POSTGRES_IMAGE (default postgres:17-alpine). TASKTWIN_POSTGRES set to
// url, local or docker leaves only that one. Where there is none, tests that ask
// for a database are skipped, and with TASKTWIN_REQUIRE_POSTGRES=1 they fail. A
// server that was asked for by name or that exists but does not work makes them
// fail in any case.
//
// A started server answers fast and forgets everything: durability and the
// just-in-time compiler are off. As root, a local server runs as the user
// postgres, or else nobody.
//
// # What stays behind
//
// Nothing. A server ends with the process that started it, however that ends:
// [Server.Close] and [Main] stop it; after a panic, os.Exit or a SIGKILL a small
// shell process, which waits on a pipe for the end of its owner, stops the
// server and removes its folder (on Linux the kernel stops the server, too), and
// a container ends when its standard input does. What a crash of the whole
// machine leaves is removed at the next start: folders and containers whose
// owner's file lock is free, and databases on TASKTWIN_POSTGRES_URL's server
// whose owner's advisory lock is.
package pgtest
