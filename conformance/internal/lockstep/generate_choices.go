package lockstep

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

type store = tasktwin.Store

// Choices are the operations, at least one for each method of
// [tasktwin.Querier]. The init function fills it, because a transaction is made
// of operations.
var Choices []Choice

func init() {
	Choices = slices.Concat(taskChoices, surroundingChoices, []Choice{
		{"InTx", 40, (*Generator).transaction}, {"", 4, (*Generator).canceled}, {"fork", 2, (*Generator).forks},
	})
}

// maxDepth is how deep savepoints nest.
const maxDepth = 4

// transaction is a few operations that happen together, or do not.
func (g *Generator) transaction() operation {
	if g.depth >= maxDepth {
		return g.next()
	}
	opts, n, end := g.txOptions(), 1+g.rand.IntN(6), g.rand.IntN(12)
	return func(ctx context.Context, s store) (err error) {
		before := g.pools.clone()
		g.depth++
		defer func() {
			g.depth--
			if p := recover(); p != nil {
				if p != errPanic { //nolint:errorlint // the very same value, and nothing that wraps it
					panic(p)
				}
				err = errPanic
			}
			if err != nil {
				g.pools = before
			}
		}()
		return s.InTx(ctx, func(tx store) error {
			for range n {
				op := g.next()
				if g.oneIn(8) {
					op = g.transaction()
				}
				err := op(ctx, tx)
				if err != nil && g.oneIn(3) {
					return err
				}
			}
			switch end {
			case 0:
				panic(errPanic)
			case 1, 2:
				return ErrRollback
			}
			return nil
		}, opts)
	}
}

// forks makes a copy of the store, on which the program goes on.
func (g *Generator) forks() operation {
	return func(_ context.Context, s store) error {
		if f, ok := s.(forker); ok {
			f.OnFork()
		}
		return nil
	}
}

// canceled is an operation whose context is done before it starts.
func (g *Generator) canceled() operation {
	op := g.next()
	return func(ctx context.Context, s store) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		err := op(ctx, s)
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
}

var taskChoices = []Choice{
	{"InsertTask", 60, func(g *Generator) operation {
		arg := tasktwin.InsertTaskParams{
			ID: g.unused(tasks), OrganizationID: g.known(orgs), OwnerID: g.known(users), Name: g.name("task", 30),
			DisplayName: g.name("Task ", 30), WorkspaceID: g.nullable(g.known(workspaces), 4),
			TemplateVersionID: g.known(versions), TemplateParameters: g.json(), Prompt: g.message(), CreatedAt: g.time(),
		}
		return makesRow(g, store.InsertTask, arg, tasks, arg.ID)
	}},
	{"UpdateTaskWorkspaceID", 30, func(g *Generator) operation {
		return call(store.UpdateTaskWorkspaceID, tasktwin.UpdateTaskWorkspaceIDParams{ID: g.known(tasks), WorkspaceID: g.nullable(g.known(workspaces), 20)}, nil)
	}},
	{"UpsertTaskWorkspaceApp", 60, func(g *Generator) operation {
		return call(store.UpsertTaskWorkspaceApp, tasktwin.UpsertTaskWorkspaceAppParams{
			TaskID: g.known(tasks), WorkspaceBuildNumber: g.buildNumber(),
			WorkspaceAgentID: g.nullable(g.known(agents), 8), WorkspaceAppID: g.nullable(g.known(apps), 8),
		}, nil)
	}},
	{"GetTaskByID", 30, reads(tasks, store.GetTaskByID)},
	{"GetTaskByWorkspaceID", 20, func(g *Generator) operation {
		return call(store.GetTaskByWorkspaceID, g.nullable(g.known(workspaces), 20), nil)
	}},
	{"GetTaskByOwnerIDAndName", 20, func(g *Generator) operation {
		return call(store.GetTaskByOwnerIDAndName, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: g.known(users), Name: g.name("task", 30)}, nil)
	}},
	{"ListTasks", 12, func(g *Generator) operation {
		var arg tasktwin.ListTasksParams
		if g.oneIn(2) {
			arg.OwnerID = g.known(users)
		}
		if g.oneIn(3) {
			arg.OrganizationID = g.known(orgs)
		}
		if g.oneIn(2) {
			arg.Status = value(g, tasktwin.AllTaskStatusValues())
		}
		return call(store.ListTasks, arg, nil)
	}},
	{"DeleteTask", 14, func(g *Generator) operation {
		return call(store.DeleteTask, tasktwin.DeleteTaskParams{ID: g.known(tasks), DeletedAt: g.time()}, nil)
	}},
	{"UpdateTaskPrompt", 16, func(g *Generator) operation {
		return call(store.UpdateTaskPrompt, tasktwin.UpdateTaskPromptParams{ID: g.known(tasks), Prompt: g.message()}, nil)
	}},
	{"UpsertTaskSnapshot", 20, func(g *Generator) operation {
		arg := tasktwin.UpsertTaskSnapshotParams{TaskID: g.known(tasks), LogSnapshot: g.json(), LogSnapshotCreatedAt: g.time()}
		return func(ctx context.Context, s store) error { return s.UpsertTaskSnapshot(ctx, arg) }
	}},
	{"GetTaskSnapshot", 12, reads(tasks, store.GetTaskSnapshot)},
	{"GetTelemetryTaskEvents", 10, func(g *Generator) operation {
		return call(store.GetTelemetryTaskEvents, tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: g.time(), Now: g.time()}, nil)
	}},
}

