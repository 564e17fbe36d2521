// Package pgserver finds or starts a PostgreSQL, migrates a template database on
// it once, and clones that as often as one asks. It needs neither package testing
// nor Docker. Tests use it through package pgtest.
//
// # Where the server comes from
//
// In this order: the server at TASKTWIN_POSTGRES_URL; the newest PostgreSQL
// installed on this machine, from PATH and the folders where distributions put
// it, started on a private socket in a temporary folder; the kinds that other
// packages have registered (see [Register]). One that is imported for that is
// conformance/pgdocker, a module of its own, which starts servers in Docker.
// TASKTWIN_POSTGRES set to url, local or a registered kind leaves only that one.
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
// [Server.Close] stops it; after a panic, os.Exit or a SIGKILL two small shell
// processes, which wait on pipes for the end of their owner, clean up: one, with
// the rights of the server's user, stops the server and removes its files, and
// one removes the run's folder. It is a process's number together with the time of
// its start that says which process is the server. On Linux the kernel stops the
// server, too. What a crash of the whole machine leaves, or the end of the shells
// by force, is removed at the next start: folders whose owner's file lock is free,
// and databases on TASKTWIN_POSTGRES_URL's server whose owner's advisory lock is.
// No process is signalled then: a server whose data folder is gone ends by itself
// within a minute or two.
package pgserver
