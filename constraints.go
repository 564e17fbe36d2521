package tasktwin

// UniqueConstraint is the name of a primary key, a unique constraint or a unique index.
type UniqueConstraint string

// The values of UniqueConstraint, in the schema's order, which is the order of detection.
const (
	UniqueOrganizationsPKey                        UniqueConstraint = "organizations_pkey"
	UniqueIdxOrganizationNameLower                 UniqueConstraint = "idx_organization_name_lower"
	UniqueUsersPKey                                UniqueConstraint = "users_pkey"
	UniqueUsersUsernameLowerIdx                    UniqueConstraint = "users_username_lower_idx"
	UniqueUsersEmailLowerIdx                       UniqueConstraint = "users_email_lower_idx"
	UniqueTemplatesPKey                            UniqueConstraint = "templates_pkey"
	UniqueTemplatesOrganizationIDNameIdx           UniqueConstraint = "templates_organization_id_name_idx"
	UniqueTemplateVersionsPKey                     UniqueConstraint = "template_versions_pkey"
	UniqueTemplateVersionsTemplateIDNameKey        UniqueConstraint = "template_versions_template_id_name_key"
	UniqueWorkspacesPKey                           UniqueConstraint = "workspaces_pkey"
	UniqueWorkspacesOwnerIDLowerIdx                UniqueConstraint = "workspaces_owner_id_lower_idx"
	UniqueProvisionerJobsPKey                      UniqueConstraint = "provisioner_jobs_pkey"
	UniqueWorkspaceBuildsPKey                      UniqueConstraint = "workspace_builds_pkey"
	UniqueWorkspaceBuildsJobIDKey                  UniqueConstraint = "workspace_builds_job_id_key"
	UniqueWorkspaceBuildsWorkspaceIDBuildNumberKey UniqueConstraint = "workspace_builds_workspace_id_build_number_key"
	UniqueWorkspaceAgentsPKey                      UniqueConstraint = "workspace_agents_pkey"
	UniqueWorkspaceAppsPKey                        UniqueConstraint = "workspace_apps_pkey"
	UniqueWorkspaceAppsAgentIDSlugIdx              UniqueConstraint = "workspace_apps_agent_id_slug_idx"
	UniqueWorkspaceAppStatusesPKey                 UniqueConstraint = "workspace_app_statuses_pkey"
	UniqueTasksPKey                                UniqueConstraint = "tasks_pkey"
	UniqueTasksOwnerIDNameUniqueIdx                UniqueConstraint = "tasks_owner_id_name_unique_idx"
	UniqueTaskWorkspaceAppsPKey                    UniqueConstraint = "task_workspace_apps_pkey"
	UniqueTaskSnapshotsPKey                        UniqueConstraint = "task_snapshots_pkey"
)

// ForeignKeyConstraint is the name of a foreign key.
type ForeignKeyConstraint string

// The values of ForeignKeyConstraint, in the schema's order, which is the order of detection.
const (
	FKTemplatesCreatedByFKey                ForeignKeyConstraint = "templates_created_by_fkey"
	FKTemplatesOrganizationIDFKey           ForeignKeyConstraint = "templates_organization_id_fkey"
	FKTemplateVersionsCreatedByFKey         ForeignKeyConstraint = "template_versions_created_by_fkey"
	FKTemplateVersionsOrganizationIDFKey    ForeignKeyConstraint = "template_versions_organization_id_fkey"
	FKTemplateVersionsTemplateIDFKey        ForeignKeyConstraint = "template_versions_template_id_fkey"
	FKWorkspacesOrganizationIDFKey          ForeignKeyConstraint = "workspaces_organization_id_fkey"
	FKWorkspacesOwnerIDFKey                 ForeignKeyConstraint = "workspaces_owner_id_fkey"
	FKWorkspacesTemplateIDFKey              ForeignKeyConstraint = "workspaces_template_id_fkey"
	FKProvisionerJobsOrganizationIDFKey     ForeignKeyConstraint = "provisioner_jobs_organization_id_fkey"
	FKWorkspaceBuildsJobIDFKey              ForeignKeyConstraint = "workspace_builds_job_id_fkey"
	FKWorkspaceBuildsTemplateVersionIDFKey  ForeignKeyConstraint = "workspace_builds_template_version_id_fkey"
	FKWorkspaceBuildsWorkspaceIDFKey        ForeignKeyConstraint = "workspace_builds_workspace_id_fkey"
	FKWorkspaceAppsAgentIDFKey              ForeignKeyConstraint = "workspace_apps_agent_id_fkey"
	FKWorkspaceAppStatusesAgentIDFKey       ForeignKeyConstraint = "workspace_app_statuses_agent_id_fkey"
	FKWorkspaceAppStatusesAppIDFKey         ForeignKeyConstraint = "workspace_app_statuses_app_id_fkey"
	FKWorkspaceAppStatusesWorkspaceIDFKey   ForeignKeyConstraint = "workspace_app_statuses_workspace_id_fkey"
	FKTasksOrganizationIDFKey               ForeignKeyConstraint = "tasks_organization_id_fkey"
	FKTasksOwnerIDFKey                      ForeignKeyConstraint = "tasks_owner_id_fkey"
	FKTasksTemplateVersionIDFKey            ForeignKeyConstraint = "tasks_template_version_id_fkey"
	FKTasksWorkspaceIDFKey                  ForeignKeyConstraint = "tasks_workspace_id_fkey"
	FKTaskWorkspaceAppsTaskIDFKey           ForeignKeyConstraint = "task_workspace_apps_task_id_fkey"
	FKTaskWorkspaceAppsWorkspaceAgentIDFKey ForeignKeyConstraint = "task_workspace_apps_workspace_agent_id_fkey"
	FKTaskWorkspaceAppsWorkspaceAppIDFKey   ForeignKeyConstraint = "task_workspace_apps_workspace_app_id_fkey"
	FKTaskSnapshotsTaskIDFKey               ForeignKeyConstraint = "task_snapshots_task_id_fkey"
)

// CheckConstraint is the name of a check constraint.
type CheckConstraint string

// The values of CheckConstraint, in the schema's order, which is the order of detection.
const (
	CheckGroupACLIsObject CheckConstraint = "group_acl_is_object"
	CheckUserACLIsObject  CheckConstraint = "user_acl_is_object"
)
