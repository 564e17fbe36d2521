package workload

import (
	"context"
	"errors"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/generator"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// The kinds of rows that have a pool of ids.
const (
	orgs int = iota
	users
	templates
	versions
	workspaces
	jobs
	agents
	apps
	tasks
	builds
	statuses
)

// poolSizes are the sizes of the pools, by kind.
var poolSizes = []int{
	orgs:       3,
	users:      6,
	templates:  5,
	versions:   8,
	workspaces: 24,
	jobs:       12,
	agents:     16,
	apps:       20,
	tasks:      32,
	builds:     4,
	statuses:   4,
}

var taskChoices = []Choice{
	{"InsertTask", 60, func(g *Generator, method string) operation {
		arg := tasktwin.InsertTaskParams{
			ID: g.Unused(tasks), OrganizationID: g.Known(orgs), OwnerID: g.Known(users), Name: g.name("task", 30),
			DisplayName: g.name("Task ", 30), WorkspaceID: g.nullable(g.Known(workspaces), 4),
			TemplateVersionID: g.Known(versions), TemplateParameters: g.json(), Prompt: g.message(), CreatedAt: g.time(),
		}
		return makesRow(g, method, arg, tasks, arg.ID)
	}},
	{"UpdateTaskWorkspaceID", 60, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.UpdateTaskWorkspaceIDParams{
			ID: g.Known(tasks), WorkspaceID: g.nullable(g.Known(workspaces), 20),
		}, nil)
	}},
	{"UpsertTaskWorkspaceApp", 60, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.UpsertTaskWorkspaceAppParams{
			TaskID: g.Known(tasks), WorkspaceBuildNumber: g.buildNumber(),
			WorkspaceAgentID: g.nullable(g.Known(agents), 8), WorkspaceAppID: g.nullable(g.Known(apps), 8),
		}, nil)
	}},
	{"GetTaskByID", 30, reads(tasks)},
	{"GetTaskByWorkspaceID", 20, func(g *Generator, method string) operation {
		return generator.Call(method, g.nullable(g.Known(workspaces), 20), nil)
	}},
	{"GetTaskByOwnerIDAndName", 20, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: g.Known(users), Name: g.name("task", 30)}, nil)
	}},
	{"ListTasks", 12, func(g *Generator, method string) operation {
		var arg tasktwin.ListTasksParams
		if g.OneIn(2) {
			arg.OwnerID = g.Known(users)
		}
		if g.OneIn(3) {
			arg.OrganizationID = g.Known(orgs)
		}
		if g.OneIn(2) {
			arg.Status = value(g, tasktwin.AllTaskStatusValues())
		}
		return generator.Call(method, arg, nil)
	}},
	{"DeleteTask", 14, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.DeleteTaskParams{ID: g.Known(tasks), DeletedAt: g.time()}, nil)
	}},
	{"UpdateTaskPrompt", 16, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.UpdateTaskPromptParams{ID: g.Known(tasks), Prompt: g.message()}, nil)
	}},
	{"UpsertTaskSnapshot", 20, func(g *Generator, method string) operation {
		arg := tasktwin.UpsertTaskSnapshotParams{TaskID: g.Known(tasks), LogSnapshot: g.json(), LogSnapshotCreatedAt: g.time()}
		return generator.Call(method, arg, nil)
	}},
	{"GetTaskSnapshot", 12, reads(tasks)},
	{"GetTelemetryTaskEvents", 16, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.GetTelemetryTaskEventsParams{CreatedAfter: g.time(), Now: g.time()}, nil)
	}},
}

