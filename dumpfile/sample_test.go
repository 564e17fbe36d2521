package dumpfile

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

const by = "tasktwin test"

// id returns the n-th id.
func id(n byte) uuid.UUID { return uuid.UUID{15: n} }

func nullUUID(u uuid.UUID) uuid.NullUUID { return uuid.NullUUID{UUID: u, Valid: true} }

// The minimum and the maximum of timestamptz.
var (
	first = time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC)
	last  = time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

// sampleRows returns at least one row of each table of version 1 of the schema, with
// extreme values of their types.
func sampleRows() *tasktwin.Dump {
	noon := time.Date(2024, 2, 29, 12, 0, 0, 1000, time.UTC)
	odd := "tab\t, line\nend\r, \x01\x7f, \"quotes\\\", <&>, \u2028, é, 漢, 😀, \ufffd, \\ud800"
	d := &tasktwin.Dump{
		Organizations: []tasktwin.Organization{{ID: id(1), Name: odd, CreatedAt: first, UpdatedAt: last, Deleted: true}},
		Users:         []tasktwin.User{{ID: id(2), Email: "a@example.com", Username: "", Name: "null", CreatedAt: noon, UpdatedAt: time.Time{}}},
		Templates: []tasktwin.Template{
			{ID: id(3), CreatedAt: noon, UpdatedAt: noon, OrganizationID: id(1), Name: "t", ActiveVersionID: uuid.Max, CreatedBy: id(2)},
		},
		TemplateVersions: []tasktwin.TemplateVersion{
			{ID: id(4), OrganizationID: id(1), CreatedAt: noon, UpdatedAt: noon, Name: "none", CreatedBy: id(2)},
			{ID: id(5), TemplateID: nullUUID(id(3)), OrganizationID: id(1), CreatedAt: noon, UpdatedAt: noon, Name: "v", CreatedBy: id(2)},
		},
		Workspaces: []tasktwin.Workspace{{
			ID: id(6), CreatedAt: noon, UpdatedAt: noon, OwnerID: id(2), OrganizationID: id(1), TemplateID: id(3), Name: "w",
			GroupACL: json.RawMessage(`{"a": 1.50, "b": 123456789012345678901234567890}`), UserACL: json.RawMessage(`{}`),
		}},
		ProvisionerJobs: []tasktwin.ProvisionerJob{
			{
				ID: id(7), CreatedAt: noon, UpdatedAt: noon, OrganizationID: id(1), InitiatorID: id(2), JobStatus: tasktwin.ProvisionerJobStatusPending,
			},
			{
				ID: id(8), CreatedAt: noon, UpdatedAt: noon, StartedAt: at(first), CanceledAt: at(noon), CompletedAt: at(last),
				Error: sql.NullString{Valid: true}, OrganizationID: id(1), InitiatorID: id(2), JobStatus: tasktwin.ProvisionerJobStatusCanceled,
			},
		},
		WorkspaceBuilds: []tasktwin.WorkspaceBuild{{
			ID: id(9), CreatedAt: noon, UpdatedAt: noon, WorkspaceID: id(6), TemplateVersionID: id(5), BuildNumber: -1 << 31,
			Transition: tasktwin.WorkspaceTransitionStop, InitiatorID: id(2), JobID: id(8), Reason: tasktwin.BuildReasonTaskAutoPause,
		}},
		WorkspaceAgents: []tasktwin.WorkspaceAgent{
			{ID: id(10), CreatedAt: noon, UpdatedAt: noon, Name: "main", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateOff},
		},
		WorkspaceApps: []tasktwin.WorkspaceApp{
			{ID: id(11), CreatedAt: noon, AgentID: id(10), Slug: "app", Health: tasktwin.WorkspaceAppHealthHealthy},
		},
		WorkspaceAppStatuses: []tasktwin.WorkspaceAppStatus{
			{
				ID: id(12), CreatedAt: noon, AgentID: id(10), AppID: id(11), WorkspaceID: id(6), State: tasktwin.WorkspaceAppStatusStateIdle,
				Message: odd,
			},
			{
				ID: id(13), CreatedAt: noon, AgentID: id(10), AppID: id(11), WorkspaceID: id(6),
				State: tasktwin.WorkspaceAppStatusStateWorking, URI: sql.NullString{String: "https://example.com", Valid: true},
			},
		},
		Tasks: []tasktwin.Task{
			{
				ID: id(14), OrganizationID: id(1), OwnerID: id(2), Name: "a", TemplateVersionID: id(5), TemplateParameters: json.RawMessage(`null`),
				CreatedAt: noon,
			},
			{
				ID: id(15), OrganizationID: id(1), OwnerID: id(2), Name: "b", WorkspaceID: nullUUID(id(6)), TemplateVersionID: id(5),
				TemplateParameters: json.RawMessage(`["\n", 1]`), Prompt: odd, CreatedAt: noon, DeletedAt: at(noon), DisplayName: "B",
			},
		},
		TaskWorkspaceApps: []tasktwin.TaskWorkspaceApp{
			{TaskID: id(14), WorkspaceBuildNumber: -1},
			{TaskID: id(14), WorkspaceBuildNumber: 1<<31 - 1},
			{TaskID: id(15), WorkspaceAgentID: nullUUID(id(10)), WorkspaceAppID: nullUUID(id(11)), WorkspaceBuildNumber: 1},
		},
		TaskSnapshots: []tasktwin.TaskSnapshot{{TaskID: id(15), LogSnapshot: json.RawMessage(`"\u0001"`), LogSnapshotCreatedAt: noon}},
	}
	for _, rows := range reflect.ValueOf(d).Elem().Fields() { // of newer tables
		if rows.IsNil() {
			rows.Set(reflect.MakeSlice(rows.Type(), 0, 0))
		}
	}
	return d
}

func at(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: true} }

// empty returns the dump of an empty store.
func empty() *tasktwin.Dump { return filled(&tasktwin.Dump{}) }

// file returns the rows as a file.
func file(t testing.TB, d *tasktwin.Dump) []byte {
	t.Helper()
	var out bytes.Buffer
	_, err := WriteAs(&out, d, by)
	noError(t, err)
	return out.Bytes()
}
