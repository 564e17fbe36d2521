package tasktwin

import "slices"

// TaskStatus is the derived status of a task: the enum type task_status.
type TaskStatus string

// The values of TaskStatus, in the enum's order.
const (
	TaskStatusPending      TaskStatus = "pending"
	TaskStatusInitializing TaskStatus = "initializing"
	TaskStatusActive       TaskStatus = "active"
	TaskStatusPaused       TaskStatus = "paused"
	TaskStatusUnknown      TaskStatus = "unknown"
	TaskStatusError        TaskStatus = "error"
)

var taskStatusValues = []TaskStatus{
	TaskStatusPending,
	TaskStatusInitializing,
	TaskStatusActive,
	TaskStatusPaused,
	TaskStatusUnknown,
	TaskStatusError,
}

// AllTaskStatusValues returns the values of TaskStatus in the enum's order, in a new slice.
func AllTaskStatusValues() []TaskStatus { return slices.Clone(taskStatusValues) }

// Valid reports whether e is one of the enum's values.
func (e TaskStatus) Valid() bool { return slices.Contains(taskStatusValues, e) }

// TypeName returns the name of the PostgreSQL type: task_status.
func (TaskStatus) TypeName() string { return "task_status" }

// WorkspaceTransition is what a build does to its workspace: the enum type workspace_transition.
type WorkspaceTransition string

// The values of WorkspaceTransition, in the enum's order.
const (
	WorkspaceTransitionStart  WorkspaceTransition = "start"
	WorkspaceTransitionStop   WorkspaceTransition = "stop"
	WorkspaceTransitionDelete WorkspaceTransition = "delete"
)

var workspaceTransitionValues = []WorkspaceTransition{
	WorkspaceTransitionStart,
	WorkspaceTransitionStop,
	WorkspaceTransitionDelete,
}

// AllWorkspaceTransitionValues returns the values of WorkspaceTransition in the enum's order, in a new slice.
func AllWorkspaceTransitionValues() []WorkspaceTransition {
	return slices.Clone(workspaceTransitionValues)
}

// Valid reports whether e is one of the enum's values.
func (e WorkspaceTransition) Valid() bool { return slices.Contains(workspaceTransitionValues, e) }

// TypeName returns the name of the PostgreSQL type: workspace_transition.
func (WorkspaceTransition) TypeName() string { return "workspace_transition" }

// BuildReason is why a build was made: the enum type build_reason.
type BuildReason string

// The values of BuildReason, in the enum's order.
const (
	BuildReasonInitiator           BuildReason = "initiator"
	BuildReasonAutostart           BuildReason = "autostart"
	BuildReasonAutostop            BuildReason = "autostop"
	BuildReasonDormancy            BuildReason = "dormancy"
	BuildReasonFailedstop          BuildReason = "failedstop"
	BuildReasonAutodelete          BuildReason = "autodelete"
	BuildReasonDashboard           BuildReason = "dashboard"
	BuildReasonCLI                 BuildReason = "cli"
	BuildReasonSSHConnection       BuildReason = "ssh_connection"
	BuildReasonVSCodeConnection    BuildReason = "vscode_connection"
	BuildReasonJetBrainsConnection BuildReason = "jetbrains_connection"
	BuildReasonTaskAutoPause       BuildReason = "task_auto_pause"
	BuildReasonTaskManualPause     BuildReason = "task_manual_pause"
	BuildReasonTaskResume          BuildReason = "task_resume"
)

var buildReasonValues = []BuildReason{
	BuildReasonInitiator,
	BuildReasonAutostart,
	BuildReasonAutostop,
	BuildReasonDormancy,
	BuildReasonFailedstop,
	BuildReasonAutodelete,
	BuildReasonDashboard,
	BuildReasonCLI,
	BuildReasonSSHConnection,
	BuildReasonVSCodeConnection,
	BuildReasonJetBrainsConnection,
	BuildReasonTaskAutoPause,
	BuildReasonTaskManualPause,
	BuildReasonTaskResume,
}

