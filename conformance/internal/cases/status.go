package cases

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// statusInputs are the inputs of a task's status. Missing inputs are not valid.
type statusInputs struct {
	workspace  bool
	transition sql.Null[tasktwin.WorkspaceTransition]
	job        sql.Null[tasktwin.ProvisionerJobStatus]
	agent      sql.Null[tasktwin.WorkspaceAgentLifecycleState]
	app        sql.Null[tasktwin.WorkspaceAppHealth]
}

// The rules of a task's status, implemented independently of the engines.
var (
	buildRules = map[tasktwin.WorkspaceTransition]map[tasktwin.ProvisionerJobStatus]tasktwin.TaskStatus{
		tasktwin.WorkspaceTransitionStart: {
			tasktwin.ProvisionerJobStatusPending:   tasktwin.TaskStatusPending,
			tasktwin.ProvisionerJobStatusRunning:   tasktwin.TaskStatusActive,
			tasktwin.ProvisionerJobStatusSucceeded: tasktwin.TaskStatusActive,
		},
		tasktwin.WorkspaceTransitionStop:   {tasktwin.ProvisionerJobStatusSucceeded: tasktwin.TaskStatusPaused},
		tasktwin.WorkspaceTransitionDelete: {tasktwin.ProvisionerJobStatusSucceeded: tasktwin.TaskStatusPaused},
	}
	failedJobs = []tasktwin.ProvisionerJobStatus{
		tasktwin.ProvisionerJobStatusFailed, tasktwin.ProvisionerJobStatusCanceling, tasktwin.ProvisionerJobStatusCanceled,
	}
	agentRules = map[tasktwin.WorkspaceAgentLifecycleState]tasktwin.TaskStatus{
		tasktwin.WorkspaceAgentLifecycleStateCreated:      tasktwin.TaskStatusInitializing,
		tasktwin.WorkspaceAgentLifecycleStateStarting:     tasktwin.TaskStatusInitializing,
		tasktwin.WorkspaceAgentLifecycleStateReady:        tasktwin.TaskStatusActive,
		tasktwin.WorkspaceAgentLifecycleStateStartTimeout: tasktwin.TaskStatusActive,
		tasktwin.WorkspaceAgentLifecycleStateStartError:   tasktwin.TaskStatusActive,
	}
	appRules = map[tasktwin.WorkspaceAppHealth]tasktwin.TaskStatus{
		tasktwin.WorkspaceAppHealthInitializing: tasktwin.TaskStatusInitializing,
		tasktwin.WorkspaceAppHealthUnhealthy:    tasktwin.TaskStatusError,
		tasktwin.WorkspaceAppHealthHealthy:      tasktwin.TaskStatusActive,
		tasktwin.WorkspaceAppHealthDisabled:     tasktwin.TaskStatusActive,
	}
)

// expected returns the status of each part and of the task.
func (in statusInputs) expected() (build, agent, app, status tasktwin.TaskStatus) {
	const unknown = tasktwin.TaskStatusUnknown
	otherwise := func(s tasktwin.TaskStatus, found bool) tasktwin.TaskStatus {
		if !found {
			return unknown
		}
		return s
	}
	switch rule, found := buildRules[in.transition.V][in.job.V]; {
	case !in.job.Valid:
		build = tasktwin.TaskStatusPending
	case slices.Contains(failedJobs, in.job.V):
		build = tasktwin.TaskStatusError
	default:
		build = otherwise(rule, found)
	}
	rule, found := agentRules[in.agent.V]
	agent = otherwise(rule, found)
	if !in.agent.Valid {
		agent = tasktwin.TaskStatusInitializing
	}
	rule, found = appRules[in.app.V]
	app = otherwise(rule, found)
	status = tasktwin.TaskStatusPending
	if in.workspace {
		for _, status = range []tasktwin.TaskStatus{build, agent, app} {
			if status != tasktwin.TaskStatusActive {
				break
			}
		}
	}
	return build, agent, app, status
}

// debug returns the text of status_debug.
func (in statusInputs) debug() json.RawMessage {
	build, agent, app, _ := in.expected()
	return json.RawMessage(fmt.Sprintf(
		`{"app": {"health": %s, "computed": "%s"}, `+
			`"agent": {"computed": "%s", "lifecycle_state": %s}, `+
			`"build": {"computed": "%s", "job_status": %s, "transition": %s}}`,
		quoted(in.app), app, agent, quoted(in.agent), build, quoted(in.job), quoted(in.transition),
	))
}

func quoted[E ~string](e sql.Null[E]) string {
	if !e.Valid {
		return "null"
	}
	return `"` + string(e.V) + `"`
}

// jobsOfEachStatus returns a job in each status.
func (f *Fixture) jobsOfEachStatus() []tasktwin.InsertProvisionerJobParams {
	var jobs []tasktwin.InsertProvisionerJobParams
	for range 6 {
		jobs = append(jobs, f.newJob())
	}
	jobs[1].StartedAt = nullTime(at(1))
	jobs[2].CompletedAt = nullTime(at(1))
	jobs[3].CanceledAt = nullTime(at(1))
	jobs[4].CanceledAt, jobs[4].CompletedAt = nullTime(at(1)), nullTime(at(1))
	jobs[5].Error = sql.NullString{String: "boom", Valid: true}
	return jobs
}

