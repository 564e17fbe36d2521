package memdb

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// inAndOut inserts and deletes tasks with all other rows that can be deleted: statuses
// cannot. Its rows refer to those of insertBoundTask with one id.
type inAndOut struct {
	db   *DB
	base uuid.UUID
	n    int
}

func newInAndOut(t testing.TB, n int) inAndOut {
	t.Helper()
	s := inAndOut{New(Options{}), numberedID(0), n}
	insertBoundTask(t, s.db, s.base)
	return s
}

// numberedID returns an id that is spread like a random one.
func numberedID(n int) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], uint64(n+1)*0x9e3779b97f4a7c15)
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// in inserts the rows, which have the ids of their tasks.
func (s inAndOut) in(ctx context.Context) error {
	for n := 1; n <= s.n; n++ {
		id := numberedID(n)
		binding := bindingParams(id, id, 1)
		for _, insert := range []func() error{
			func() error {
				_, err := s.db.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: id, Name: id.String()})
				return err
			},
			func() error {
				_, err := s.db.InsertUser(ctx, tasktwin.InsertUserParams{ID: id, Username: id.String()})
				return err
			},
			func() error {
				_, err := s.db.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
					ID: id, OwnerID: s.base, OrganizationID: s.base, TemplateID: s.base, Name: id.String(),
					GroupACL: []byte("{}"), UserACL: []byte("{}"),
				})
				return err
			},
			func() error {
				_, err := s.db.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{ID: id, OrganizationID: s.base})
				return err
			},
			func() error {
				_, err := s.db.InsertWorkspaceBuild(ctx, tasktwin.InsertWorkspaceBuildParams{
					ID: id, CreatedAt: time.Unix(int64(n), 0), WorkspaceID: id, TemplateVersionID: s.base, BuildNumber: 1, JobID: id,
					Transition: tasktwin.WorkspaceTransitionStart, Reason: tasktwin.BuildReasonInitiator,
				})
				return err
			},
			func() error {
				_, err := s.db.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{
					ID: id, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
				})
				return err
			},
			func() error {
				_, err := s.db.InsertWorkspaceApp(ctx, tasktwin.InsertWorkspaceAppParams{
					ID: id, AgentID: id, Health: tasktwin.WorkspaceAppHealthHealthy,
				})
				return err
			},
			func() error {
				task := taskParams(id, s.base, id.String())
				task.WorkspaceID, task.CreatedAt = nullUUID(id), time.Unix(int64(n), 0)
				task.OwnerID, task.OrganizationID = id, id
				_, err := s.db.InsertTask(ctx, task)
				return err
			},
			func() error {
				_, err := s.db.UpsertTaskWorkspaceApp(ctx, binding)
				return err
			},
			func() error {
				return s.db.UpsertTaskSnapshot(ctx, tasktwin.UpsertTaskSnapshotParams{TaskID: id, LogSnapshot: []byte("{}")})
			},
		} {
			if err := insert(); err != nil {
				return err
			}
		}
	}
	return nil
}

// out deletes the rows.
func (s inAndOut) out(ctx context.Context) error {
	for n := 1; n <= s.n; n++ {
		for _, del := range []func(context.Context, uuid.UUID) (uuid.UUID, error){
			s.db.DeleteWorkspaceByID, s.db.DeleteProvisionerJobByID, s.db.DeleteWorkspaceAgentByID, s.db.DeleteUserByID, s.db.DeleteOrganizationByID,
		} {
			if _, err := del(ctx, numberedID(n)); err != nil {
				return err
			}
		}
	}
	return nil
}

// heldBytes returns the memory of the rows.
func (s inAndOut) heldBytes() int64 {
	held := int64(heapInUse())
	runtime.KeepAlive(s.db)
	return held
}

// round inserts and deletes the rows, and returns the memory that they have taken, and what is
// left of it.
func (s inAndOut) round(t testing.TB, empty int64) (full, left int64) {
	t.Helper()
	if err := s.in(t.Context()); err != nil {
		t.Fatal(err)
	}
	full = s.heldBytes() - empty
	if err := s.out(t.Context()); err != nil {
		t.Fatal(err)
	}
	return full, s.heldBytes() - empty
}

// Rows that are deleted leave nothing behind, however often they come back.
func TestDeletesGiveMemoryBack(t *testing.T) { //nolint:paralleltest // it measures the heap
	s := newInAndOut(t, 5000)
	empty := s.heldBytes()
	for n := range 4 {
		// The pages of one vector would be 40 KB and more; other tests leave some 25 KB.
		if full, left := s.round(t, empty); left > full/350 {
			t.Errorf("round %d: of %d B %d are left", n, full, left)
		}
	}
}

// A task that is marked as deleted has no sums of its timeline, whatever comes after.
func TestDeletedTasksHaveNoSums(t *testing.T) {
	t.Parallel()
	db, id := New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	sums := func() *telemetry { return db.store.Peek().Tables.telemetry.Get(0) }
	if sums() == nil {
		t.Fatal("the task has none")
	}
	must(t)(db.DeleteTask(t.Context(), tasktwin.DeleteTaskParams{ID: id, DeletedAt: time.Unix(0, 0)}))
	must(t)(insertBuild(t, db, id, 2))
	must(t)(db.UpsertTaskWorkspaceApp(t.Context(), bindingParams(id, id, 2)))
	must(t)(db.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
		ID: id, AgentID: id, AppID: id, WorkspaceID: id, State: tasktwin.WorkspaceAppStatusStateIdle,
	}))
	if sums() != nil {
		t.Error("the task has sums")
	}
	db = New(Options{})
	insertBoundTask(t, db, id)
	must(t)(db.DeleteTask(t.Context(), tasktwin.DeleteTaskParams{ID: id, DeletedAt: time.Unix(0, 0)}))
	must(t)(db.DeleteWorkspaceByID(t.Context(), id))
	if sums() != nil {
		t.Error("the slot of a task that is gone has sums")
	}
}

// BenchmarkDeletes reports the memory of 200,000 tasks with their other rows, and what is left
// when they have been inserted and deleted four times; in short, of 2,000.
func BenchmarkDeletes(b *testing.B) {
	tasks := 200_000
	if testing.Short() {
		tasks = 2000
	}
	for b.Loop() {
		s := newInAndOut(b, tasks)
		empty := s.heldBytes()
		for n := range 4 {
			full, left := s.round(b, empty)
			b.ReportMetric(float64(full), "B-full")
			b.ReportMetric(float64(left), fmt.Sprintf("B-left-%d", n+1))
		}
	}
}