// AllBuildReasonValues returns the values of BuildReason in the enum's order, in a new slice.
func AllBuildReasonValues() []BuildReason { return slices.Clone(buildReasonValues) }

// Valid reports whether e is one of the enum's values.
func (e BuildReason) Valid() bool { return slices.Contains(buildReasonValues, e) }

// TypeName returns the name of the PostgreSQL type: build_reason.
func (BuildReason) TypeName() string { return "build_reason" }

// ProvisionerJobStatus is the state of a build's job, derived from its columns: the enum type provisioner_job_status.
type ProvisionerJobStatus string

// The values of ProvisionerJobStatus, in the enum's order.
const (
	ProvisionerJobStatusPending   ProvisionerJobStatus = "pending"
	ProvisionerJobStatusRunning   ProvisionerJobStatus = "running"
	ProvisionerJobStatusSucceeded ProvisionerJobStatus = "succeeded"
	ProvisionerJobStatusCanceling ProvisionerJobStatus = "canceling"
	ProvisionerJobStatusCanceled  ProvisionerJobStatus = "canceled"
	ProvisionerJobStatusFailed    ProvisionerJobStatus = "failed"
	ProvisionerJobStatusUnknown   ProvisionerJobStatus = "unknown"
)

var provisionerJobStatusValues = []ProvisionerJobStatus{
	ProvisionerJobStatusPending,
	ProvisionerJobStatusRunning,
	ProvisionerJobStatusSucceeded,
	ProvisionerJobStatusCanceling,
	ProvisionerJobStatusCanceled,
	ProvisionerJobStatusFailed,
	ProvisionerJobStatusUnknown,
}

// AllProvisionerJobStatusValues returns the values of ProvisionerJobStatus in the enum's order, in a new slice.
func AllProvisionerJobStatusValues() []ProvisionerJobStatus {
	return slices.Clone(provisionerJobStatusValues)
}

// Valid reports whether e is one of the enum's values.
func (e ProvisionerJobStatus) Valid() bool { return slices.Contains(provisionerJobStatusValues, e) }

// TypeName returns the name of the PostgreSQL type: provisioner_job_status.
func (ProvisionerJobStatus) TypeName() string { return "provisioner_job_status" }

// WorkspaceAgentLifecycleState is where an agent is in its life: the enum type workspace_agent_lifecycle_state.
type WorkspaceAgentLifecycleState string

// The values of WorkspaceAgentLifecycleState, in the enum's order.
const (
	WorkspaceAgentLifecycleStateCreated         WorkspaceAgentLifecycleState = "created"
	WorkspaceAgentLifecycleStateStarting        WorkspaceAgentLifecycleState = "starting"
	WorkspaceAgentLifecycleStateStartTimeout    WorkspaceAgentLifecycleState = "start_timeout"
	WorkspaceAgentLifecycleStateStartError      WorkspaceAgentLifecycleState = "start_error"
	WorkspaceAgentLifecycleStateReady           WorkspaceAgentLifecycleState = "ready"
	WorkspaceAgentLifecycleStateShuttingDown    WorkspaceAgentLifecycleState = "shutting_down"
	WorkspaceAgentLifecycleStateShutdownTimeout WorkspaceAgentLifecycleState = "shutdown_timeout"
	WorkspaceAgentLifecycleStateShutdownError   WorkspaceAgentLifecycleState = "shutdown_error"
	WorkspaceAgentLifecycleStateOff             WorkspaceAgentLifecycleState = "off"
)

