package memdb

import (
	"github.com/tasktwin/tasktwin"
)

// insert stores a new row. Violations are found in PostgreSQL's order: not-null
// columns, check constraints, unique indexes as they were created, foreign keys
// as they were created.
func (st *state) insert(id tableID, row any) error {
	def := &schema[id]
	if def.check != nil {
		if err := def.check(row); err != nil {
			return err
		}
	}
	for i, ix := range def.indexes {
		if ix.unique == "" {
			continue
		}
		k, in := ix.key(st.opts, row)
		if !in {
			continue
		}
		if _, exists := st.index(id, i).Get(entry{key: k}); exists {
			return uniqueViolation(def.name, string(ix.unique))
		}
	}
	for _, fk := range def.foreignKeys {
		if err := st.checkParent(def, fk, row); err != nil {
			return err
		}
	}
	for i, ix := range def.indexes {
		if k, in := ix.key(st.opts, row); in {
			st.mutable(id, i).Set(entry{k, row})
		}
	}
	return nil
}

// update replaces a stored row. Only foreign keys that change are checked. No
// statement changes a column of a unique index except by leaving a partial one,
// so there is no duplicate to look for.
func (st *state) update(id tableID, old, row any) error {
	def := &schema[id]
	if def.check != nil {
		if err := def.check(row); err != nil {
			return err
		}
	}
	for _, fk := range def.foreignKeys {
		if fk.column(old) == fk.column(row) {
			continue
		}
		if err := st.checkParent(def, fk, row); err != nil {
			return err
		}
	}
	for i, ix := range def.indexes {
		oldKey, wasIn := ix.key(st.opts, old)
		newKey, in := ix.key(st.opts, row)
		if wasIn && (!in || oldKey != newKey) {
			st.mutable(id, i).Delete(entry{key: oldKey})
		}
		if in {
			st.mutable(id, i).Set(entry{newKey, row})
		}
	}
	return nil
}

func (st *state) checkParent(def *tableDef, fk foreignKey, row any) error {
	ref := fk.column(row)
	if !ref.Valid {
		return nil
	}
	if _, ok := st.index(fk.parent, primaryKey).Get(entry{key: key{a: ref.UUID}}); !ok {
		return missingParent(def.name, fk.name)
	}
	return nil
}

func (st *state) remove(id tableID, row any) {
	for i, ix := range schema[id].indexes {
		if k, in := ix.key(st.opts, row); in {
			st.mutable(id, i).Delete(entry{key: k})
		}
	}
}

// delete removes a row and does what the foreign keys to it say. PostgreSQL
// queues one trigger per foreign key for each deleted row and fires them first
// in, first out; what a cascade deletes queues at the end. The order decides
// which of several violations is reported, and whether a cascade removes a
// reference before a NO ACTION key looks for it.
func (st *state) delete(id tableID, row any) error {
	type event struct {
		parent tableID
		row    any
		ref    reference
	}
	var queue []event
	removeAndQueue := func(id tableID, row any) {
		st.remove(id, row)
		for _, ref := range references[id] {
			queue = append(queue, event{id, row, ref})
		}
	}
	removeAndQueue(id, row)
	for len(queue) > 0 {
		ev := queue[0]
		queue = queue[1:]
		k, _ := schema[ev.parent].indexes[primaryKey].key(st.opts, ev.row)
		var children []any
		st.index(ev.ref.child, ev.ref.fk.index).Ascend(entry{key: firstOf(k.a)}, func(e entry) bool {
			if e.key.a != k.a {
				return false
			}
			children = append(children, e.row)
			return ev.ref.fk.onDelete == cascade
		})
		if len(children) == 0 {
			continue
		}
		if ev.ref.fk.onDelete != cascade {
			return stillReferenced(st.opts, schema[ev.parent].name, schema[ev.ref.child].name, ev.ref.fk)
		}
		for _, child := range children {
			removeAndQueue(ev.ref.child, child)
		}
	}
	return nil
}

// jobStatus is the generated column provisioner_jobs.job_status.
func jobStatus(j *job) tasktwin.ProvisionerJobStatus {
	failed := j.Error.Valid && j.Error.String != ""
	switch {
	case failed:
		return tasktwin.ProvisionerJobStatusFailed
	case j.CompletedAt.Valid && j.CanceledAt.Valid:
		return tasktwin.ProvisionerJobStatusCanceled
	case j.CompletedAt.Valid:
		return tasktwin.ProvisionerJobStatusSucceeded
	case j.CanceledAt.Valid:
		return tasktwin.ProvisionerJobStatusCanceling
	case !j.StartedAt.Valid:
		return tasktwin.ProvisionerJobStatusPending
	}
	return tasktwin.ProvisionerJobStatusRunning
}
