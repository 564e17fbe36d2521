// Package null names the instances of sql.Null that generated code needs, which
// cannot spell a generic type.
package null

import (
	"database/sql"

	"github.com/tasktwin/tasktwin"
)

// The nullable enums, by the enums' names.
type (
	TaskStatus                   = sql.Null[tasktwin.TaskStatus]
	WorkspaceTransition          = sql.Null[tasktwin.WorkspaceTransition]
	BuildReason                  = sql.Null[tasktwin.BuildReason]
	ProvisionerJobStatus         = sql.Null[tasktwin.ProvisionerJobStatus]
	WorkspaceAgentLifecycleState = sql.Null[tasktwin.WorkspaceAgentLifecycleState]
	WorkspaceAppHealth           = sql.Null[tasktwin.WorkspaceAppHealth]
	WorkspaceAppStatusState      = sql.Null[tasktwin.WorkspaceAppStatusState]
)
