package memdb

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/cow"
	"github.com/tasktwin/tasktwin/internal/testrand"
)

// Each id has one number, from 0 in the order in which they come.
func TestIDTable(t *testing.T) {
	t.Parallel()
	var table idTable
	own := cow.NewOwner()
	ids := make([]uuid.UUID, 200)
	for i := range ids {
		ids[i] = uuid.New()
		for _, id := range ids[:i+1] {
			if n := table.add(own, id); table.get(n) != id {
				t.Fatalf("number %d is of %s, want %s", n, table.get(n), id)
			}
		}
		if n := table.add(own, ids[i]); int(n) != i || table.size != i+1 {
			t.Fatalf("id %d has the number %d, of %d", i, n, table.size)
		}
	}
}

// A table has the ids that are referred to, under numbers that stay, whatever its
// copies have.
func TestIDTableForgetsIDs(t *testing.T) {
	t.Parallel()
	r := testrand.New(t)
	ids := make([]uuid.UUID, 100)
	for i := range ids {
		ids[i] = uuid.New()
	}
	type version struct {
		own     cow.Owner
		table   idTable
		numbers map[uuid.UUID][]uint32 // a number for each reference
	}
	versions := []*version{{own: cow.NewOwner(), numbers: map[uuid.UUID][]uint32{}}}
	for range 20_000 {
		v := versions[r.IntN(len(versions))]
		if len(versions) < 5 && r.IntN(100) == 0 {
			other := &version{cow.NewOwner(), v.table, map[uuid.UUID][]uint32{}}
			for id, numbers := range v.numbers {
				other.numbers[id] = append([]uint32(nil), numbers...)
			}
			versions, v.own = append(versions, other), cow.NewOwner()
		}
		id := ids[r.IntN(len(ids))]
		if numbers := v.numbers[id]; len(numbers) > 0 && r.IntN(2) == 0 {
			v.table.remove(v.own, numbers[0])
			v.numbers[id] = numbers[1:]
		} else {
			v.numbers[id] = append(numbers, v.table.add(v.own, id))
		}
	}
	for _, v := range versions {
		live := 0
		for id, numbers := range v.numbers {
			if len(numbers) > 0 {
				live++
			}
			for _, n := range numbers {
				if v.table.get(n) != id {
					t.Fatalf("number %d is of %s, want %s", n, v.table.get(n), id)
				}
			}
		}
		if v.table.size != live || int(v.table.next) > len(ids) {
			t.Errorf("%d ids of %d have numbers up to %d", v.table.size, live, v.table.next)
		}
		for id, numbers := range v.numbers {
			for _, n := range numbers {
				v.table.remove(v.own, n)
			}
			delete(v.numbers, id)
		}
		if v.table.size != 0 || v.table.index != (cow.Hash{}) {
			t.Errorf("%d ids are left", v.table.size)
		}
		for n := range v.table.next {
			if id := v.table.get(n); id != uuid.Nil {
				t.Errorf("number %d is still of %s", n, id)
			}
		}
	}
}

// The initiators of jobs and builds are those of live rows, also after a statement
// or a transaction that has failed, and in a fork.
func TestInitiatorsAreThoseOfLiveRows(t *testing.T) {
	t.Parallel()
	ctx, db, id := t.Context(), New(Options{}), uuid.New()
	insertBoundTask(t, db, id)
	job := func(s tasktwin.Querier, by uuid.UUID) uuid.UUID {
		t.Helper()
		job := uuid.New()
		must(t)(s.InsertProvisionerJob(ctx, tasktwin.InsertProvisionerJobParams{ID: job, OrganizationID: id, InitiatorID: by}))
		return job
	}
	initiator := func(s tasktwin.Querier, job uuid.UUID) uuid.UUID {
		t.Helper()
		row, err := s.GetProvisionerJobByID(ctx, job)
		if err != nil {
			t.Fatal(err)
		}
		return row.InitiatorID
	}
	requireInitiators := func(db *DB, size int, numbers uint32) {
		t.Helper()
		if got := db.snapshot().initiators; got.size != size || got.next != numbers {
			t.Errorf("%d initiators have numbers up to %d, want %d up to %d", got.size, got.next, size, numbers)
		}
	}
	requireInitiators(db, 1, 1) // that of the build and its job
	for range 1000 {
		must(t)(db.DeleteProvisionerJobByID(ctx, job(db, uuid.New())))
	}
	requireInitiators(db, 1, 2)

	by := uuid.New()
	first, second := job(db, by), job(db, by)
	must(t)(db.UpdateProvisionerJobByID(ctx, tasktwin.UpdateProvisionerJobByIDParams{ID: first}))
	fork := db.Fork()
	must(t)(db.DeleteProvisionerJobByID(ctx, first))
	requireInitiators(db, 2, 2)
	undone := errors.New("undone")
	err := db.InTx(ctx, func(tx tasktwin.Store) error {
		err := tx.InTx(ctx, func(savepoint tasktwin.Store) error {
			must(t)(savepoint.DeleteProvisionerJobByID(ctx, second))
			job(savepoint, uuid.New())
			return undone
		}, nil)
		if !errors.Is(err, undone) {
			return err
		}
		if got := initiator(tx, second); got != by {
			t.Errorf("after a savepoint the initiator is %s, want %s", got, by)
		}
		must(t)(tx.DeleteProvisionerJobByID(ctx, second))
		return undone
	}, nil)
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	requireInitiators(db, 2, 2)
	if got := initiator(db, second); got != by {
		t.Errorf("after a transaction the initiator is %s, want %s", got, by)
	}
	must(t)(db.DeleteProvisionerJobByID(ctx, second))
	requireInitiators(db, 1, 2)
	requireInitiators(fork, 2, 2)
	if got := initiator(fork, first); got != by {
		t.Errorf("in the fork the initiator is %s, want %s", got, by)
	}
	// A cascade takes jobs and builds.
	build, err := fork.GetLatestWorkspaceBuildByWorkspaceID(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	must(t)(fork.DeleteProvisionerJobByID(ctx, build.JobID))
	requireInitiators(fork, 1, 2)
}