// optional returns a missing value, and then each value.
func optional[E any](values []E) []sql.Null[E] {
	out := []sql.Null[E]{{}}
	for _, v := range values {
		out = append(out, nullOf(v))
	}
	return out
}

var statusCases = []Case{
	{Name: "status/every combination", Methods: "GetTaskByID ListTasks", Run: StatusEveryCombination},
	{Name: "status/of the binding with the highest build number", Methods: "GetTaskByID", Run: StatusOfTheBindingWithTheHighestBuildNumber},
}

func init() { register(statusCases) }

func StatusEveryCombination(t TB, f *Fixture) {
	f.base()
	type built struct {
		workspace  uuid.NullUUID
		transition sql.Null[tasktwin.WorkspaceTransition]
		job        sql.Null[tasktwin.ProvisionerJobStatus]
	}
	builds := []built{{}, {workspace: nullUUID(f.workspace().ID)}}
	for _, transition := range tasktwin.AllWorkspaceTransitionValues() {
		for _, job := range f.jobsOfEachStatus() {
			row := must[tasktwin.ProvisionerJob](t)(f.InsertProvisionerJob(f.ctx, job))
			ws := f.workspace().ID
			arg := f.newBuild(ws, 1, transition, 1)
			arg.JobID = row.ID
			must[tasktwin.WorkspaceBuild](t)(f.InsertWorkspaceBuild(f.ctx, arg))
			builds = append(builds, built{nullUUID(ws), nullOf(transition), nullOf(row.JobStatus)})
		}
	}
	apps := map[sql.Null[tasktwin.WorkspaceAppHealth]]uuid.NullUUID{{}: {}}
	agents := map[sql.Null[tasktwin.WorkspaceAgentLifecycleState]]uuid.NullUUID{{}: {}}
	for _, state := range tasktwin.AllWorkspaceAgentLifecycleStateValues() {
		agents[nullOf(state)] = nullUUID(f.agent(state).ID)
	}
	host := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady).ID
	for _, health := range tasktwin.AllWorkspaceAppHealthValues() {
		apps[nullOf(health)] = nullUUID(f.app(host, health).ID)
	}
	want := map[uuid.UUID]statusInputs{}
	for _, build := range builds {
		for _, agent := range optional(tasktwin.AllWorkspaceAgentLifecycleStateValues()) {
			for _, app := range optional(tasktwin.AllWorkspaceAppHealthValues()) {
				task := f.task(build.workspace).ID
				f.bind(task, 1, agents[agent], apps[app])
				want[task] = statusInputs{build.workspace.Valid, build.transition, build.job, agent, app}
			}
		}
	}
	perStatus := map[tasktwin.TaskStatus]int{}
	all := must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{}))
	equal(t, "number of tasks", len(all), len(want))
	for _, task := range all {
		in := want[task.ID]
		_, _, _, status := in.expected()
		perStatus[status]++
		what := string(in.debug())
		equal(t, what, task.Status, status)
		equal(t, what, string(task.StatusDebug), what)
		equal(t, what, task.WorkspaceAgentLifecycleState, in.agent)
		equal(t, what, task.WorkspaceAppHealth, in.app)
		equal(t, what, task.WorkspaceBuildNumber, sql.NullInt32{Int32: 1, Valid: true})
	}
	for _, status := range tasktwin.AllTaskStatusValues() {
		equal(t, "tasks that are "+string(status), len(f.list(tasktwin.ListTasksParams{Status: status})), perStatus[status])
		if perStatus[status] == 0 {
			t.Errorf("no combination is %s", status)
		}
	}
}

func StatusOfTheBindingWithTheHighestBuildNumber(t TB, f *Fixture) {
	f.base()
	ws := f.workspace().ID
	f.build(ws, 1, tasktwin.WorkspaceTransitionStart, 1, tasktwin.BuildReasonInitiator)
	agent := f.agent(tasktwin.WorkspaceAgentLifecycleStateReady).ID
	app := f.app(agent, tasktwin.WorkspaceAppHealthHealthy).ID
	task := f.task(nullUUID(ws)).ID
	status := func(what string, want tasktwin.TaskStatus) {
		t.Helper()
		equal(t, what, must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, task)).Status, want)
	}
	status("a build alone does not count without a binding", tasktwin.TaskStatusPending)
	f.bind(task, 1, nullUUID(agent), nullUUID(app))
	status("bound", tasktwin.TaskStatusActive)
	f.build(ws, 2, tasktwin.WorkspaceTransitionStop, 2, tasktwin.BuildReasonTaskAutoPause)
	status("a newer build without a binding does not count", tasktwin.TaskStatusActive)
	f.bind(task, 2, uuid.NullUUID{}, uuid.NullUUID{})
	status("paused", tasktwin.TaskStatusPaused)
	f.bind(task, 3, nullUUID(agent), nullUUID(app))
	status("a binding to a build that is not there", tasktwin.TaskStatusPending)
	got := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, task))
	equal(t, "build number", got.WorkspaceBuildNumber, sql.NullInt32{Int32: 3, Valid: true})
	equal(t, "agent and app", [2]uuid.NullUUID{got.WorkspaceAgentID, got.WorkspaceAppID}, [2]uuid.NullUUID{nullUUID(agent), nullUUID(app)})
	if _, err := f.DeleteWorkspaceAppByID(f.ctx, app); err != nil {
		t.Fatal(err)
	}
	status("without the app, the bindings that had it are gone", tasktwin.TaskStatusPaused)
}
