package bench

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Size is the size of a data set.
type Size struct {
	Tasks int
	// Builds of each workspace alternate between start and stop. Each start has its own
	// agent and app.
	Builds int
	// Statuses of each task, spread over its apps.
	Statuses int
	// RecentEvery n-th task has builds later than Recent; the others ended long
	// before. 0 and 1 mean all of them.
	RecentEvery int
}

// ByTasks returns the size that the documentation uses: six builds, three apps and sixty
// statuses for each of n tasks.
func ByTasks(n int) Size { return Size{Tasks: n, Builds: 6, Statuses: 60} }

// Now is the end of all data sets. Only tasks with recent builds have builds after
// Recent.
var (
	Now    = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	Recent = Now.Add(-24 * time.Hour)
)

// failEvery n-th task has status error: its jobs failed. The others are active.
const failEvery = 10

// Message returns the message of the n-th status: forty bytes, in its own allocation, like
// a message from the network.
func Message(n int) string {
	b := []byte("step 0000000000 of the work is under way")
	digits := strconv.AppendInt(nil, int64(n), 10)
	copy(b[len("step 0000000000")-len(digits):], digits)
	return string(b)
}

// The kinds of id, which make up its first byte.
const (
	kindTask = iota + 1
	kindUser
	kindWorkspace
	kindBuild
	kindJob
	kindAgent
	kindApp
	kindStatus
	kindOther
)

