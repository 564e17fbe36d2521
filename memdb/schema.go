package memdb

import (
	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

var schema = rel.Schema[tables]{SessionName: tasktwin.SessionName, Settle: refreshStale}

// tables are all tables and the data derived from their rows. Rows refer to each other by
// slot.
type tables struct {
	organizations    organizationTable
	users            userTable
	templates        templateTable
	templateVersions templateVersionTable
	workspaces       workspaceTable
	jobs             jobTable
	builds           buildTable
	agents           agentTable
	apps             appTable
	statuses         statusTable
	tasks            taskTable
	bindings         bindingTable
	snapshots        snapshotTable

	taskLists taskLists
	// latestBuilds are the latest builds of each workspace, by slot.
	latestBuilds cow.Vec[latestBuilds]
	// telemetry has the sums of each task's timeline, by slot.
	telemetry cow.Vec[*telemetry]
	// stale are the tasks to recompute at the end of a delete.
	stale []uint32

	opts Options
}

// init defines the tables in the order of their creation, which is also the order of their
// foreign keys. PostgreSQL finds violations and runs cascades in this order.
func init() {
	for _, define := range []func(){
		defineOrganizations, defineUsers, defineTemplates, defineTemplateVersions, defineWorkspaces, defineJobs, defineBuilds,
		defineAgents, defineApps, defineStatuses, defineTasks, defineBindings, defineSnapshots,
		deriveFromRows,
	} {
		define()
	}
	schema.Define(
		&organizations.TableDef, &users.TableDef, &templates.TableDef, &templateVersions.TableDef, &workspaces.TableDef,
		&jobs.TableDef, &builds.TableDef, &agents.TableDef, &apps.TableDef, &statuses.TableDef, &tasks.TableDef,
		&bindings.TableDef, &snapshots.TableDef,
	)
}

func lower(o *Options, s string) string { return pgvalue.Lower(o.Lower, s) }
