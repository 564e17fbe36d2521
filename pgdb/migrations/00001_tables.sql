-- +goose Up

-- The order of tables, constraints and indexes decides which of several violated
-- constraints PostgreSQL reports first, so it is part of the schema.
--
-- The comment above a type or a table becomes that of its Go type.

-- TaskStatus is the derived status of a task: the enum type task_status.
CREATE TYPE task_status AS ENUM ('pending', 'initializing', 'active', 'paused', 'unknown', 'error');

-- WorkspaceTransition is what a build does to its workspace: the enum type workspace_transition.
CREATE TYPE workspace_transition AS ENUM ('start', 'stop', 'delete');

-- BuildReason is why a build was made: the enum type build_reason.
CREATE TYPE build_reason AS ENUM (
    'initiator', 'autostart', 'autostop', 'dormancy', 'failedstop', 'autodelete', 'dashboard', 'cli',
    'ssh_connection', 'vscode_connection', 'jetbrains_connection', 'task_auto_pause', 'task_manual_pause', 'task_resume'
);

-- ProvisionerJobStatus is the state of a build's job, derived from its columns: the enum type provisioner_job_status.
CREATE TYPE provisioner_job_status AS ENUM (
    'pending', 'running', 'succeeded', 'canceling', 'canceled', 'failed', 'unknown'
);

-- WorkspaceAgentLifecycleState is the state of an agent in its lifecycle: the enum type workspace_agent_lifecycle_state.
CREATE TYPE workspace_agent_lifecycle_state AS ENUM (
    'created', 'starting', 'start_timeout', 'start_error', 'ready',
    'shutting_down', 'shutdown_timeout', 'shutdown_error', 'off'
);

-- WorkspaceAppHealth is the health of an agent's app: the enum type workspace_app_health.
CREATE TYPE workspace_app_health AS ENUM ('disabled', 'initializing', 'healthy', 'unhealthy');

-- WorkspaceAppStatusState is the state that an app reports: the enum type workspace_app_status_state.
CREATE TYPE workspace_app_status_state AS ENUM ('working', 'complete', 'failure', 'idle');

