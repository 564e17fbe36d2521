package chart

// Charts has the charts of the documentation by file name.
func Charts() map[string]Chart {
	return map[string]Chart{
		"telemetry.svg": {
			Title: "GetTelemetryTaskEvents, all tasks recent",
			Series: []Series{
				{"naive SQL", `^TelemetrySQL/naive/(?:tasks=)?(\d+)(?:\D|$)`, vermilion},
				{"pgdb", `^GetTelemetryTaskEvents/tasks=(\d+)/store=pgdb/recent=all$`, blue},
				{"SQLite", `^GetTelemetryTaskEvents/tasks=(\d+)/store=sqlite/recent=all$`, purple},
				{"memdb", `^GetTelemetryTaskEvents/tasks=(\d+)/store=memdb/recent=all$`, green},
			},
		},
		"point-reads.svg": {
			Title: "GetTaskByID",
			Series: []Series{
				{"pgdb", `^GetTaskByID/tasks=(\d+)/store=pgdb$`, blue},
				{"SQLite", `^GetTaskByID/tasks=(\d+)/store=sqlite$`, purple},
				{"memdb", `^GetTaskByID/tasks=(\d+)/store=memdb$`, green},
			},
		},
	}
}
