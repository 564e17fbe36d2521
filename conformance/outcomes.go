package conformance

import (
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"
)

// constraintOutcomes are the answers that a method can give for a constraint, NOT
// NULL among them, or for the length of a text: what follows from neither its name
// nor its types.
var constraintOutcomes = map[string][]string{
	"DeleteOrganizationByID":   {"23503 workspaces_organization_id_fkey", "23503 workspaces_template_id_fkey"},
	"DeleteTemplateByID":       {"23503 workspaces_template_id_fkey"},
	"DeleteUserByID":           {"23503 template_versions_created_by_fkey", "23503 templates_created_by_fkey", "23503 workspaces_owner_id_fkey"},
	"DeleteWorkspaceAgentByID": {"23503 workspace_app_statuses_agent_id_fkey", "23503 workspace_app_statuses_app_id_fkey"},
	"DeleteWorkspaceAppByID":   {"23503 workspace_app_statuses_app_id_fkey"},
	"DeleteWorkspaceByID":      {"23503 workspace_app_statuses_workspace_id_fkey"},
	"InsertOrganization":       {"23505 idx_organization_name_lower", "23505 organizations_pkey"},
	"InsertProvisionerJob":     {"23503 provisioner_jobs_organization_id_fkey", "23505 provisioner_jobs_pkey"},
	"InsertTask": {
		"22001", "23502 template_parameters", "23503 tasks_organization_id_fkey", "23503 tasks_owner_id_fkey",
		"23503 tasks_template_version_id_fkey", "23503 tasks_workspace_id_fkey", "23505 tasks_owner_id_name_unique_idx", "23505 tasks_pkey",
	},
	"InsertTemplate": {
		"22001", "23503 templates_created_by_fkey", "23503 templates_organization_id_fkey", "23505 templates_organization_id_name_idx",
		"23505 templates_pkey",
	},
	"InsertTemplateVersion": {
		"22001", "23503 template_versions_created_by_fkey", "23503 template_versions_organization_id_fkey",
		"23503 template_versions_template_id_fkey", "23505 template_versions_pkey", "23505 template_versions_template_id_name_key",
	},
	"InsertUser": {"23505 users_email_lower_idx", "23505 users_pkey", "23505 users_username_lower_idx"},
	"InsertWorkspace": {
		"22001", "23502 group_acl", "23502 user_acl", "23503 workspaces_organization_id_fkey", "23503 workspaces_owner_id_fkey",
		"23503 workspaces_template_id_fkey", "23505 workspaces_owner_id_lower_idx", "23505 workspaces_pkey",
		"23514 group_acl_is_object", "23514 user_acl_is_object",
	},
	"InsertWorkspaceAgent": {"22001", "23505 workspace_agents_pkey"},
	"InsertWorkspaceApp": {
		"22001", "23503 workspace_apps_agent_id_fkey", "23505 workspace_apps_agent_id_slug_idx", "23505 workspace_apps_pkey",
	},
	"InsertWorkspaceAppStatus": {
		"23503 workspace_app_statuses_agent_id_fkey", "23503 workspace_app_statuses_app_id_fkey",
		"23503 workspace_app_statuses_workspace_id_fkey", "23505 workspace_app_statuses_pkey",
	},
	"InsertWorkspaceBuild": {
		"23503 workspace_builds_job_id_fkey", "23503 workspace_builds_template_version_id_fkey",
		"23503 workspace_builds_workspace_id_fkey", "23505 workspace_builds_job_id_key", "23505 workspace_builds_pkey",
		"23505 workspace_builds_workspace_id_build_number_key",
	},
	"UpdateWorkspaceACLByID": {"23502 group_acl", "23502 user_acl", "23514 group_acl_is_object", "23514 user_acl_is_object"},
	"UpsertTaskSnapshot":     {"23502 log_snapshot", "23503 task_snapshots_task_id_fkey"},
	"UpsertTaskWorkspaceApp": {
		"23503 task_workspace_apps_task_id_fkey", "23503 task_workspace_apps_workspace_agent_id_fkey",
		"23503 task_workspace_apps_workspace_app_id_fkey",
	},
}

// valueOutcomes are the answers to values that a type of Go can hold and the type
// of the database cannot.
var valueOutcomes = map[reflect.Type][]string{
	reflect.TypeFor[string]():          {"22021"},
	reflect.TypeFor[sql.NullString]():  {"22021"},
	reflect.TypeFor[time.Time]():       {"22008"},
	reflect.TypeFor[sql.NullTime]():    {"22008"},
	reflect.TypeFor[json.RawMessage](): {"22003", "22021", "22P02", "22P05", "54001"},
}

// outcomesOf returns the answers that a method of Querier can give, besides 40001
// and 40P01, which take two transactions at a time, and 54000, which takes a name
// or a document of a size that no run should have.
func outcomesOf(method reflect.Method) []string {
	out := append(ruleOutcomes(method), constraintOutcomes[method.Name]...)
	slices.Sort(out)
	return slices.Compact(out)
}

// ruleOutcomes are those that follow from a method's name and types.
func ruleOutcomes(method reflect.Method) []string {
	out := []string{"ok", "25P02", "canceled"}
	if !isRead(method.Name) {
		out = append(out, "25006")
	}
	if findsOneRow(method) {
		out = append(out, "no rows")
	}
	arg := method.Type.In(1) // after the context
	types := []reflect.Type{arg}
	if arg.Kind() == reflect.Struct {
		for field := range arg.Fields() {
			types = append(types, field.Type)
		}
	}
	for _, t := range types {
		out = append(out, valueOutcomes[t]...)
		if isEnum(t) {
			out = append(out, "22P02")
		}
	}
	return out
}

// isRead reports whether a method of Querier changes nothing.
func isRead(method string) bool {
	return strings.HasPrefix(method, "Get") || strings.HasPrefix(method, "List")
}

// findsOneRow reports whether a method of Querier returns a row that has to be
// there before.
func findsOneRow(method reflect.Method) bool {
	makesRow := strings.HasPrefix(method.Name, "Insert") || strings.HasPrefix(method.Name, "Upsert")
	return !makesRow && method.Type.NumOut() == 2 && method.Type.Out(0).Kind() != reflect.Slice
}