-- Organization is a row of organizations.
CREATE TABLE organizations (
    id uuid NOT NULL,
    name text NOT NULL,
    display_name text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    CONSTRAINT organizations_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX idx_organization_name_lower ON organizations (lower(name)) WHERE deleted = false;

-- User is a row of users.
CREATE TABLE users (
    id uuid NOT NULL,
    email text NOT NULL,
    username text NOT NULL,
    name text DEFAULT '' NOT NULL,
    avatar_url text DEFAULT '' NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX users_username_lower_idx ON users (lower(username)) WHERE deleted = false;

CREATE UNIQUE INDEX users_email_lower_idx ON users (lower(email)) WHERE deleted = false AND email <> '';

-- Template is a row of templates.
CREATE TABLE templates (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    organization_id uuid NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    name varchar(64) NOT NULL,
    active_version_id uuid NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT templates_pkey PRIMARY KEY (id),
    CONSTRAINT templates_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT templates_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX templates_organization_id_name_idx ON templates (organization_id, lower(name)) WHERE deleted = false;

-- TemplateVersion is a row of template_versions.
CREATE TABLE template_versions (
    id uuid NOT NULL,
    template_id uuid,
    organization_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name varchar(64) NOT NULL,
    created_by uuid NOT NULL,
    CONSTRAINT template_versions_pkey PRIMARY KEY (id),
    CONSTRAINT template_versions_template_id_name_key UNIQUE (template_id, name),
    CONSTRAINT template_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT template_versions_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT template_versions_template_id_fkey FOREIGN KEY (template_id) REFERENCES templates (id) ON DELETE CASCADE
);

-- Workspace is a row of workspaces.
CREATE TABLE workspaces (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    owner_id uuid NOT NULL,
    organization_id uuid NOT NULL,
    template_id uuid NOT NULL,
    deleted boolean DEFAULT false NOT NULL,
    name varchar(64) NOT NULL,
    group_acl jsonb DEFAULT '{}'::jsonb NOT NULL,
    user_acl jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT workspaces_pkey PRIMARY KEY (id),
    CONSTRAINT group_acl_is_object CHECK (jsonb_typeof(group_acl) = 'object'),
    CONSTRAINT user_acl_is_object CHECK (jsonb_typeof(user_acl) = 'object'),
    CONSTRAINT workspaces_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE RESTRICT,
    CONSTRAINT workspaces_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE RESTRICT,
    CONSTRAINT workspaces_template_id_fkey FOREIGN KEY (template_id) REFERENCES templates (id) ON DELETE RESTRICT
);

CREATE UNIQUE INDEX workspaces_owner_id_lower_idx ON workspaces (owner_id, lower(name)) WHERE deleted = false;

-- ProvisionerJob is a row of provisioner_jobs. JobStatus is generated from the
-- other columns.
CREATE TABLE provisioner_jobs (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    started_at timestamptz,
    canceled_at timestamptz,
    completed_at timestamptz,
    error text,
    organization_id uuid NOT NULL,
    initiator_id uuid NOT NULL,
    job_status provisioner_job_status NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN completed_at IS NOT NULL THEN
                CASE
                    WHEN error <> '' THEN 'failed'::provisioner_job_status
                    WHEN canceled_at IS NOT NULL THEN 'canceled'::provisioner_job_status
                    ELSE 'succeeded'::provisioner_job_status
                END
            ELSE
                CASE
                    WHEN error <> '' THEN 'failed'::provisioner_job_status
                    WHEN canceled_at IS NOT NULL THEN 'canceling'::provisioner_job_status
                    WHEN started_at IS NULL THEN 'pending'::provisioner_job_status
                    ELSE 'running'::provisioner_job_status
                END
        END
    ) STORED,
    CONSTRAINT provisioner_jobs_pkey PRIMARY KEY (id),
    CONSTRAINT provisioner_jobs_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE
);

-- WorkspaceBuild is a row of workspace_builds.
CREATE TABLE workspace_builds (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    workspace_id uuid NOT NULL,
    template_version_id uuid NOT NULL,
    build_number integer NOT NULL,
    transition workspace_transition NOT NULL,
    initiator_id uuid NOT NULL,
    job_id uuid NOT NULL,
    reason build_reason DEFAULT 'initiator'::build_reason NOT NULL,
    CONSTRAINT workspace_builds_pkey PRIMARY KEY (id),
    CONSTRAINT workspace_builds_job_id_key UNIQUE (job_id),
    CONSTRAINT workspace_builds_workspace_id_build_number_key UNIQUE (workspace_id, build_number),
    CONSTRAINT workspace_builds_job_id_fkey FOREIGN KEY (job_id) REFERENCES provisioner_jobs (id) ON DELETE CASCADE,
    CONSTRAINT workspace_builds_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES template_versions (id) ON DELETE CASCADE,
    CONSTRAINT workspace_builds_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

-- WorkspaceAgent is a row of workspace_agents.
CREATE TABLE workspace_agents (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    name varchar(64) NOT NULL,
    lifecycle_state workspace_agent_lifecycle_state DEFAULT 'created'::workspace_agent_lifecycle_state NOT NULL,
    CONSTRAINT workspace_agents_pkey PRIMARY KEY (id)
);

-- WorkspaceApp is a row of workspace_apps.
CREATE TABLE workspace_apps (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    agent_id uuid NOT NULL,
    display_name varchar(64) NOT NULL,
    slug text NOT NULL,
    health workspace_app_health DEFAULT 'disabled'::workspace_app_health NOT NULL,
    CONSTRAINT workspace_apps_pkey PRIMARY KEY (id),
    CONSTRAINT workspace_apps_agent_id_slug_idx UNIQUE (agent_id, slug),
    CONSTRAINT workspace_apps_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES workspace_agents (id) ON DELETE CASCADE
);

-- WorkspaceAppStatus is a row of workspace_app_statuses.
CREATE TABLE workspace_app_statuses (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    agent_id uuid NOT NULL,
    app_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    state workspace_app_status_state NOT NULL,
    message text NOT NULL,
    uri text,
    CONSTRAINT workspace_app_statuses_pkey PRIMARY KEY (id),
    CONSTRAINT workspace_app_statuses_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES workspace_agents (id),
    CONSTRAINT workspace_app_statuses_app_id_fkey FOREIGN KEY (app_id) REFERENCES workspace_apps (id),
    CONSTRAINT workspace_app_statuses_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id)
);

CREATE INDEX workspace_app_statuses_app_id_idx ON workspace_app_statuses (app_id, created_at DESC);

CREATE INDEX idx_workspace_app_statuses_workspace_id_created_at ON workspace_app_statuses (workspace_id, created_at DESC);

-- Task is a row of tasks.
CREATE TABLE tasks (
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    workspace_id uuid,
    template_version_id uuid NOT NULL,
    template_parameters jsonb DEFAULT '{}'::jsonb NOT NULL,
    prompt text NOT NULL,
    created_at timestamptz NOT NULL,
    deleted_at timestamptz,
    display_name varchar(127) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT tasks_pkey PRIMARY KEY (id),
    CONSTRAINT tasks_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE,
    CONSTRAINT tasks_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT tasks_template_version_id_fkey FOREIGN KEY (template_version_id) REFERENCES template_versions (id) ON DELETE CASCADE,
    CONSTRAINT tasks_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces (id) ON DELETE CASCADE
);

CREATE INDEX tasks_organization_id_idx ON tasks (organization_id);

CREATE INDEX tasks_owner_id_idx ON tasks (owner_id);

CREATE INDEX tasks_workspace_id_idx ON tasks (workspace_id);

CREATE UNIQUE INDEX tasks_owner_id_name_unique_idx ON tasks (owner_id, lower(name)) WHERE deleted_at IS NULL;

-- TaskWorkspaceApp is a row of task_workspace_apps: the binding of a task to
-- the agent and the app that one build of its workspace made.
CREATE TABLE task_workspace_apps (
    task_id uuid NOT NULL,
    workspace_agent_id uuid,
    workspace_app_id uuid,
    workspace_build_number integer NOT NULL,
    CONSTRAINT task_workspace_apps_pkey PRIMARY KEY (task_id, workspace_build_number),
    CONSTRAINT task_workspace_apps_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
    CONSTRAINT task_workspace_apps_workspace_agent_id_fkey FOREIGN KEY (workspace_agent_id) REFERENCES workspace_agents (id) ON DELETE CASCADE,
    CONSTRAINT task_workspace_apps_workspace_app_id_fkey FOREIGN KEY (workspace_app_id) REFERENCES workspace_apps (id) ON DELETE CASCADE
);

-- TaskSnapshot is a row of task_snapshots.
CREATE TABLE task_snapshots (
    task_id uuid NOT NULL,
    log_snapshot jsonb NOT NULL,
    log_snapshot_created_at timestamptz NOT NULL,
    CONSTRAINT task_snapshots_pkey PRIMARY KEY (task_id),
    CONSTRAINT task_snapshots_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE
);

-- +goose Down

DROP TABLE task_snapshots, task_workspace_apps, tasks, workspace_app_statuses, workspace_apps, workspace_agents,
    workspace_builds, provisioner_jobs, workspaces, template_versions, templates, users, organizations;

DROP TYPE workspace_app_status_state, workspace_app_health, workspace_agent_lifecycle_state, provisioner_job_status,
    build_reason, workspace_transition, task_status;
