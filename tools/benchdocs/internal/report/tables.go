package report

import (
	"fmt"
	"maps"
	"strings"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

// naive is the naive telemetry query.
const naive = `^TelemetrySQL/naive/(tasks=)?%d(\D|$)`

func naiveSeconds(tasks int) quantity { return matching(fmt.Sprintf(naive, tasks)) }

// telemetryAll is telemetry of all tasks, each of which has recent builds.
func telemetryAll(tasks int, store string) string {
	return fmt.Sprintf("GetTelemetryTaskEvents/tasks=%d/store=%s/recent=all", tasks, store)
}

func telemetryTenth(tasks int, store string) string {
	return fmt.Sprintf("GetTelemetryTaskEvents/tasks=%d/store=%s/recent=tenth", tasks, store)
}

// faster is pgdb's time divided by memdb's.
func faster(benchmark string) quantity {
	w := work{benchmark: benchmark}
	return ratio(seconds(w.on("pgdb")), seconds(w.on("memdb")))
}

// tables are all tables by name.
func tables() map[string]Table {
	all := map[string]Table{"machine": machine}
	for _, some := range []map[string]Table{
		readmeTables(), pointTables(), insertTables(), listTables(), telemetryTables(), forkTables(),
		readerTables(), writerTables(), sizeTables(), peerTables(), testTables(),
	} {
		maps.Copy(all, some)
	}
	return all
}

func machine(s *results.Set) string {
	if len(s.Machines()) == 0 {
		return "Nothing was measured.\n"
	}
	var b strings.Builder
	for _, m := range s.Machines() {
		b.WriteString("- " + m + "\n")
	}
	return b.String()
}

var engines = []string{"memdb", "pgdb"}

func readmeTables() map[string]Table {
	row := func(w work) []cell {
		mem, pg := w.on("memdb"), w.on("pgdb")
		return []cell{
			text(w.what), value(seconds(mem), duration), value(seconds(pg), duration),
			value(ratio(seconds(pg), seconds(mem)), times),
		}
	}
	return map[string]Table{
		"readme": grid([]string{"", "memdb", "pgdb", "ratio"},
			row(work{"GetTaskByID", "GetTaskByID/tasks=1000/store={}"}),
			row(work{"InsertTask", "InsertTask/tasks=1000/store={}"}),
			row(work{"InsertWorkspaceAppStatus", "InsertWorkspaceAppStatus/tasks=1000/store={}"}),
			row(work{"ListTasks of one owner, 100 tasks", "ListTasks/tasks=1000/store={}/by=owner"}),
			row(work{"GetTelemetryTaskEvents", "GetTelemetryTaskEvents/tasks=1000/store={}/recent=all"}),
			row(work{"GetTelemetryTaskEvents, 10,000 tasks", "GetTelemetryTaskEvents/tasks=10000/store={}/recent=all"}),
		),
	}
}

func pointTables() map[string]Table {
	const small = "GetTaskByID/tasks=1000/store={}"
	return map[string]Table{
		"points": compare(engines,
			work{"GetTaskByID, 1,000 tasks", small},
			work{"GetTaskByID, 100,000 tasks", "GetTaskByID/tasks=100000/store={}"},
			work{"GetTaskByOwnerIDAndName, 1,000 tasks", "GetTaskByOwnerIDAndName/tasks=1000/store={}"},
			work{"GetTaskByOwnerIDAndName, 100,000 tasks", "GetTaskByOwnerIDAndName/tasks=100000/store={}"},
			work{"GetTaskByWorkspaceID, 1,000 tasks", "GetTaskByWorkspaceID/tasks=1000/store={}"},
			work{"GetTaskByWorkspaceID, 100,000 tasks", "GetTaskByWorkspaceID/tasks=100000/store={}"},
		),
		"points-targets": targets(
			atLeast(400, times, "GetTaskByID of 1,000 tasks, times as fast as pgdb", faster(small)),
			atMost(5, count, "its allocations: four jsonb columns plus one", median("GetTaskByID/tasks=1000/store=memdb", results.Allocs)),
			atMost(1e-6, duration, "GetTaskByID of 100,000 tasks", seconds("GetTaskByID/tasks=100000/store=memdb")),
		),
	}
}

func insertTables() map[string]Table {
	inserts := []struct {
		method string
		growth float64
	}{{"InsertTask", 1.7}, {"UpsertTaskWorkspaceApp", 2.2}, {"InsertWorkspaceAppStatus", 3}}
	targetsOf := make([]target, 0, 2*len(inserts))
	for _, i := range inserts {
		targetsOf = append(targetsOf, atLeast(60, times, i.method+", times as fast as pgdb", faster(i.method+"/tasks=1000/store={}")))
	}
	for _, i := range inserts {
		targetsOf = append(targetsOf, atMost(i.growth, times, i.method+" of 100,000 tasks against 1,000",
			ratio(seconds(i.method+"/tasks=100000/store=memdb"), seconds(i.method+"/tasks=1000/store=memdb"))))
	}
	return map[string]Table{
		"inserts": compare(engines,
			work{"InsertTask, 1,000 tasks", "InsertTask/tasks=1000/store={}"},
			work{"InsertTask, 100,000 tasks", "InsertTask/tasks=100000/store={}"},
			work{"UpsertTaskWorkspaceApp, 1,000 tasks", "UpsertTaskWorkspaceApp/tasks=1000/store={}"},
			work{"UpsertTaskWorkspaceApp, 100,000 tasks", "UpsertTaskWorkspaceApp/tasks=100000/store={}"},
			work{"InsertWorkspaceAppStatus, 1,000 tasks", "InsertWorkspaceAppStatus/tasks=1000/store={}"},
			work{"InsertWorkspaceAppStatus, 100,000 tasks", "InsertWorkspaceAppStatus/tasks=100000/store={}"},
		),
		"inserts-targets": targets(targetsOf...),
	}
}

func listTables() map[string]Table {
	lists := [][2]string{{"all", "all"}, {"by organization: all", "organization"}, {"by owner: 100", "owner"}, {"by status: 1,000", "status"}}
	works, copies, targetsOf := make([]work, len(lists)), make([][]cell, len(lists)), make([]target, len(lists))
	for i, l := range lists {
		works[i] = work{l[0], "ListTasks/tasks=10000/store={}/by=" + l[1]}
		listed, copied := works[i].on("memdb"), "CopyTasks/tasks=10000/store=memdb/by="+l[1]
		copies[i] = []cell{
			text(l[0]), measured(copied, results.Seconds, duration), measured(listed, results.Seconds, duration),
			value(ratio(seconds(listed), seconds(copied)), times),
		}
		targetsOf[i] = atMost(1.25, times, l[0]+", against copying the result", ratio(seconds(listed), seconds(copied)))
	}
	return map[string]Table{
		"lists":         compare(engines, works...),
		"copies":        grid([]string{"work", "copying the result", "memdb", "ratio"}, copies...),
		"lists-targets": targets(targetsOf...),
	}
}

// bareInsert is an INSERT by pgx alone, into a table.
const bareInsert = "BareInsert/tasks=1000/store=pgdb/into="

func onPgdb(method string) string { return method + "/tasks=1000/store=pgdb" }

// against is a target for a benchmark's time in relation to that of another.
func against(what string, bound float64, benchmark, other string) target {
	return atMost(bound, times, what, ratio(seconds(benchmark), seconds(other)))
}

func telemetryTables() map[string]Table {
	var growth [][]cell
	for _, n := range []int{100, 300, 1000, 3000, 10_000, 30_000, 100_000} {
		growth = append(growth, []cell{
			text(count(float64(n))), value(naiveSeconds(n), duration),
			measured(telemetryAll(n, "pgdb"), results.Seconds, duration),
			measured(telemetryAll(n, "sqlite"), results.Seconds, duration),
			measured(telemetryAll(n, "memdb"), results.Seconds, duration),
		})
	}
	history := func(name string) string { return "TelemetryBesideHistory/tasks=10000/store=memdb/history=" + name }
	none := seconds(history("none"))
	return map[string]Table{
		"telemetry-growth": grid([]string{"tasks", "naive SQL", "pgdb", "SQLite", "memdb"}, growth...),
		"telemetry": compare(engines,
			work{"1,000 tasks, all recent", "GetTelemetryTaskEvents/tasks=1000/store={}/recent=all"},
			work{"1,000 tasks, 1 in 10 recent", "GetTelemetryTaskEvents/tasks=1000/store={}/recent=tenth"},
			work{"10,000 tasks, all recent", "GetTelemetryTaskEvents/tasks=10000/store={}/recent=all"},
			work{"10,000 tasks, 1 in 10 recent", "GetTelemetryTaskEvents/tasks=10000/store={}/recent=tenth"},
			work{"100,000 tasks, all recent", "GetTelemetryTaskEvents/tasks=100000/store={}/recent=all"},
			work{"100,000 tasks, 1 in 10 recent", "GetTelemetryTaskEvents/tasks=100000/store={}/recent=tenth"},
		),
		"history": grid([]string{"10,000 recent tasks", "memdb", "relative"},
			[]cell{text("60 statuses each"), measured(history("none"), results.Seconds, duration), text("1")},
			[]cell{
				text("600 statuses each"), measured(history("statuses"), results.Seconds, duration),
				value(ratio(seconds(history("statuses")), none), times),
			},
			[]cell{
				text("60 statuses each, with 90,000 other tasks without recent builds"), measured(history("tasks"), results.Seconds, duration),
				value(ratio(seconds(history("tasks")), none), times),
			},
			[]cell{
				text("6 statuses each, with 990,000 other tasks without recent builds"), measured(history("many"), results.Seconds, duration),
				value(ratio(seconds(history("many")), none), times),
			},
		),
		"telemetry-targets": targets(
			atMost(10e-3, duration, "memdb, 100,000 tasks, all recent", seconds(telemetryAll(100_000, "memdb"))),
			atLeast(300, times, "memdb, 10,000 tasks, times as fast as pgdb", faster("GetTelemetryTaskEvents/tasks=10000/store={}/recent=all")),
			atLeast(
				100_000, times, "memdb, 10,000 tasks, times as fast as the naive SQL",
				ratio(naiveSeconds(10_000), seconds(telemetryAll(10_000, "memdb"))),
			),
			atMost(
				1./7, percent, "memdb, 100,000 tasks, 1 in 10 recent, share of all recent",
				ratio(seconds(telemetryTenth(100_000, "memdb")), seconds(telemetryAll(100_000, "memdb"))),
			),
			atMost(2e-3, duration, "memdb, 1,000,000 tasks, 1 in 100 recent", seconds(history("many"))),
			atMost(1.25, times, "memdb, 600 statuses each against 60", ratio(seconds(history("statuses")), none)),
			atMost(1.25, times, "memdb, with 90,000 other tasks against without", ratio(seconds(history("tasks")), none)),
		),
		"round-trip": grid([]string{"query", "pgdb"},
			[]cell{text("SELECT 1"), measured("SelectOne/store=pgdb", results.Seconds, duration)},
			[]cell{text("GetWorkspaceByID: one row of one table"), measured(onPgdb("GetWorkspaceByID"), results.Seconds, duration)},
			[]cell{
				text("the eight tables of GetTaskByID joined, nothing derived"),
				measured(onPgdb("JoinedTaskByID"), results.Seconds, duration),
			},
			[]cell{text("GetTaskByID"), measured(onPgdb("GetTaskByID"), results.Seconds, duration)},
			[]cell{text("a bare INSERT into tasks"), measured(bareInsert+"tasks", results.Seconds, duration)},
			[]cell{text("InsertTask"), measured(onPgdb("InsertTask"), results.Seconds, duration)},
			[]cell{text("a bare INSERT into workspace_app_statuses"), measured(bareInsert+"statuses", results.Seconds, duration)},
			[]cell{text("InsertWorkspaceAppStatus"), measured(onPgdb("InsertWorkspaceAppStatus"), results.Seconds, duration)},
		),
		"pgdb-targets": targets(
			atMost(
				13, times, "telemetry, 10,000 tasks against 1,000", ratio(seconds(telemetryAll(10_000, "pgdb")), seconds(telemetryAll(1000, "pgdb"))),
			),
			atMost(
				13, times, "telemetry, 100,000 tasks against 10,000",
				ratio(seconds("TelemetrySQL/linear/tasks=100000"), seconds("TelemetrySQL/linear/tasks=10000")),
			),
			atLeast(
				75, times, "telemetry, 1,000 tasks, times as fast as the naive SQL", ratio(naiveSeconds(1000), seconds(telemetryAll(1000, "pgdb"))),
			),
			atLeast(
				240, times, "telemetry, 3,000 tasks, times as fast as the naive SQL", ratio(naiveSeconds(3000), seconds(telemetryAll(3000, "pgdb"))),
			),
			atLeast(
				700, times, "telemetry, 10,000 tasks, times as fast as the naive SQL",
				ratio(naiveSeconds(10_000), seconds(telemetryAll(10_000, "pgdb"))),
			),
			against("GetTaskByID, against the eight tables joined", 1.25, onPgdb("GetTaskByID"), onPgdb("JoinedTaskByID")),
			against("InsertTask, against the bare INSERT", 1.3, onPgdb("InsertTask"), bareInsert+"tasks"),
			against("InsertWorkspaceAppStatus, against the bare INSERT", 1.3, onPgdb("InsertWorkspaceAppStatus"), bareInsert+"statuses"),
		),
	}
}
