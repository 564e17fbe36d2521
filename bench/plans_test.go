package bench

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// bigTables grow with the tasks.
var bigTables = []string{
	"provisioner_jobs", "task_snapshots", "task_workspace_apps", "tasks", "workspace_agents", "workspace_app_statuses", "workspace_apps",
	"workspace_builds", "workspaces",
}

// mayReadAll returns the big tables that a query may read by a sequential scan,
// and why.
func mayReadAll(query string) (tables []string, reason string) {
	switch {
	case strings.HasPrefix(query, "Dump"):
		return bigTables, "it returns all rows"
	case query == "ListTasks":
		return bigTables, "it returns all tasks"
	case query == "AllTasks" || query == "AllTasksByOrganization":
		return bigTables, "all tasks are of one organization, and it returns all tasks"
	case query == "ListTasksByStatus":
		return bigTables, "the status of a task is computed from its rows"
	case query == "ListTasksByOrganization":
		return bigTables, "all tasks are of one organization"
	case query == "ListTasksByOwner":
		return []string{"workspaces", "workspace_builds", "provisioner_jobs"}, "to look up what belongs to a hundred tasks may cost more"
	case query == "GetTasksByWorkspaceIDs" && testing.Short():
		return []string{"workspaces"}, "to look up what belongs to ten tasks may cost more where there are few"
	}
	return nil, ""
}

// intended has the indexes that a query must use: one of each group.
var intended = map[string][][]string{
	"GetTaskByID":                          {{"tasks_pkey"}},
	"GetTaskByWorkspaceID":                 {{"tasks_workspace_id_idx"}},
	"GetTaskByOwnerIDAndName":              {{"tasks_owner_id_name_unique_idx"}},
	"ListTasksByOwner":                     {{"tasks_owner_id_idx", "tasks_owner_id_name_unique_idx"}},
	"UpdateTaskWorkspaceID":                {{"tasks_pkey"}, {"workspaces_pkey"}},
	"UpdateTaskPrompt":                     {{"tasks_pkey"}},
	"DeleteTask":                           {{"tasks_pkey"}, {"task_snapshots_pkey"}},
	"GetTaskSnapshot":                      {{"task_snapshots_pkey"}},
	"GetLatestWorkspaceBuildByWorkspaceID": {{"workspace_builds_workspace_id_build_number_key"}},
	"ListWorkspaceBuildsByWorkspaceID":     {{"workspace_builds_workspace_id_build_number_key"}},
	"ListWorkspaceAppStatusesByAppID":      {{"workspace_app_statuses_app_id_idx"}},
	"ListTaskWorkspaceAppsByTaskID":        {{"task_workspace_apps_pkey"}},
	"GetTasksByWorkspaceIDs":               {{"tasks_workspace_id_idx"}},
	"GetLatestWorkspaceAppStatusByAppID":   {{"workspace_app_statuses_app_id_idx"}},
	"GetLatestWorkspaceAppStatusesByWorkspaceIDs": {
		{"idx_workspace_app_statuses_workspace_id_created_at"}, {"workspace_app_statuses_pkey"},
	},
	"GetWorkspaceAppStatusesByAppIDs": {{"workspace_app_statuses_app_id_idx"}},
	"GetTelemetryTaskEvents": {
		{"workspace_builds_created_at_idx"},
		{"tasks_workspace_id_idx"},
		{"task_workspace_apps_pkey"},
		{"workspace_builds_workspace_id_build_number_key"},
		{"workspace_app_statuses_app_id_idx"},
	},
}

// Every query uses its indexes, with custom and with generic plans.
func TestPlansUseIndexes(t *testing.T) {
	t.Parallel()
	tasks := 10_000
	if testing.Short() {
		tasks = 2000
	}
	world := World(ByTasks(tasks))
	for _, task := range world.Tasks {
		world.TaskSnapshots = append(world.TaskSnapshots, tasktwin.TaskSnapshot{
			TaskID: task.ID, LogSnapshot: json.RawMessage(`{}`), LogSnapshotCreatedAt: Now,
		})
	}
	pool, seen := tracedPool(t, world, true, map[string]string{"jit": "off"})
	statements := everyStatement(t, pool, seen)
	for _, s := range statements {
		for kind, plan := range map[string]planNode{
			"made for the values": explain(t, pool, s, ""),
			"made once":           explainGeneric(t, pool, s),
		} {
			allowed, _ := mayReadAll(s.name)
			for _, table := range plan.sequential() {
				if slices.Contains(bigTables, table) {
					assert.Contains(t, allowed, table, "%s, %s: the plan reads all of a table", s.name, kind)
				}
			}
			for _, group := range intended[s.name] {
				used := slices.ContainsFunc(plan.indexes(), func(index string) bool { return slices.Contains(group, index) })
				assert.True(t, used, "%s, %s: none of %v is used, but %v", s.name, kind, group, plan.indexes())
			}
		}
	}
}

