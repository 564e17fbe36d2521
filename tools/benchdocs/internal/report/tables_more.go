package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

func forkTables() map[string]Table {
	row := func(what, benchmark string) []cell {
		name := func(tasks int) string { return strings.ReplaceAll(benchmark, "{}", strconv.Itoa(tasks)) }
		row := []cell{text(what)}
		for _, tasks := range []int{10, 100_000} {
			row = append(row, measured(name(tasks), results.Seconds, duration), value(median(name(tasks), results.Bytes), bytes))
		}
		return row
	}
	const (
		fork   = "Fork/tasks={}/store=memdb"
		task   = "ForkAndWrite/tasks={}/store=memdb/write=task"
		status = "ForkAndWrite/tasks={}/store=memdb/write=status"
	)
	large := func(benchmark string) string { return strings.ReplaceAll(benchmark, "{}", "100000") }
	return map[string]Table{
		"forks": grid([]string{"work", "10 tasks", "", "100,000 tasks", ""},
			row("Fork", fork),
			row("Fork and InsertTask", task),
			row("Fork and InsertWorkspaceAppStatus", status),
		),
		"forks-targets": targets(
			atMost(1e-6, duration, "Fork of 100,000 tasks", seconds(large(fork))),
			atMost(1<<10, bytes, "its memory", median(large(fork), results.Bytes)),
			atMost(20e-6, duration, "Fork of 100,000 tasks and InsertTask", seconds(large(task))),
			atMost(20e-6, duration, "Fork of 100,000 tasks and InsertWorkspaceAppStatus", seconds(large(status))),
		),
	}
}

func readerTables() map[string]Table {
	reads := func(writing bool, readers int) string {
		return fmt.Sprintf("ReadsBesideAWriter/store=memdb/writing=%t/readers=%d", writing, readers)
	}
	latency := func(transaction string) string { return "ReadLatency/store=memdb/transaction=" + transaction }
	var scale [][]cell
	for _, c := range []struct {
		what    string
		writing bool
		readers int
	}{
		{"1 reader", false, 1},
		{"2 readers", false, 2},
		{"1 reader, 1 writer", true, 1},
		{"2 readers, 1 writer", true, 2},
	} {
		name := reads(c.writing, c.readers)
		scale = append(scale, []cell{text(c.what), measured(name, "reads/s", perSecond), measured(name, "reads/cpu-s", perSecond)})
	}
	var latencies [][]cell
	for _, c := range []struct{ what, transaction string }{
		{"alone", "none"},
		{"while a transaction writes 100,000 rows repeatedly", "writing"},
		{"while a transaction that wrote 100,000 rows is open", "written"},
	} {
		name := latency(c.transaction)
		latencies = append(latencies, []cell{text(c.what), measured(name, "p50-sec", duration), measured(name, "p99-sec", duration)})
	}
	p99 := func(transaction string) quantity {
		return ratio(median(latency(transaction), "p99-sec"), median(latency("none"), "p99-sec"))
	}
	beside := func(locked bool, writes string) string {
		return fmt.Sprintf("ReaderBesideAWriter/store=memdb/locked=%t/writes=%s", locked, writes)
	}
	service := func(goroutines int) string { return fmt.Sprintf("Service/store=memdb/goroutines=%d", goroutines) }
	const updates = "AgentUpdates/store=memdb"
	targetsOf := []target{
		atLeast(1.8, times, "2 readers against 1", ratio(median(reads(false, 2), "reads/s"), median(reads(false, 1), "reads/s"))),
	}
	for _, c := range []struct {
		what   string
		locked bool
	}{{"plain goroutines", false}, {"locked to threads", true}} {
		alone := beside(c.locked, "none")
		for _, w := range []struct {
			what, writes string
			least        float64
		}{{"beside 10,000 updates a second", "10000", 0.8}, {"beside updates at full speed", "all", 0.5}} {
			name := beside(c.locked, w.writes)
			targetsOf = append(targetsOf, atLeast(w.least, percent, "a reader "+w.what+", "+c.what+", of alone",
				ratio(median(name, "reads/s"), median(alone, "reads/s"))))
		}
		targetsOf = append(targetsOf, atLeast(0.5, percent, "the updates at full speed, "+c.what+", of alone",
			ratio(median(beside(c.locked, "all"), "writes/s"), median(updates, "writes/s"))))
	}
	targetsOf = append(targetsOf,
		atLeast(1.5, times, "64 goroutines that read nine times for each update, against 1",
			ratio(median(service(64), "calls/s"), median(service(1), "calls/s"))),
		atMost(3, times, "99th percentile while a transaction writes, against alone", p99("writing")),
		atMost(3, times, "99th percentile while one is open, against alone", p99("written")))
	return map[string]Table{
		"readers":         grid([]string{"GetTaskByID", "reads", "reads per CPU second"}, scale...),
		"latency":         grid([]string{"GetTaskByID", "median", "99th percentile"}, latencies...),
		"readers-targets": targets(targetsOf...),
	}
}

func sizeTables() map[string]Table {
	memory := func(tasks int) string { return fmt.Sprintf("Memory/tasks=%d/store=memdb", tasks) }
	var sizes [][]cell
	for _, tasks := range []int{1000, 10_000, 100_000} {
		sizes = append(sizes, []cell{
			text(count(float64(tasks))), measured(memory(tasks), "B/task", bytes), measured(memory(tasks), "B/status", bytes),
		})
	}
	load := func(store string) string { return "Load/statuses=1000000/store=" + store }
	var loads [][]cell
	for _, store := range engines {
		loads = append(loads, []cell{
			text(store), measured(load(store), results.Seconds, duration), value(median(load(store), "rows/s"), perSecond),
		})
	}
	return map[string]Table{
		"memory": grid([]string{"tasks", "per task", "per status"}, sizes...),
		"memory-targets": targets(
			atMost(8<<10, bytes, "one of 10,000 tasks, with 60 statuses and all other rows", median(memory(10_000), "B/task")),
		),
		"load": grid([]string{"1,000,000 statuses", "time", "rows per second"}, loads...),
		"load-targets": targets(
			atLeast(1e6, perSecond, "memdb", median(load("memdb"), "rows/s")),
		),
	}
}

