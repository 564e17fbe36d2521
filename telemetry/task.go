package telemetry

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Task is the telemetry record of one task.
type Task struct {
	ID                   string    `json:"id"`
	OrganizationID       string    `json:"organization_id"`
	OwnerID              string    `json:"owner_id"`
	Name                 string    `json:"name"`
	WorkspaceID          *string   `json:"workspace_id"`
	WorkspaceBuildNumber *int64    `json:"workspace_build_number"`
	WorkspaceAgentID     *string   `json:"workspace_agent_id"`
	WorkspaceAppID       *string   `json:"workspace_app_id"`
	TemplateVersionID    string    `json:"template_version_id"`
	PromptHash           string    `json:"prompt_hash"` // SHA-256 in lower-case hex
	Status               string    `json:"status"`
	CreatedAt            time.Time `json:"created_at"`
}

// CollectTasks returns every live task in the order of ListTasks. If there are none,
// the slice is empty, not nil.
func CollectTasks(ctx context.Context, q tasktwin.Querier) ([]Task, error) {
	rows, err := q.ListTasks(ctx, tasktwin.ListTasksParams{})
	if err != nil {
		return nil, fmt.Errorf("telemetry: list tasks: %w", err)
	}
	tasks := make([]Task, 0, len(rows))
	for i := range rows {
		tasks = append(tasks, convertTask(&rows[i]))
	}
	return tasks, nil
}

func convertTask(row *tasktwin.TaskWithStatus) Task {
	hash := sha256.Sum256([]byte(row.Prompt))
	return Task{
		ID:                   row.ID.String(),
		OrganizationID:       row.OrganizationID.String(),
		OwnerID:              row.OwnerID.String(),
		Name:                 row.Name,
		WorkspaceID:          uuidPtr(row.WorkspaceID),
		WorkspaceBuildNumber: int64Ptr(row.WorkspaceBuildNumber),
		WorkspaceAgentID:     uuidPtr(row.WorkspaceAgentID),
		WorkspaceAppID:       uuidPtr(row.WorkspaceAppID),
		TemplateVersionID:    row.TemplateVersionID.String(),
		PromptHash:           hex.EncodeToString(hash[:]),
		Status:               string(row.Status),
		CreatedAt:            row.CreatedAt,
	}
}

func uuidPtr(id uuid.NullUUID) *string {
	if !id.Valid {
		return nil
	}
	return new(id.UUID.String())
}

func int64Ptr(n sql.NullInt32) *int64 {
	if !n.Valid {
		return nil
	}
	return new(int64(n.Int32))
}