// everyStatement calls every method of pgdb and returns the statements, which are all
// queries.
func everyStatement(t *testing.T, pool *pgxpool.Pool, seen *sent) []statement {
	t.Helper()
	db := pgdb.New(pool)
	_, err := db.Dump(t.Context())
	require.NoError(t, err)
	for method := range reflect.TypeFor[tasktwin.Querier]().Methods() {
		arg := reflect.New(method.Type.In(1)).Elem()
		fillIn(arg, method.Name)
		// The results do not matter.
		reflect.ValueOf(db).MethodByName(method.Name).Call([]reflect.Value{reflect.ValueOf(t.Context()), arg})
	}
	for _, arg := range []tasktwin.ListTasksParams{
		{},
		{Status: tasktwin.TaskStatusError},
		{OrganizationID: id(kindOther, 1)},
	} {
		_, err := db.ListTasks(t.Context(), arg)
		require.NoError(t, err)
	}
	for _, arg := range []tasktwin.ListTasksParams{{}, {OrganizationID: id(kindOther, 1)}, {OwnerID: UserID(0)}} {
		for _, err := range db.AllTasks(t.Context(), arg) {
			require.NoError(t, err)
		}
	}
	statements := withoutCursors(seen.take())
	slices.SortFunc(statements, func(a, b statement) int { return strings.Compare(a.name, b.name) })
	var names []string
	for _, s := range statements {
		names = append(names, s.name)
	}
	require.Subset(t, names, queryNames(t))
	return statements
}

// withoutCursors returns the statements with queries in place of the cursors on them.
func withoutCursors(statements []statement) []statement {
	for i := range statements {
		if _, query, ok := strings.Cut(statements[i].sql, "CURSOR FOR "); ok {
			statements[i].sql = query
		}
	}
	return statements
}

// fillIn sets the fields of an argument to valid values, and ids to those of
// existing rows if the query looks for one.
func fillIn(v reflect.Value, name string) {
	switch value := v.Addr().Interface().(type) {
	case *uuid.UUID:
		*value = TaskID(1)
		switch {
		case name == "OwnerID":
			*value = UserID(0)
		case strings.Contains(name, "Organization"):
			*value = id(kindOther, 1)
		case strings.Contains(name, "Workspace"):
			*value = id(kindWorkspace, 1)
		case strings.Contains(name, "App"):
			*value = id(kindApp, 0)
		}
	case *uuid.NullUUID:
		value.Valid = true
		fillIn(v.FieldByName("UUID"), name)
	case *[]uuid.UUID:
		var kind byte = kindApp
		if strings.Contains(name, "WorkspaceIDs") {
			kind = kindWorkspace
		}
		for n := range 5 {
			*value = append(*value, id(kind, n))
		}
	case *tasktwin.WorkspaceTransition:
		*value = tasktwin.WorkspaceTransitionStart
	case *tasktwin.BuildReason:
		*value = tasktwin.BuildReasonCLI
	case *tasktwin.WorkspaceAgentLifecycleState:
		*value = tasktwin.WorkspaceAgentLifecycleStateReady
	case *tasktwin.WorkspaceAppHealth:
		*value = tasktwin.WorkspaceAppHealthHealthy
	case *tasktwin.WorkspaceAppStatusState:
		*value = tasktwin.WorkspaceAppStatusStateIdle
	case *tasktwin.GetTelemetryTaskEventsParams:
		*value = tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: Recent, Now: Now}
	default:
		if v.Kind() == reflect.Struct && strings.HasSuffix(v.Type().Name(), "Params") {
			for i := range v.NumField() {
				fillIn(v.Field(i), v.Type().Field(i).Name)
			}
		}
	}
}

// queryNames returns the names of pgdb's queries.
func queryNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../pgdb/queries/*.sql")
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`(?m)^-- name: (\w+) :`).FindAllSubmatch(text, -1) {
			names = append(names, string(match[1]))
		}
	}
	require.NotEmpty(t, names)
	return names
}

// explainGeneric returns the generic plan of a statement.
func explainGeneric(t *testing.T, pool *pgxpool.Pool, s statement) planNode {
	t.Helper()
	conn, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	execute := "EXECUTE generic"
	if n := len(s.args); n > 0 {
		execute += "(" + strings.Join(slices.Repeat([]string{"NULL"}, n), ", ") + ")"
	}
	for _, sql := range []string{"SET plan_cache_mode = force_generic_plan", "PREPARE generic AS " + s.sql} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err, s.name)
	}
	var text []byte
	require.NoError(t, conn.QueryRow(t.Context(), "EXPLAIN (FORMAT JSON) "+execute).Scan(&text), s.name)
	for _, sql := range []string{"RESET plan_cache_mode", "DEALLOCATE generic"} {
		_, err := conn.Exec(t.Context(), sql)
		require.NoError(t, err)
	}
	return parsePlan(t, text)
}
