package lockstep

// Outcomes are the answers that each method can give, besides 40001 and 40P01,
// which take two transactions at a time, and 54000, which takes a name or a
// document of a size that no run should have.
var Outcomes = map[string][]string{
	"DeleteOrganizationByID": {
		"ok", "no rows", "23503 workspaces_organization_id_fkey", "23503 workspaces_template_id_fkey", "25006", "25P02", "canceled",
	},
	"DeleteProvisionerJobByID": {
		"ok", "no rows", "25006", "25P02", "canceled",
	},
	"DeleteTask": {
		"ok", "no rows", "22008", "25006", "25P02", "canceled",
	},
	"DeleteTemplateByID": {
		"ok", "no rows", "23503 workspaces_template_id_fkey", "25006", "25P02", "canceled",
	},
	"DeleteTemplateVersionByID": {
		"ok", "no rows", "25006", "25P02", "canceled",
	},
	"DeleteUserByID": {
		"ok", "no rows", "23503 template_versions_created_by_fkey", "23503 templates_created_by_fkey",
		"23503 workspaces_owner_id_fkey", "25006", "25P02", "canceled",
	},
	"DeleteWorkspaceAgentByID": {
		"ok", "no rows", "23503 workspace_app_statuses_agent_id_fkey", "23503 workspace_app_statuses_app_id_fkey", "25006", "25P02",
		"canceled",
	},
	"DeleteWorkspaceAppByID": {
		"ok", "no rows", "23503 workspace_app_statuses_app_id_fkey", "25006", "25P02", "canceled",
	},
	"DeleteWorkspaceByID": {
		"ok", "no rows", "23503 workspace_app_statuses_workspace_id_fkey", "25006", "25P02", "canceled",
	},
	"GetLatestWorkspaceBuildByWorkspaceID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetProvisionerJobByID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetTaskByID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetTaskByOwnerIDAndName": {
		"ok", "no rows", "22021", "25P02", "canceled",
	},
	"GetTaskByWorkspaceID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetTaskSnapshot": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetTelemetryTaskEvents": {
		"ok", "22008", "25P02", "canceled",
	},
	"GetWorkspaceAgentByID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetWorkspaceAppByID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"GetWorkspaceByID": {
		"ok", "no rows", "25P02", "canceled",
	},
	"InsertOrganization": {
		"ok", "22008", "22021", "23505 idx_organization_name_lower", "23505 organizations_pkey", "25006", "25P02", "canceled",
	},
	"InsertProvisionerJob": {
		"ok", "22008", "22021", "23503 provisioner_jobs_organization_id_fkey", "23505 provisioner_jobs_pkey", "25006", "25P02",
		"canceled",
	},
	"InsertTask": {
		"ok", "22001", "22003", "22008", "22021", "22P02", "22P05", "23502 template_parameters", "23503 tasks_organization_id_fkey",
		"23503 tasks_owner_id_fkey", "23503 tasks_template_version_id_fkey", "23503 tasks_workspace_id_fkey",
		"23505 tasks_owner_id_name_unique_idx", "23505 tasks_pkey", "25006", "25P02", "54001", "canceled",
	},
	"InsertTemplate": {
		"ok", "22001", "22008", "22021", "23503 templates_created_by_fkey", "23503 templates_organization_id_fkey",
		"23505 templates_organization_id_name_idx", "23505 templates_pkey", "25006", "25P02", "canceled",
	},
	"InsertTemplateVersion": {
		"ok", "22001", "22008", "22021", "23503 template_versions_created_by_fkey", "23503 template_versions_organization_id_fkey",
		"23503 template_versions_template_id_fkey", "23505 template_versions_pkey", "23505 template_versions_template_id_name_key",
		"25006", "25P02", "canceled",
	},
	"InsertUser": {
		"ok", "22008", "22021", "23505 users_email_lower_idx", "23505 users_pkey", "23505 users_username_lower_idx", "25006", "25P02",
		"canceled",
	},
	"InsertWorkspace": {
		"ok", "22001", "22003", "22008", "22021", "22P02", "22P05", "23502 group_acl", "23502 user_acl",
		"23503 workspaces_organization_id_fkey", "23503 workspaces_owner_id_fkey", "23503 workspaces_template_id_fkey",
		"23505 workspaces_owner_id_lower_idx", "23505 workspaces_pkey", "23514 group_acl_is_object", "23514 user_acl_is_object",
		"25006", "25P02", "54001", "canceled",
	},
	"InsertWorkspaceAgent": {
		"ok", "22001", "22008", "22021", "22P02", "23505 workspace_agents_pkey", "25006", "25P02", "canceled",
	},
	"InsertWorkspaceApp": {
		"ok", "22001", "22008", "22021", "22P02", "23503 workspace_apps_agent_id_fkey", "23505 workspace_apps_agent_id_slug_idx",
		"23505 workspace_apps_pkey", "25006", "25P02", "canceled",
	},
	"InsertWorkspaceAppStatus": {
		"ok", "22008", "22021", "22P02", "23503 workspace_app_statuses_agent_id_fkey", "23503 workspace_app_statuses_app_id_fkey",
		"23503 workspace_app_statuses_workspace_id_fkey", "23505 workspace_app_statuses_pkey", "25006", "25P02", "canceled",
	},
	"InsertWorkspaceBuild": {
		"ok", "22008", "22P02", "23503 workspace_builds_job_id_fkey", "23503 workspace_builds_template_version_id_fkey",
		"23503 workspace_builds_workspace_id_fkey", "23505 workspace_builds_job_id_key", "23505 workspace_builds_pkey",
		"23505 workspace_builds_workspace_id_build_number_key", "25006", "25P02", "canceled",
	},
	"ListTaskWorkspaceAppsByTaskID": {
		"ok", "25P02", "canceled",
	},
	"ListTasks": {
		"ok", "22P02", "25P02", "canceled",
	},
	"ListWorkspaceAppStatusesByAppID": {
		"ok", "25P02", "canceled",
	},
	"ListWorkspaceBuildsByWorkspaceID": {
		"ok", "25P02", "canceled",
	},
	"UpdateProvisionerJobByID": {
		"ok", "no rows", "22008", "22021", "25006", "25P02", "canceled",
	},
	"UpdateTaskPrompt": {
		"ok", "no rows", "22021", "25006", "25P02", "canceled",
	},
	"UpdateTaskWorkspaceID": {
		"ok", "no rows", "25006", "25P02", "canceled",
	},
	"UpdateWorkspaceACLByID": {
		"ok", "no rows", "22003", "22021", "22P02", "22P05", "23502 group_acl", "23502 user_acl", "23514 group_acl_is_object",
		"23514 user_acl_is_object", "25006", "25P02", "54001", "canceled",
	},
	"UpdateWorkspaceAgentLifecycleStateByID": {
		"ok", "no rows", "22008", "22P02", "25006", "25P02", "canceled",
	},
	"UpdateWorkspaceAppHealthByID": {
		"ok", "no rows", "22P02", "25006", "25P02", "canceled",
	},
	"UpsertTaskSnapshot": {
		"ok", "22003", "22008", "22021", "22P02", "22P05", "23502 log_snapshot", "23503 task_snapshots_task_id_fkey", "25006", "25P02",
		"54001", "canceled",
	},
	"UpsertTaskWorkspaceApp": {
		"ok", "23503 task_workspace_apps_task_id_fkey", "23503 task_workspace_apps_workspace_agent_id_fkey",
		"23503 task_workspace_apps_workspace_app_id_fkey", "25006", "25P02", "canceled",
	},
}