var surroundingChoices = []Choice{
	{"InsertOrganization", 8, func(g *Generator) operation {
		arg := tasktwin.InsertOrganizationParams{ID: g.unused(orgs), Name: g.name("org", 8), DisplayName: g.message(), CreatedAt: g.time(), UpdatedAt: g.time(), Deleted: g.oneIn(6)}
		return makesRow(g, store.InsertOrganization, arg, orgs, arg.ID)
	}},
	{"InsertUser", 14, func(g *Generator) operation {
		arg := tasktwin.InsertUserParams{
			ID: g.unused(users), Email: g.name("mail", 40), Username: g.name("user", 40), Name: g.message(), AvatarURL: g.message(),
			CreatedAt: g.time(), UpdatedAt: g.time(), Deleted: g.oneIn(6),
		}
		return makesRow(g, store.InsertUser, arg, users, arg.ID)
	}},
	{"InsertTemplate", 14, func(g *Generator) operation {
		arg := tasktwin.InsertTemplateParams{
			ID: g.unused(templates), CreatedAt: g.time(), UpdatedAt: g.time(), OrganizationID: g.known(orgs), Deleted: g.oneIn(6),
			Name: g.name("template", 20), ActiveVersionID: g.known(versions), CreatedBy: g.known(users),
		}
		return makesRow(g, store.InsertTemplate, arg, templates, arg.ID)
	}},
	{"InsertTemplateVersion", 18, func(g *Generator) operation {
		arg := tasktwin.InsertTemplateVersionParams{
			ID: g.unused(versions), TemplateID: g.nullable(g.known(templates), 12), OrganizationID: g.known(orgs),
			CreatedAt: g.time(), UpdatedAt: g.time(), Name: g.name("version", 20), CreatedBy: g.known(users),
		}
		return makesRow(g, store.InsertTemplateVersion, arg, versions, arg.ID)
	}},
	{"InsertWorkspace", 30, func(g *Generator) operation {
		arg := tasktwin.InsertWorkspaceParams{
			ID: g.unused(workspaces), CreatedAt: g.time(), UpdatedAt: g.time(), OwnerID: g.known(users), OrganizationID: g.known(orgs),
			TemplateID: g.known(templates), Deleted: g.oneIn(8), Name: g.name("workspace", 60), GroupACL: g.json(), UserACL: g.json(),
		}
		return makesRow(g, store.InsertWorkspace, arg, workspaces, arg.ID)
	}},
	{"UpdateWorkspaceACLByID", 8, func(g *Generator) operation {
		return call(store.UpdateWorkspaceACLByID, tasktwin.UpdateWorkspaceACLByIDParams{ID: g.known(workspaces), GroupACL: g.json(), UserACL: g.json()}, nil)
	}},
	{"InsertProvisionerJob", 50, func(g *Generator) operation {
		arg := tasktwin.InsertProvisionerJobParams{
			ID: g.unused(jobs), CreatedAt: g.time(), UpdatedAt: g.time(), StartedAt: g.nullTime(2), CanceledAt: g.nullTime(6),
			CompletedAt: g.nullTime(3), OrganizationID: g.known(orgs), InitiatorID: g.fresh(),
		}
		if g.oneIn(8) {
			arg.Error = g.nullMessage()
		}
		return makesRow(g, store.InsertProvisionerJob, arg, jobs, arg.ID)
	}},
	{"UpdateProvisionerJobByID", 24, func(g *Generator) operation {
		arg := tasktwin.UpdateProvisionerJobByIDParams{ID: g.known(jobs), StartedAt: g.nullTime(3), CanceledAt: g.nullTime(2), CompletedAt: g.nullTime(3), UpdatedAt: g.time()}
		if g.oneIn(4) {
			arg.Error = g.nullMessage()
		}
		return call(store.UpdateProvisionerJobByID, arg, nil)
	}},
	{"InsertWorkspaceBuild", 60, func(g *Generator) operation {
		arg := tasktwin.InsertWorkspaceBuildParams{
			ID: g.serial(builds), CreatedAt: g.time(), UpdatedAt: g.time(), WorkspaceID: g.known(workspaces), TemplateVersionID: g.known(versions),
			BuildNumber: g.buildNumber(), Transition: value(g, tasktwin.AllWorkspaceTransitionValues()), InitiatorID: g.fresh(),
			JobID: g.known(jobs), Reason: value(g, tasktwin.AllBuildReasonValues()),
		}
		// A job has one build: once used it makes room for another.
		return call(store.InsertWorkspaceBuild, arg, func(tasktwin.WorkspaceBuild) {
			if !g.oneIn(6) {
				g.forget(jobs, arg.JobID)
			}
		})
	}},
	{"InsertWorkspaceAgent", 24, func(g *Generator) operation {
		arg := tasktwin.InsertWorkspaceAgentParams{ID: g.unused(agents), CreatedAt: g.time(), UpdatedAt: g.time(), Name: g.name("agent", 5), LifecycleState: value(g, tasktwin.AllWorkspaceAgentLifecycleStateValues())}
		return makesRow(g, store.InsertWorkspaceAgent, arg, agents, arg.ID)
	}},
	{"UpdateWorkspaceAgentLifecycleStateByID", 20, func(g *Generator) operation {
		return call(store.UpdateWorkspaceAgentLifecycleStateByID, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{ID: g.known(agents), LifecycleState: value(g, tasktwin.AllWorkspaceAgentLifecycleStateValues()), UpdatedAt: g.time()}, nil)
	}},
	{"InsertWorkspaceApp", 30, func(g *Generator) operation {
		arg := tasktwin.InsertWorkspaceAppParams{ID: g.unused(apps), CreatedAt: g.time(), AgentID: g.known(agents), DisplayName: g.name("App ", 9), Slug: g.name("app", 12), Health: value(g, tasktwin.AllWorkspaceAppHealthValues())}
		return makesRow(g, store.InsertWorkspaceApp, arg, apps, arg.ID)
	}},
	{"UpdateWorkspaceAppHealthByID", 20, func(g *Generator) operation {
		return call(store.UpdateWorkspaceAppHealthByID, tasktwin.UpdateWorkspaceAppHealthByIDParams{ID: g.known(apps), Health: value(g, tasktwin.AllWorkspaceAppHealthValues())}, nil)
	}},
	{"InsertWorkspaceAppStatus", 110, func(g *Generator) operation {
		return call(store.InsertWorkspaceAppStatus, tasktwin.InsertWorkspaceAppStatusParams{
			ID: g.serial(statuses), CreatedAt: g.time(), AgentID: g.known(agents), AppID: g.known(apps), WorkspaceID: g.known(workspaces),
			State: value(g, tasktwin.AllWorkspaceAppStatusStateValues()), Message: g.message(), URI: g.nullMessage(),
		}, nil)
	}},
	{"GetWorkspaceByID", 6, reads(workspaces, store.GetWorkspaceByID)},
	{"GetProvisionerJobByID", 6, reads(jobs, store.GetProvisionerJobByID)},
	{"GetLatestWorkspaceBuildByWorkspaceID", 8, reads(workspaces, store.GetLatestWorkspaceBuildByWorkspaceID)},
	{"ListWorkspaceBuildsByWorkspaceID", 8, reads(workspaces, store.ListWorkspaceBuildsByWorkspaceID)},
	{"GetWorkspaceAgentByID", 6, reads(agents, store.GetWorkspaceAgentByID)},
	{"GetWorkspaceAppByID", 6, reads(apps, store.GetWorkspaceAppByID)},
	{"ListTaskWorkspaceAppsByTaskID", 8, reads(tasks, store.ListTaskWorkspaceAppsByTaskID)},
	{"ListWorkspaceAppStatusesByAppID", 8, reads(apps, store.ListWorkspaceAppStatusesByAppID)},
	{"DeleteOrganizationByID", 2, deletesRow(orgs, store.DeleteOrganizationByID)},
	{"DeleteUserByID", 3, deletesRow(users, store.DeleteUserByID)},
	{"DeleteTemplateByID", 3, deletesRow(templates, store.DeleteTemplateByID)},
	{"DeleteTemplateVersionByID", 3, deletesRow(versions, store.DeleteTemplateVersionByID)},
	{"DeleteWorkspaceByID", 4, deletesRow(workspaces, store.DeleteWorkspaceByID)},
	{"DeleteProvisionerJobByID", 4, deletesRow(jobs, store.DeleteProvisionerJobByID)},
	{"DeleteWorkspaceAgentByID", 4, deletesRow(agents, store.DeleteWorkspaceAgentByID)},
	{"DeleteWorkspaceAppByID", 4, deletesRow(apps, store.DeleteWorkspaceAppByID)},
	// An organization that nothing refers to, so that its cascades are seen.
	{"DeleteOrganizationByID", 1, func(g *Generator) operation { return g.cascade() }},
}