// peerWork has the rows of the comparison with peers.
var (
	peerWork = []work{
		{"GetTaskByID, 1,000 tasks", "GetTaskByID/tasks=1000/store={}"},
		{"GetTaskByID, 100,000 tasks", "GetTaskByID/tasks=100000/store={}"},
		{"InsertTask, 1,000 tasks", "InsertTask/tasks=1000/store={}"},
		{"InsertTask, 100,000 tasks", "InsertTask/tasks=100000/store={}"},
		{"InsertWorkspaceAppStatus, 1,000 tasks", "InsertWorkspaceAppStatus/tasks=1000/store={}"},
		{"InsertWorkspaceAppStatus, 100,000 tasks", "InsertWorkspaceAppStatus/tasks=100000/store={}"},
		{"ListTasks of 10,000, all", "ListTasks/tasks=10000/store={}/by=all"},
		{"ListTasks of 10,000, by owner", "ListTasks/tasks=10000/store={}/by=owner"},
		{"ListTasks of 10,000, by status", "ListTasks/tasks=10000/store={}/by=status"},
		{"telemetry of 10,000, all recent", "GetTelemetryTaskEvents/tasks=10000/store={}/recent=all"},
		{"telemetry of 10,000, 1 in 10 recent", "GetTelemetryTaskEvents/tasks=10000/store={}/recent=tenth"},
	}
	peers = []string{"sqlite", "go-memdb"}
)

// onPeer returns the benchmark of a row on a peer. go-memdb has its own read
// benchmark, which returns a row without derived columns.
func (w work) onPeer(peer string) string {
	if peer == "go-memdb" {
		return strings.Replace(w.on(peer), "GetTaskByID", "TaskRowByID", 1)
	}
	return w.on(peer)
}

func peerTables() map[string]Table {
	rows := make([][]cell, 0, len(peerWork))
	for _, w := range peerWork {
		row := []cell{text(w.what), measured(w.on("memdb"), results.Seconds, duration)}
		for _, peer := range peers {
			row = append(row, measured(w.onPeer(peer), results.Seconds, duration),
				value(ratio(seconds(w.onPeer(peer)), seconds(w.on("memdb"))), times))
		}
		rows = append(rows, row)
	}
	return map[string]Table{
		"peers":      grid([]string{"work", "memdb", "SQLite", "ratio", "go-memdb", "ratio"}, rows...),
		"peers-wins": wins,
	}
}

// wins lists the benchmarks in which a peer is faster than memdb.
func wins(s *results.Set) string {
	var b strings.Builder
	for _, w := range peerWork {
		for _, peer := range peers {
			if r, ok := ratio(seconds(w.on("memdb")), seconds(w.onPeer(peer)))(s); ok && r > 1 {
				fmt.Fprintf(&b, "- %s is faster than memdb in %s: %s.\n", peer, w.what, times(r))
			}
		}
	}
	if b.Len() == 0 {
		return "No peer is faster than memdb in any of these.\n"
	}
	return b.String()
}

// ways are the ways to give each test its own store.
var ways = []struct{ what, way string }{
	{"memdb, `Fork` of a seeded store", "memdb-fork"},
	{"memdb, `New` and seed", "memdb-new"},
	{"SQLite in memory, mattn/go-sqlite3", "sqlite-mattn-memory"},
	{"SQLite in memory, modernc.org/sqlite", "sqlite-modernc-memory"},
	{"SQLite on a file in /dev/shm, mattn/go-sqlite3", "sqlite-mattn-file"},
	{"SQLite on a file in /dev/shm, modernc.org/sqlite", "sqlite-modernc-file"},
	{"PostgreSQL, rolled-back transaction", "postgres-rollback"},
	{"PostgreSQL, clone of the template database (`pgtest.Open`)", "postgres-clone"},
	{"PostgreSQL, clone by pgtestdb", "postgres-pgtestdb"},
	{"PostgreSQL by testcontainers-go, all tables truncated", "testcontainers-truncate"},
	{"PostgreSQL by testcontainers-go, `Restore` of a snapshot", "testcontainers-restore"},
}

func testTables() map[string]Table {
	name := func(way string) string { return "UnitTest/way=" + way }
	first := seconds(name(ways[0].way))
	thousand := func(q quantity) quantity {
		return func(s *results.Set) (float64, bool) {
			v, ok := q(s)
			return 1000 * v, ok
		}
	}
	var full, short [][]cell
	for _, w := range ways {
		q := seconds(name(w.way))
		full = append(full, []cell{
			text(w.what), measured(name(w.way), results.Seconds, duration), value(thousand(q), duration), value(ratio(q, first), times),
		})
		short = append(short, []cell{text(w.what), value(q, duration), value(thousand(q), duration)})
	}
	return map[string]Table{
		"tests": grid([]string{"store per test", "per test", "1,000 tests", "ratio"}, full...),
		"container": grid([]string{"once per test package", "time"},
			[]cell{text("start of a container by testcontainers-go, and the migrations"), measured("ContainerStart", results.Seconds, duration)}),
		"readme-tests": grid([]string{"store per test", "per test", "1,000 tests"}, short...),
	}
}