var surroundingChoices = []Choice{
	{"InsertOrganization", 8, func(g *Generator, method string) operation {
		arg := tasktwin.InsertOrganizationParams{
			ID: g.Unused(orgs), Name: g.name("org", 8), DisplayName: g.message(), CreatedAt: g.time(), UpdatedAt: g.time(),
			Deleted: g.OneIn(6),
		}
		return makesRow(g, method, arg, orgs, arg.ID)
	}},
	{"InsertUser", 14, func(g *Generator, method string) operation {
		arg := tasktwin.InsertUserParams{
			ID: g.Unused(users), Email: g.name("mail", 40), Username: g.name("user", 40), Name: g.message(), AvatarURL: g.message(),
			CreatedAt: g.time(), UpdatedAt: g.time(), Deleted: g.OneIn(6),
		}
		return makesRow(g, method, arg, users, arg.ID)
	}},
	{"InsertTemplate", 14, func(g *Generator, method string) operation {
		arg := tasktwin.InsertTemplateParams{
			ID: g.Unused(templates), CreatedAt: g.time(), UpdatedAt: g.time(), OrganizationID: g.Known(orgs), Deleted: g.OneIn(6),
			Name: g.name("template", 20), ActiveVersionID: g.Known(versions), CreatedBy: g.Known(users),
		}
		return makesRow(g, method, arg, templates, arg.ID)
	}},
	{"InsertTemplateVersion", 18, func(g *Generator, method string) operation {
		arg := tasktwin.InsertTemplateVersionParams{
			ID: g.Unused(versions), TemplateID: g.nullable(g.Known(templates), 12), OrganizationID: g.Known(orgs),
			CreatedAt: g.time(), UpdatedAt: g.time(), Name: g.name("version", 20), CreatedBy: g.Known(users),
		}
		return makesRow(g, method, arg, versions, arg.ID)
	}},
	{"InsertWorkspace", 30, func(g *Generator, method string) operation {
		arg := tasktwin.InsertWorkspaceParams{
			ID: g.Unused(workspaces), CreatedAt: g.time(), UpdatedAt: g.time(), OwnerID: g.Known(users), OrganizationID: g.Known(orgs),
			TemplateID: g.Known(templates), Deleted: g.OneIn(8), Name: g.name("workspace", 60), GroupACL: g.json(), UserACL: g.json(),
		}
		return makesRow(g, method, arg, workspaces, arg.ID)
	}},
	{"UpdateWorkspaceACLByID", 8, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.UpdateWorkspaceACLByIDParams{ID: g.Known(workspaces), GroupACL: g.json(), UserACL: g.json()}, nil)
	}},
	{"InsertProvisionerJob", 50, func(g *Generator, method string) operation {
		arg := tasktwin.InsertProvisionerJobParams{
			ID: g.Unused(jobs), CreatedAt: g.time(), UpdatedAt: g.time(), StartedAt: g.nullTime(2), CanceledAt: g.nullTime(6),
			CompletedAt: g.nullTime(3), OrganizationID: g.Known(orgs), InitiatorID: g.Fresh(),
		}
		if g.OneIn(8) {
			arg.Error = g.nullMessage()
		}
		return makesRow(g, method, arg, jobs, arg.ID)
	}},
	{"UpdateProvisionerJobByID", 24, func(g *Generator, method string) operation {
		arg := tasktwin.UpdateProvisionerJobByIDParams{
			ID: g.Known(jobs), StartedAt: g.nullTime(3), CanceledAt: g.nullTime(2), CompletedAt: g.nullTime(3), UpdatedAt: g.time(),
		}
		if g.OneIn(4) {
			arg.Error = g.nullMessage()
		}
		return generator.Call(method, arg, nil)
	}},
	{"InsertWorkspaceBuild", 60, func(g *Generator, method string) operation {
		arg := tasktwin.InsertWorkspaceBuildParams{
			ID: g.Serial(builds), CreatedAt: g.time(), UpdatedAt: g.time(), WorkspaceID: g.Known(workspaces), TemplateVersionID: g.Known(versions),
			BuildNumber: g.buildNumber(), Transition: value(g, tasktwin.AllWorkspaceTransitionValues()), InitiatorID: g.Fresh(),
			JobID: g.Known(jobs), Reason: value(g, tasktwin.AllBuildReasonValues()),
		}
		// A job has at most one build, so that most jobs are forgotten once they have one.
		return generator.Call(method, arg, func(any) {
			if !g.OneIn(6) {
				g.Forget(jobs, arg.JobID)
			}
		})
	}},
	{"InsertWorkspaceAgent", 24, func(g *Generator, method string) operation {
		arg := tasktwin.InsertWorkspaceAgentParams{
			ID: g.Unused(agents), CreatedAt: g.time(), UpdatedAt: g.time(), Name: g.name("agent", 5),
			LifecycleState: value(g, tasktwin.AllWorkspaceAgentLifecycleStateValues()),
		}
		return makesRow(g, method, arg, agents, arg.ID)
	}},
	{"UpdateWorkspaceAgentLifecycleStateByID", 20, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.UpdateWorkspaceAgentLifecycleStateByIDParams{
			ID: g.Known(agents), LifecycleState: value(g, tasktwin.AllWorkspaceAgentLifecycleStateValues()), UpdatedAt: g.time(),
		}, nil)
	}},
	{"InsertWorkspaceApp", 30, func(g *Generator, method string) operation {
		arg := tasktwin.InsertWorkspaceAppParams{
			ID: g.Unused(apps), CreatedAt: g.time(), AgentID: g.Known(agents), DisplayName: g.name("App ", 9), Slug: g.name("app", 12),
			Health: value(g, tasktwin.AllWorkspaceAppHealthValues()),
		}
		return makesRow(g, method, arg, apps, arg.ID)
	}},
	{"UpdateWorkspaceAppHealthByID", 20, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.UpdateWorkspaceAppHealthByIDParams{
			ID: g.Known(apps), Health: value(g, tasktwin.AllWorkspaceAppHealthValues()),
		}, nil)
	}},
	{"InsertWorkspaceAppStatus", 110, func(g *Generator, method string) operation {
		return generator.Call(method, tasktwin.InsertWorkspaceAppStatusParams{
			ID: g.Serial(statuses), CreatedAt: g.time(), AgentID: g.Known(agents), AppID: g.Known(apps), WorkspaceID: g.Known(workspaces),
			State: value(g, tasktwin.AllWorkspaceAppStatusStateValues()), Message: g.message(), URI: g.nullMessage(),
		}, nil)
	}},
	{"GetWorkspaceByID", 6, reads(workspaces)},
	{"GetProvisionerJobByID", 6, reads(jobs)},
	{"GetLatestWorkspaceBuildByWorkspaceID", 8, reads(workspaces)},
	{"ListWorkspaceBuildsByWorkspaceID", 8, reads(workspaces)},
	{"GetWorkspaceAgentByID", 6, reads(agents)},
	{"GetWorkspaceAppByID", 6, reads(apps)},
	{"ListTaskWorkspaceAppsByTaskID", 8, reads(tasks)},
	{"ListWorkspaceAppStatusesByAppID", 8, reads(apps)},
	{"GetTasksByWorkspaceIDs", 10, readsList(workspaces)},
	{"GetLatestWorkspaceAppStatusByAppID", 8, reads(apps)},
	{"GetLatestWorkspaceAppStatusesByWorkspaceIDs", 8, readsList(workspaces)},
	{"GetWorkspaceAppStatusesByAppIDs", 8, readsList(apps)},
	{"DeleteOrganizationByID", 2, deletesRow(orgs)},
	{"DeleteUserByID", 3, deletesRow(users)},
	{"DeleteTemplateByID", 3, deletesRow(templates)},
	{"DeleteTemplateVersionByID", 3, deletesRow(versions)},
	{"DeleteWorkspaceByID", 6, deletesRow(workspaces)},
	{"DeleteProvisionerJobByID", 4, deletesRow(jobs)},
	{"DeleteWorkspaceAgentByID", 6, deletesRow(agents)},
	{"DeleteWorkspaceAppByID", 6, deletesRow(apps)},
	// Deletes of other organizations are mostly refused.
	{"DeleteOrganizationByID", 1, func(g *Generator, _ string) operation { return g.cascade() }},
}