var workspaceAgentLifecycleStateValues = []WorkspaceAgentLifecycleState{
	WorkspaceAgentLifecycleStateCreated,
	WorkspaceAgentLifecycleStateStarting,
	WorkspaceAgentLifecycleStateStartTimeout,
	WorkspaceAgentLifecycleStateStartError,
	WorkspaceAgentLifecycleStateReady,
	WorkspaceAgentLifecycleStateShuttingDown,
	WorkspaceAgentLifecycleStateShutdownTimeout,
	WorkspaceAgentLifecycleStateShutdownError,
	WorkspaceAgentLifecycleStateOff,
}

// AllWorkspaceAgentLifecycleStateValues returns the values of WorkspaceAgentLifecycleState in the enum's order, in a new slice.
func AllWorkspaceAgentLifecycleStateValues() []WorkspaceAgentLifecycleState {
	return slices.Clone(workspaceAgentLifecycleStateValues)
}

// Valid reports whether e is one of the enum's values.
func (e WorkspaceAgentLifecycleState) Valid() bool {
	return slices.Contains(workspaceAgentLifecycleStateValues, e)
}

// TypeName returns the name of the PostgreSQL type: workspace_agent_lifecycle_state.
func (WorkspaceAgentLifecycleState) TypeName() string { return "workspace_agent_lifecycle_state" }

// WorkspaceAppHealth is the health of an agent's app: the enum type workspace_app_health.
type WorkspaceAppHealth string

// The values of WorkspaceAppHealth, in the enum's order.
const (
	WorkspaceAppHealthDisabled     WorkspaceAppHealth = "disabled"
	WorkspaceAppHealthInitializing WorkspaceAppHealth = "initializing"
	WorkspaceAppHealthHealthy      WorkspaceAppHealth = "healthy"
	WorkspaceAppHealthUnhealthy    WorkspaceAppHealth = "unhealthy"
)

var workspaceAppHealthValues = []WorkspaceAppHealth{
	WorkspaceAppHealthDisabled,
	WorkspaceAppHealthInitializing,
	WorkspaceAppHealthHealthy,
	WorkspaceAppHealthUnhealthy,
}

// AllWorkspaceAppHealthValues returns the values of WorkspaceAppHealth in the enum's order, in a new slice.
func AllWorkspaceAppHealthValues() []WorkspaceAppHealth {
	return slices.Clone(workspaceAppHealthValues)
}

// Valid reports whether e is one of the enum's values.
func (e WorkspaceAppHealth) Valid() bool { return slices.Contains(workspaceAppHealthValues, e) }

// TypeName returns the name of the PostgreSQL type: workspace_app_health.
func (WorkspaceAppHealth) TypeName() string { return "workspace_app_health" }

// WorkspaceAppStatusState is what an app reports of its work: the enum type workspace_app_status_state.
type WorkspaceAppStatusState string

// The values of WorkspaceAppStatusState, in the enum's order.
const (
	WorkspaceAppStatusStateWorking  WorkspaceAppStatusState = "working"
	WorkspaceAppStatusStateComplete WorkspaceAppStatusState = "complete"
	WorkspaceAppStatusStateFailure  WorkspaceAppStatusState = "failure"
	WorkspaceAppStatusStateIdle     WorkspaceAppStatusState = "idle"
)

var workspaceAppStatusStateValues = []WorkspaceAppStatusState{
	WorkspaceAppStatusStateWorking,
	WorkspaceAppStatusStateComplete,
	WorkspaceAppStatusStateFailure,
	WorkspaceAppStatusStateIdle,
}

// AllWorkspaceAppStatusStateValues returns the values of WorkspaceAppStatusState in the enum's order, in a new slice.
func AllWorkspaceAppStatusStateValues() []WorkspaceAppStatusState {
	return slices.Clone(workspaceAppStatusStateValues)
}

// Valid reports whether e is one of the enum's values.
func (e WorkspaceAppStatusState) Valid() bool {
	return slices.Contains(workspaceAppStatusStateValues, e)
}

// TypeName returns the name of the PostgreSQL type: workspace_app_status_state.
func (WorkspaceAppStatusState) TypeName() string { return "workspace_app_status_state" }
