-- pgdb's tables, indexes and view for SQLite: uuids are blobs, times are microseconds
-- since 1970, and jsonb is stored as text.

CREATE TABLE organizations (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX idx_organization_name_lower ON organizations (lower(name)) WHERE deleted = 0;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    username TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    avatar_url TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX users_username_lower_idx ON users (lower(username)) WHERE deleted = 0;

CREATE UNIQUE INDEX users_email_lower_idx ON users (lower(email)) WHERE deleted = 0 AND email <> '';

CREATE TABLE templates (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    deleted INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    active_version_id BLOB NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id) ON DELETE RESTRICT
);

CREATE UNIQUE INDEX templates_organization_id_name_idx ON templates (organization_id, lower(name)) WHERE deleted = 0;

CREATE TABLE template_versions (
    id BLOB NOT NULL PRIMARY KEY,
    template_id BLOB REFERENCES templates (id) ON DELETE CASCADE,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    UNIQUE (template_id, name)
);

CREATE TABLE workspaces (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    owner_id BLOB NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE RESTRICT,
    template_id BLOB NOT NULL REFERENCES templates (id) ON DELETE RESTRICT,
    deleted INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL,
    group_acl TEXT NOT NULL DEFAULT '{}' CHECK (json_type(group_acl) = 'object'),
    user_acl TEXT NOT NULL DEFAULT '{}' CHECK (json_type(user_acl) = 'object')
);

CREATE UNIQUE INDEX workspaces_owner_id_lower_idx ON workspaces (owner_id, lower(name)) WHERE deleted = 0;

CREATE TABLE provisioner_jobs (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    started_at INTEGER,
    canceled_at INTEGER,
    completed_at INTEGER,
    error TEXT,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    initiator_id BLOB NOT NULL,
    job_status TEXT NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN error <> '' THEN 'failed'
            WHEN completed_at IS NOT NULL THEN CASE WHEN canceled_at IS NOT NULL THEN 'canceled' ELSE 'succeeded' END
            WHEN canceled_at IS NOT NULL THEN 'canceling'
            WHEN started_at IS NULL THEN 'pending'
            ELSE 'running'
        END
    ) STORED
);

CREATE TABLE workspace_builds (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    workspace_id BLOB NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    template_version_id BLOB NOT NULL REFERENCES template_versions (id) ON DELETE CASCADE,
    build_number INTEGER NOT NULL,
    transition TEXT NOT NULL,
    initiator_id BLOB NOT NULL,
    job_id BLOB NOT NULL UNIQUE REFERENCES provisioner_jobs (id) ON DELETE CASCADE,
    reason TEXT NOT NULL DEFAULT 'initiator',
    UNIQUE (workspace_id, build_number)
);

CREATE TABLE workspace_agents (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    name TEXT NOT NULL,
    lifecycle_state TEXT NOT NULL DEFAULT 'created'
);

CREATE TABLE workspace_apps (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    agent_id BLOB NOT NULL REFERENCES workspace_agents (id) ON DELETE CASCADE,
    display_name TEXT NOT NULL,
    slug TEXT NOT NULL,
    health TEXT NOT NULL DEFAULT 'disabled',
    UNIQUE (agent_id, slug)
);

-- The order of the states, which decides ties, is that of their enum: working
-- comes first, and no other order matters to a sum over working.
CREATE TABLE workspace_app_statuses (
    id BLOB NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    agent_id BLOB NOT NULL REFERENCES workspace_agents (id),
    app_id BLOB NOT NULL REFERENCES workspace_apps (id),
    workspace_id BLOB NOT NULL REFERENCES workspaces (id),
    state TEXT NOT NULL CHECK (state IN ('working', 'complete', 'failure', 'idle')),
    message TEXT NOT NULL,
    uri TEXT
);

CREATE INDEX workspace_app_statuses_app_id_idx ON workspace_app_statuses (app_id, created_at DESC);

CREATE INDEX idx_workspace_app_statuses_workspace_id_created_at ON workspace_app_statuses (workspace_id, created_at DESC);

CREATE TABLE tasks (
    id BLOB NOT NULL PRIMARY KEY,
    organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
    owner_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    workspace_id BLOB REFERENCES workspaces (id) ON DELETE CASCADE,
    template_version_id BLOB NOT NULL REFERENCES template_versions (id) ON DELETE CASCADE,
    template_parameters TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(template_parameters)),
    prompt TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER,
    display_name TEXT NOT NULL DEFAULT ''
);

CREATE INDEX tasks_organization_id_idx ON tasks (organization_id);

CREATE INDEX tasks_owner_id_idx ON tasks (owner_id);