// cascade inserts an organization and rows that refer to it, and deletes it with
// them.
func (g *Generator) cascade() operation {
	now, org, user, template, version, job := g.time(), g.Fresh(), g.Fresh(), g.Fresh(), g.Fresh(), g.Fresh()
	name := org.String()
	return func(ctx context.Context, e program.Engine) error {
		e1 := do(ctx, e, "InsertOrganization", tasktwin.InsertOrganizationParams{ID: org, Name: name, CreatedAt: now, UpdatedAt: now})
		e2 := do(ctx, e, "InsertUser", tasktwin.InsertUserParams{ID: user, Username: name, CreatedAt: now, UpdatedAt: now})
		e3 := do(ctx, e, "InsertTemplate", tasktwin.InsertTemplateParams{
			ID: template, Name: name, OrganizationID: org, CreatedBy: user, CreatedAt: now, UpdatedAt: now,
		})
		e4 := do(ctx, e, "InsertTemplateVersion", tasktwin.InsertTemplateVersionParams{
			ID: version, TemplateID: program.Null(template), Name: name, OrganizationID: org, CreatedBy: user, CreatedAt: now, UpdatedAt: now,
		})
		e5 := do(ctx, e, "InsertProvisionerJob", tasktwin.InsertProvisionerJobParams{
			ID: job, OrganizationID: org, CreatedAt: now, UpdatedAt: now,
		})
		e6 := do(ctx, e, "InsertTask", tasktwin.InsertTaskParams{
			ID: g.Fresh(), OrganizationID: org, OwnerID: user, TemplateVersionID: version, Name: name,
			TemplateParameters: []byte("{}"), CreatedAt: now,
		})
		e7 := do(ctx, e, "DeleteOrganizationByID", org)
		return errors.Join(e1, e2, e3, e4, e5, e6, e7)
	}
}
