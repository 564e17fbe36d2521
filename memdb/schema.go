package memdb

import "github.com/tasktwin/tasktwin/internal/pgvalue"

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
}

func lower(o *Options, s string) string { return pgvalue.Lower(o.Lower, s) }
