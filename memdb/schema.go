package memdb

import (
	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

var schema = rel.Schema[tables]{SessionName: tasktwin.SessionName, Settle: refreshStale}

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
