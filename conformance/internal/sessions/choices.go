package sessions

import (
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// ChoicesOfPostgres are the Choices of PostgreSQL.
var ChoicesOfPostgres = Choices{Independent: independent, Stores: storesIn, Visits: visits, FailsMore: true}

// storesIn returns the table in which a statement stores a row. Only tables count whose rows a
// delete of a parent visits.
func storesIn(op program.Op) (table string) {
	switch op.Name {
	case "InsertTask", "UpdateTaskPrompt", "UpdateTaskWorkspaceID", "DeleteTask":
		return "tasks"
	case "InsertProvisionerJob", "UpdateProvisionerJobByID":
		return "provisioner_jobs"
	case "InsertWorkspaceApp", "UpdateWorkspaceAppHealthByID":
		return "workspace_apps"
	case "UpsertTaskWorkspaceApp":
		return "task_workspace_apps"
	}
	return ""
}

// visits returns the tables of which a statement may delete several rows that refer to
// the row which it deletes.
func visits(op program.Op) (tables []string) {
	switch op.Name {
	case "DeleteOrganizationByID":
		return []string{"tasks", "provisioner_jobs", "task_workspace_apps"}
	case "DeleteUserByID", "DeleteTemplateByID", "DeleteTemplateVersionByID", "DeleteWorkspaceByID":
		return []string{"tasks", "task_workspace_apps"}
	case "DeleteWorkspaceAgentByID":
		return []string{"workspace_apps", "task_workspace_apps"}
	case "DeleteWorkspaceAppByID":
		return []string{"task_workspace_apps"}
	}
	return nil
}

// independent reports whether it makes no difference which of two statements that
// waited goes on first: they write single rows of different tables, or different rows
// without a key in common.
func independent(a, b program.Op) bool {
	tableA, idA := written(a)
	tableB, idB := written(b)
	if tableA == "" || tableB == "" {
		return false
	}
	if tableA != tableB {
		return true
	}
	return idA != idB && !inserts(a) && !inserts(b)
}

func inserts(op program.Op) bool { return strings.HasPrefix(op.Name, "Insert") }

// written returns the table and the id of the row that a statement inserts or updates,
// if that is all that it does.
func written(op program.Op) (table string, id uuid.UUID) {
	switch arg := op.Arg.(type) {
	case tasktwin.InsertTaskParams:
		return "tasks", arg.ID
	case tasktwin.UpdateTaskPromptParams:
		return "tasks", arg.ID
	case tasktwin.InsertWorkspaceParams:
		return "workspaces", arg.ID
	case tasktwin.UpdateWorkspaceACLByIDParams:
		return "workspaces", arg.ID
	case tasktwin.InsertProvisionerJobParams:
		return "jobs", arg.ID
	case tasktwin.UpdateProvisionerJobByIDParams:
		return "jobs", arg.ID
	case tasktwin.InsertWorkspaceAgentParams:
		return "agents", arg.ID
	case tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams:
		return "agents", arg.ID
	case tasktwin.InsertWorkspaceAppParams:
		return "apps", arg.ID
	case tasktwin.UpdateWorkspaceAppHealthByIDParams:
		return "apps", arg.ID
	case tasktwin.InsertUserParams:
		return "users", arg.ID
	}
	return "", uuid.Nil
}