// id returns the n-th id of a kind. The middle bytes spread the ids of a table like
// random ones.
func id(kind byte, n int) (u uuid.UUID) {
	binary.BigEndian.PutUint64(u[:8], uint64(n)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(u[8:], uint64(n))
	u[8] = kind
	return u
}

// TaskID returns the id of the n-th task. It belongs to user n modulo [Users].
func TaskID(n int) uuid.UUID { return id(kindTask, n) }

// UserID returns the id of the n-th user.
func UserID(n int) uuid.UUID { return id(kindUser, n) }

// OrganizationID returns the id of the organization.
func OrganizationID() uuid.UUID { return id(kindOther, 1) }

// TaskName returns the name of the n-th task.
func TaskName(n int) string { return fmt.Sprintf("task-%d", n) }

// prompt and displayName return a new string for each task, so that the memory per task
// is realistic.
func prompt(n int) string { return fmt.Sprintf("Fix flaky test %d", n) }

func displayName(n int) string { return fmt.Sprintf("Flaky test %d", n) }

// Users returns the number of users of a data set: one for each hundred tasks.
func Users(size Size) int { return max(1, size.Tasks/100) }

// World returns the rows of a data set, parents before children. The rows depend
// only on the size.
func World(size Size) *tasktwin.Dump {
	w := &world{size: size, d: &tasktwin.Dump{}}
	w.grow()
	w.common()
	for n := range size.Tasks {
		w.task(n)
	}
	return w.d
}

type world struct {
	size     Size
	d        *tasktwin.Dump
	org      uuid.UUID
	template uuid.UUID
	version  uuid.UUID
}

// grow allocates the slices in advance, so that they are not copied.
func (w *world) grow() {
	starts := (w.size.Builds + 1) / 2
	w.d.Workspaces = make([]tasktwin.Workspace, 0, w.size.Tasks)
	w.d.Tasks = make([]tasktwin.Task, 0, w.size.Tasks)
	w.d.ProvisionerJobs = make([]tasktwin.ProvisionerJob, 0, w.size.Tasks*w.size.Builds)
	w.d.WorkspaceBuilds = make([]tasktwin.WorkspaceBuild, 0, w.size.Tasks*w.size.Builds)
	w.d.WorkspaceAgents = make([]tasktwin.WorkspaceAgent, 0, w.size.Tasks*starts)
	w.d.WorkspaceApps = make([]tasktwin.WorkspaceApp, 0, w.size.Tasks*starts)
	w.d.TaskWorkspaceApps = make([]tasktwin.TaskWorkspaceApp, 0, w.size.Tasks*starts)
	w.d.WorkspaceAppStatuses = make([]tasktwin.WorkspaceAppStatus, 0, w.size.Tasks*w.size.Statuses)
}

func (w *world) common() {
	start := Now.Add(-1000 * time.Hour)
	w.org, w.template, w.version = OrganizationID(), id(kindOther, 2), id(kindOther, 3)
	w.d.Organizations = append(w.d.Organizations, tasktwin.Organization{ID: w.org, Name: "acme", CreatedAt: start, UpdatedAt: start})
	for n := range Users(w.size) {
		name := fmt.Sprintf("user-%d", n)
		w.d.Users = append(w.d.Users, tasktwin.User{
			ID: UserID(n), Email: name + "@example.com", Username: name, CreatedAt: start, UpdatedAt: start,
		})
	}
	w.d.Templates = append(w.d.Templates, tasktwin.Template{
		ID: w.template, CreatedAt: start, UpdatedAt: start, OrganizationID: w.org, Name: "go", ActiveVersionID: w.version, CreatedBy: UserID(0),
	})
	w.d.TemplateVersions = append(w.d.TemplateVersions, tasktwin.TemplateVersion{
		ID: w.version, TemplateID: uuid.NullUUID{UUID: w.template, Valid: true}, OrganizationID: w.org,
		CreatedAt: start, UpdatedAt: start, Name: "v1", CreatedBy: UserID(0),
	})
}

// task adds a task with all its rows. It runs for an hour per build.
func (w *world) task(n int) {
	hours := time.Duration(w.size.Builds) * time.Hour
	start := Now.Add(-hours - time.Duration(n%600)*time.Second)
	if w.size.RecentEvery > 1 && n%w.size.RecentEvery != 0 {
		start = start.Add(-30 * 24 * time.Hour)
	}
	owner := UserID(n % Users(w.size))
	workspace := uuid.NullUUID{UUID: id(kindWorkspace, n), Valid: true}
	w.d.Workspaces = append(w.d.Workspaces, tasktwin.Workspace{
		ID: workspace.UUID, CreatedAt: start, UpdatedAt: start, OwnerID: owner, OrganizationID: w.org, TemplateID: w.template,
		Name: TaskName(n), GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	})
	w.d.Tasks = append(w.d.Tasks, tasktwin.Task{
		ID: TaskID(n), OrganizationID: w.org, OwnerID: owner, Name: TaskName(n), WorkspaceID: workspace, TemplateVersionID: w.version,
		TemplateParameters: json.RawMessage(`{"region": "eu"}`), Prompt: prompt(n), CreatedAt: start, DisplayName: displayName(n),
	})
	starts := (w.size.Builds + 1) / 2
	for b := range w.size.Builds {
		at := start.Add(time.Duration(b) * time.Hour)
		w.build(n, b, at)
		if b%2 == 0 {
			w.app(n, b, at, w.size.Statuses*(b/2+1)/starts-w.size.Statuses*(b/2)/starts)
		}
	}
}

func (w *world) build(n, b int, at time.Time) {
	serial := n*w.size.Builds + b
	end := sql.NullTime{Time: at.Add(time.Minute), Valid: true}
	job := tasktwin.ProvisionerJob{
		ID: id(kindJob, serial), CreatedAt: at, UpdatedAt: end.Time, StartedAt: sql.NullTime{Time: at, Valid: true}, CompletedAt: end,
		OrganizationID: w.org, InitiatorID: UserID(0), JobStatus: tasktwin.ProvisionerJobStatusSucceeded,
	}
	if n%failEvery == 0 {
		job.Error = sql.NullString{String: "out of disk", Valid: true}
		job.JobStatus = tasktwin.ProvisionerJobStatusFailed
	}
	w.d.ProvisionerJobs = append(w.d.ProvisionerJobs, job)
	transition, reason := tasktwin.WorkspaceTransitionStart, tasktwin.BuildReasonTaskResume
	if b%2 == 1 {
		transition, reason = tasktwin.WorkspaceTransitionStop, tasktwin.BuildReasonTaskAutoPause
	} else if b == 0 {
		reason = tasktwin.BuildReasonInitiator
	}
	w.d.WorkspaceBuilds = append(w.d.WorkspaceBuilds, tasktwin.WorkspaceBuild{
		ID: id(kindBuild, serial), CreatedAt: at, UpdatedAt: at, WorkspaceID: id(kindWorkspace, n), TemplateVersionID: w.version,
		BuildNumber: int32(b + 1), Transition: transition, InitiatorID: UserID(0), JobID: id(kindJob, serial), Reason: reason,
	})
}

// app adds the rows of a start: an agent, an app, its statuses, alternating between
// working and idle, and the task's binding.
func (w *world) app(n, b int, start time.Time, statuses int) {
	serial := n*w.size.Builds + b
	agent, app := id(kindAgent, serial), id(kindApp, serial)
	w.d.WorkspaceAgents = append(w.d.WorkspaceAgents, tasktwin.WorkspaceAgent{
		ID: agent, CreatedAt: start, UpdatedAt: start, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
	})
	w.d.WorkspaceApps = append(w.d.WorkspaceApps, tasktwin.WorkspaceApp{
		ID: app, CreatedAt: start, AgentID: agent, DisplayName: "Agent", Slug: "agent", Health: tasktwin.WorkspaceAppHealthHealthy,
	})
	w.d.TaskWorkspaceApps = append(w.d.TaskWorkspaceApps, tasktwin.TaskWorkspaceApp{
		TaskID: TaskID(n), WorkspaceAgentID: uuid.NullUUID{UUID: agent, Valid: true},
		WorkspaceAppID: uuid.NullUUID{UUID: app, Valid: true}, WorkspaceBuildNumber: int32(b + 1),
	})
	for s := range statuses {
		state := tasktwin.WorkspaceAppStatusStateWorking
		if s%2 == 1 {
			state = tasktwin.WorkspaceAppStatusStateIdle
		}
		status := len(w.d.WorkspaceAppStatuses)
		w.d.WorkspaceAppStatuses = append(w.d.WorkspaceAppStatuses, tasktwin.WorkspaceAppStatus{
			ID: id(kindStatus, status), CreatedAt: start.Add(time.Duration(s+1) * time.Hour / time.Duration(statuses+2)),
			AgentID: agent, AppID: app, WorkspaceID: id(kindWorkspace, n), State: state, Message: Message(status),
		})
	}
}