CREATE INDEX tasks_workspace_id_idx ON tasks (workspace_id);

CREATE UNIQUE INDEX tasks_owner_id_name_unique_idx ON tasks (owner_id, lower(name)) WHERE deleted_at IS NULL;

CREATE TABLE task_workspace_apps (
    task_id BLOB NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    workspace_agent_id BLOB REFERENCES workspace_agents (id) ON DELETE CASCADE,
    workspace_app_id BLOB REFERENCES workspace_apps (id) ON DELETE CASCADE,
    workspace_build_number INTEGER NOT NULL,
    PRIMARY KEY (task_id, workspace_build_number)
);

CREATE TABLE task_snapshots (
    task_id BLOB NOT NULL PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    log_snapshot TEXT NOT NULL CHECK (json_valid(log_snapshot)),
    log_snapshot_created_at INTEGER NOT NULL
);

CREATE VIEW tasks_with_inputs AS
SELECT
    tasks.*,
    coalesce(workspaces.group_acl, '{}') AS workspace_group_acl,
    coalesce(workspaces.user_acl, '{}') AS workspace_user_acl,
    builds.transition,
    jobs.job_status,
    bindings.workspace_build_number,
    bindings.workspace_agent_id,
    bindings.workspace_app_id,
    agents.lifecycle_state,
    apps.health,
    owners.username AS owner_username,
    owners.name AS owner_name,
    owners.avatar_url AS owner_avatar_url,
    CASE
        WHEN jobs.job_status IS NULL THEN 'pending'
        WHEN jobs.job_status IN ('failed', 'canceling', 'canceled') THEN 'error'
        WHEN builds.transition IN ('stop', 'delete') AND jobs.job_status = 'succeeded' THEN 'paused'
        WHEN builds.transition = 'start' AND jobs.job_status = 'pending' THEN 'pending'
        WHEN builds.transition = 'start' AND jobs.job_status IN ('running', 'succeeded') THEN 'active'
        ELSE 'unknown'
    END AS build_status,
    CASE
        WHEN agents.lifecycle_state IS NULL OR agents.lifecycle_state IN ('created', 'starting') THEN 'initializing'
        WHEN agents.lifecycle_state IN ('ready', 'start_timeout', 'start_error') THEN 'active'
        ELSE 'unknown'
    END AS agent_status,
    CASE
        WHEN apps.health = 'initializing' THEN 'initializing'
        WHEN apps.health = 'unhealthy' THEN 'error'
        WHEN apps.health IN ('healthy', 'disabled') THEN 'active'
        ELSE 'unknown'
    END AS app_status
FROM tasks
JOIN users AS owners ON owners.id = tasks.owner_id
LEFT JOIN workspaces ON workspaces.id = tasks.workspace_id
LEFT JOIN task_workspace_apps AS bindings
    ON bindings.task_id = tasks.id
    AND bindings.workspace_build_number = (
        SELECT max(workspace_build_number) FROM task_workspace_apps WHERE task_id = tasks.id
    )
LEFT JOIN workspace_builds AS builds
    ON builds.workspace_id = tasks.workspace_id AND builds.build_number = bindings.workspace_build_number
LEFT JOIN provisioner_jobs AS jobs ON jobs.id = builds.job_id
LEFT JOIN workspace_agents AS agents ON agents.id = bindings.workspace_agent_id
LEFT JOIN workspace_apps AS apps ON apps.id = bindings.workspace_app_id
WHERE tasks.deleted_at IS NULL;

CREATE VIEW tasks_with_status AS
SELECT
    id, organization_id, owner_id, name, workspace_id, template_version_id, template_parameters, prompt, created_at,
    deleted_at, display_name, workspace_group_acl, workspace_user_acl,
    CASE
        WHEN workspace_id IS NULL THEN 'pending'
        WHEN build_status <> 'active' THEN build_status
        WHEN agent_status <> 'active' THEN agent_status
        ELSE app_status
    END AS status,
    '{"app": {"health": ' || coalesce('"' || health || '"', 'null')
        || ', "computed": "' || app_status
        || '"}, "agent": {"computed": "' || agent_status
        || '", "lifecycle_state": ' || coalesce('"' || lifecycle_state || '"', 'null')
        || '}, "build": {"computed": "' || build_status
        || '", "job_status": ' || coalesce('"' || job_status || '"', 'null')
        || ', "transition": ' || coalesce('"' || transition || '"', 'null')
        || '}}' AS status_debug,
    workspace_build_number, workspace_agent_id, workspace_app_id, lifecycle_state, health,
    owner_username, owner_name, owner_avatar_url
FROM tasks_with_inputs;
