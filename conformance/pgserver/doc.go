// Package pgserver finds or starts a PostgreSQL server, migrates a template
// database on it once, and clones that database on request. It needs neither
// package testing nor Docker. Tests use it through package pgtest.
//
// # Where the server comes from
//
// pgserver tries these kinds of server, in this order:
//   - url: the server at TASKTWIN_POSTGRES_URL;
//   - local: an installed PostgreSQL, the first one in PATH or else the newest in
//     the folders where distributions put it, started on a private socket in a
//     temporary folder;
//   - the kinds that other packages have registered (see [Register]), such as
//     conformance/pgdocker, a separate module that starts servers in Docker.
//
// If TASKTWIN_POSTGRES is set to a kind, only that kind is tried.
//
// A server that pgserver starts is fast and not durable: fsync and the
// just-in-time compiler are off.
//
// libpq's environment variables, such as PGSERVICE, PGSSLMODE or PGOPTIONS, are about
// other servers. As long as a server runs that this process has started, they are taken
// out of the process's environment, so that neither the server nor its clients see them.
// With TASKTWIN_POSTGRES_URL they stay, and mean what they mean for any client.
//
// # As root
//
// A local server runs as the user postgres, or else nobody. Root does not trust
// that user. The run's folder belongs to root and holds the lock and the log; only
// the server's folder in it belongs to the server's user. Root opens nothing in
// the server's folder but the socket, follows no links there, and signals no
// process that a file there names. Run folders are created only where no other
// user can rename them: if TMPDIR belongs to another user, /tmp is used instead.
//
// # Cleanup
//
// Nothing is left behind, however the process that started a server ends.
// [Server.Close] stops the server. After a panic, os.Exit or a SIGKILL, two small
// shell processes clean up, which wait on pipes for the end of their owner. One
// runs with the rights of the server's user, stops the server and removes its
// files. The other one removes the run's folder. They identify the server by its
// process id and its start time. On Linux the kernel stops the server, too.
//
// If the whole machine crashes or the shells are killed, the next start removes
// what is left: folders whose owner's file lock is free, and databases on the
// server at TASKTWIN_POSTGRES_URL whose owner's advisory lock is free. It signals
// no process: a server that has lost its data folder ends by itself within a
// minute or two.
package pgserver