// cascade fills an organization of its own and deletes it.
func (g *Generator) cascade() operation {
	now, org, user, template, version, job := g.time(), g.fresh(), g.fresh(), g.fresh(), g.fresh(), g.fresh()
	name := org.String()
	return func(ctx context.Context, s store) error {
		_, e1 := s.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: org, Name: name, CreatedAt: now, UpdatedAt: now})
		_, e2 := s.InsertUser(ctx, tasktwin.InsertUserParams{ID: user, Username: name, CreatedAt: now, UpdatedAt: now})
		_, e3 := s.InsertTemplate(ctx, tasktwin.InsertTemplateParams{ID: template, Name: name, OrganizationID: org, CreatedBy: user, CreatedAt: now, UpdatedAt: now})
		_, e4 := s.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{ID: version, TemplateID: uuid.NullUUID{UUID: template, Valid: true}, Name: name, OrganizationID: org, CreatedBy: user, CreatedAt: now, UpdatedAt: now})
		_, e5 := s.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{ID: job, OrganizationID: org, CreatedAt: now, UpdatedAt: now})
		_, e6 := s.InsertTask(ctx, tasktwin.InsertTaskParams{ID: g.fresh(), OrganizationID: org, OwnerID: user, TemplateVersionID: version, Name: name, TemplateParameters: []byte("{}"), CreatedAt: now})
		_, e7 := s.DeleteOrganizationByID(ctx, org)
		return errors.Join(e1, e2, e3, e4, e5, e6, e7)
	}
}
