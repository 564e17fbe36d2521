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
// just-in-time compiler are off.
//
// # As root
//
// A local server runs as the user postgres, or else nobody. Root does not trust
// that user. Only the server's folder belongs to it, in the run's folder, which
// belongs to root and holds the lock and the log. Root opens nothing in the
// server's folder but the socket, follows no links there, and signals no process
// that a file there names. Run folders are made only where no other user can
// rename them: a TMPDIR that belongs to another user is passed over for /tmp.
//
// # What stays behind
//
// Nothing. A server ends with the process that started it, however that ends:
// [Server.Close] and [Main] stop it; after a panic, os.Exit or a SIGKILL two small
// shell processes, which wait on pipes for the end of their owner, clean up: one,
// with the rights of the server's user, stops the server and removes its files,
// and one removes the run's folder. It is a process's number together with the
// time of its start that says which process is the server. On Linux the kernel
// stops the server, too. A container ends when its standard input does. What a
// crash of the whole machine leaves, or the end of the shells by force, is
// removed at the next start: folders and containers whose owner's file lock is
// free, and databases on TASKTWIN_POSTGRES_URL's server whose owner's advisory
// lock is. No process is signalled then: a server whose data folder is gone ends
// by itself within a minute or two.
package pgtest
