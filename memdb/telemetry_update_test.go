package memdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/testrand"
)

// After any change, sums that are not dropped are those that the next reader would compute.
func TestUpdatedTelemetryIsWhatAReaderWouldCompute(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	const rounds, changes = 300, 60
	updated := map[string]int{} // changes that were followed by sums, by kind
	for range rounds {
		db, id := New(Options{}), uuid.New()
		insertBoundTask(t, db, id)
		second := uuid.New()
		must(t)(db.InsertTask(t.Context(), taskParams(second, id, "second")))
		tasks, apps, now := []uuid.UUID{id, second}, []uuid.UUID{id, uuid.New(), uuid.New()}, int64(0)
		for _, app := range apps[1:] {
			must(t)(db.InsertWorkspaceApp(t.Context(), tasktwin.InsertWorkspaceAppParams{
				ID: app, AgentID: id, Slug: app.String(), Health: tasktwin.WorkspaceAppHealthHealthy,
			}))
		}
		// at is a time that is often the latest so far, and often one that there was.
		at := func() time.Time {
			now += r.Int64N(3)
			return time.Unix(now-max(0, r.Int64N(8)-5), 0)
		}
		changesByKind := map[string]func(){
			"status": func() {
				must(t)(db.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
					ID: uuid.New(), CreatedAt: at(), AgentID: id, AppID: apps[r.IntN(len(apps))], WorkspaceID: id,
					State: appStates[r.IntN(len(appStates))],
				}))
			},
			"build": func() {
				build := uuid.New()
				must(t)(db.InsertProvisionerJob(t.Context(), tasktwin.InsertProvisionerJobParams{ID: build, OrganizationID: id, InitiatorID: id}))
				_, err := db.InsertWorkspaceBuild(t.Context(), tasktwin.InsertWorkspaceBuildParams{
					ID: build, CreatedAt: at(), WorkspaceID: id, TemplateVersionID: id, BuildNumber: int32(r.IntN(8)), InitiatorID: id, JobID: build,
					Transition: transitions[r.IntN(len(transitions))], Reason: buildReasons[r.IntN(len(buildReasons))],
				})
				if err != nil && !tasktwin.IsUniqueViolation(err) {
					t.Fatal(err)
				}
			},
			"binding": func() {
				arg := bindingParams(tasks[r.IntN(len(tasks))], id, int32(r.IntN(6)))
				arg.WorkspaceAppID = uuid.NullUUID{}
				if n := r.IntN(len(apps) + 1); n < len(apps) {
					arg.WorkspaceAppID = nullUUID(apps[n])
				}
				must(t)(db.UpsertTaskWorkspaceApp(t.Context(), arg))
			},
			"fork":  func() { db = db.Fork() },
			"query": func() { must(t)(db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{})) },
		}
		kinds := []string{"status", "status", "build", "binding", "fork", "query"}
		for range changes {
			kind := kinds[r.IntN(len(kinds))]
			changesByKind[kind]()
			st := db.store.Peek()
			for slot := range uint32(len(tasks)) {
				known := st.Tables.telemetry.Get(slot)
				if known.phase.Load() != computed {
					continue
				}
				updated[kind]++
				var scratch []timelineEntry
				if want := sumTimeline(st, slot, &scratch); known.sums != want {
					t.Fatalf("after a %s of task %d: %+v, want %+v", kind, slot, known.sums, want)
				}
			}
		}
	}
	t.Logf("changes that were followed: %v", updated)
	for _, kind := range []string{"status", "build", "binding"} {
		if updated[kind] < rounds {
			t.Errorf("only %d changes by a %s were followed", updated[kind], kind)
		}
	}
}
