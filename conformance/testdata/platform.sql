-- Makes a platform's database of a migrated one: the tables have more columns, in
-- another order, with defaults and triggers, the enum types have more values, and
-- there are more tables. What Migrate leaves of its own is gone.

DROP TABLE tasktwin_db_version;
DROP INDEX workspace_builds_created_at_idx;

ALTER TYPE build_reason ADD VALUE 'maintenance' BEFORE 'autostart';
ALTER TYPE build_reason ADD VALUE 'quota';
ALTER TYPE workspace_transition ADD VALUE 'restart' AFTER 'start';
ALTER TYPE provisioner_job_status ADD VALUE 'reaped';
ALTER TYPE workspace_agent_lifecycle_state ADD VALUE 'hibernated' BEFORE 'off';
ALTER TYPE workspace_app_health ADD VALUE 'degraded' AFTER 'healthy';
ALTER TYPE workspace_app_status_state ADD VALUE 'waiting' AFTER 'working';
ALTER TYPE task_status ADD VALUE 'archived';

CREATE TYPE sharing AS ENUM ('owner', 'everybody');

ALTER TABLE organizations ADD COLUMN description text DEFAULT '' NOT NULL, ADD COLUMN icon text, ADD COLUMN sharing sharing DEFAULT 'owner' NOT NULL;
ALTER TABLE users ADD COLUMN roles text[] DEFAULT '{}' NOT NULL, ADD COLUMN last_seen_at timestamptz DEFAULT '0001-01-01 00:00:00+00' NOT NULL;
ALTER TABLE templates ADD COLUMN default_ttl bigint DEFAULT 604800000000000 NOT NULL, ADD COLUMN acl jsonb DEFAULT '{"everybody": []}' NOT NULL;
ALTER TABLE template_versions ADD COLUMN readme varchar(1048576) DEFAULT '' NOT NULL, ADD COLUMN message varchar(1048576);
ALTER TABLE workspaces ADD COLUMN ttl bigint, ADD COLUMN last_used_at timestamptz DEFAULT '0001-01-01 00:00:00+00' NOT NULL;
ALTER TABLE provisioner_jobs
    ADD COLUMN input jsonb DEFAULT '{}' NOT NULL,
    ADD COLUMN succeeded boolean GENERATED ALWAYS AS (completed_at IS NOT NULL AND error IS NULL) STORED;
ALTER TABLE workspace_agents ADD COLUMN auth_token uuid DEFAULT gen_random_uuid() NOT NULL UNIQUE, ADD COLUMN directory varchar(4096) DEFAULT '' NOT NULL;
ALTER TABLE workspace_apps ADD COLUMN sharing sharing DEFAULT 'owner' NOT NULL, ADD COLUMN display_order integer DEFAULT 0 NOT NULL;
ALTER TABLE workspace_app_statuses ADD COLUMN icon text, ADD COLUMN needs_attention boolean DEFAULT false NOT NULL;
ALTER TABLE tasks ADD COLUMN words integer NOT NULL, ADD COLUMN labels text[] DEFAULT '{}' NOT NULL;
ALTER TABLE task_workspace_apps ADD COLUMN noted_at timestamptz DEFAULT now() NOT NULL;
ALTER TABLE task_snapshots ADD COLUMN bytes integer GENERATED ALWAYS AS (octet_length(log_snapshot::text)) STORED;

-- Another column comes before one of ours.
ALTER TABLE workspace_builds DROP COLUMN updated_at, ADD COLUMN daily_cost integer DEFAULT 0 NOT NULL;
ALTER TABLE workspace_builds ADD COLUMN updated_at timestamptz NOT NULL;

-- A column without a default, which a trigger sets.
CREATE FUNCTION count_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := cardinality(regexp_split_to_array(NEW.prompt, '\s+'));
    RETURN NEW;
END $$;
CREATE TRIGGER count_words BEFORE INSERT OR UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION count_words();

-- A row beside each workspace, which a build updates and a delete takes along.
CREATE TABLE workspace_usage (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
    builds integer DEFAULT 0 NOT NULL
);
CREATE FUNCTION count_builds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO workspace_usage (workspace_id, builds) VALUES (NEW.workspace_id, 1)
    ON CONFLICT (workspace_id) DO UPDATE SET builds = workspace_usage.builds + 1;
    UPDATE workspaces SET last_used_at = NEW.created_at WHERE id = NEW.workspace_id AND last_used_at < NEW.created_at;
    RETURN NULL;
END $$;
-- After those of the foreign keys, whose names begin with RI_: they report what is violated.
CREATE TRIGGER zz_count_builds AFTER INSERT ON workspace_builds FOR EACH ROW EXECUTE FUNCTION count_builds();

CREATE TABLE audit_logs (id bigint GENERATED ALWAYS AS IDENTITY, action text NOT NULL, table_name text NOT NULL, rows integer NOT NULL);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_logs (action, table_name, rows) SELECT TG_OP, TG_TABLE_NAME, count(*) FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER DELETE ON users REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER audit AFTER UPDATE ON tasks REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION audit();

CREATE TABLE task_labels (
    task_id uuid NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    label text NOT NULL,
    PRIMARY KEY (task_id, label)
);

-- The platform's view has more columns, and ours in another order.
ALTER VIEW tasks_with_status RENAME TO tasks_and_status;
CREATE VIEW tasks_with_status AS
SELECT s.status, s.owner_name, templates.name AS template_name, tasks.labels, s.owner_avatar_url, s.owner_username, s.id, s.organization_id,
    s.owner_id, s.name, s.workspace_id, s.template_version_id, s.template_parameters, s.prompt, s.created_at, s.deleted_at, s.display_name,
    s.workspace_group_acl, s.workspace_user_acl, s.status_debug, s.workspace_build_number, s.workspace_agent_id, s.workspace_app_id,
    s.workspace_agent_lifecycle_state, s.workspace_app_health
FROM tasks_and_status AS s
JOIN tasks ON tasks.id = s.id
LEFT JOIN template_versions ON template_versions.id = s.template_version_id
LEFT JOIN templates ON templates.id = template_versions.template_id;
