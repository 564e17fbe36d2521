// Package unittests measures what a unit test costs with each way to give it a store of
// its own: a memdb, a SQLite, a PostgreSQL.
//
//	go test -run '^$' -bench . ./bench/unittests
//
// It is a module of its own because it requires what no other module should: a client
// of Docker (testcontainers-go), pgtestdb, and a driver that needs cgo
// (mattn/go-sqlite3, which takes a C compiler a minute).
//
// A way that this machine lacks is skipped, with the reason: mattn/go-sqlite3 without
// cgo, which the go command turns off where there is no C compiler; pgtestdb and pgtest
// without a PostgreSQL; testcontainers-go unless TASKTWIN_POSTGRES_IMAGE names an image
// that the Docker daemon has. scripts/bench-unittests.sh finds, pulls or builds one.
package unittests
