package memdb

import (
	"context"
	"database/sql"
	"unique"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb/internal/cow"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// jobRow is a row of provisioner_jobs in compact form.
type jobRow struct {
	id                                 uuid.UUID
	createdAt, updatedAt               pgTime
	startedAt, canceledAt, completedAt pgTime
	error                              *string
	// initiator is not a foreign key. Rows with the same value share it.
	initiator    unique.Handle[uuid.UUID]
	organization uint32
	status       code
}

// jobTable holds the rows of provisioner_jobs, their index, and the slots of each
// organization's jobs.
type jobTable struct {
	rel.Table[jobRow]
	byID           cow.Hash
	ofOrganization cow.Vec[cow.Set]
}

var jobs table[jobRow]

func defineJobs() {
	d := &jobs
	d.Name = "provisioner_jobs"
	d.Table = func(t *tables) *rel.Table[jobRow] { return &t.jobs.Table }
	d.id = func(r *jobRow) uuid.UUID { return r.id }
	d.Unique = []rel.Unique[tables, jobRow]{
		byID(tasktwin.UniqueProvisionerJobsPKey, func(t *tables) *cow.Hash { return &t.jobs.byID }, d.id),
	}
	d.keys = []key[jobRow]{d.primaryKey("id")}
	references(d, &organizations, tasktwin.FKProvisionerJobsOrganizationIDFKey, "organization_id", rel.Cascade,
		unindexed(rel.InSet[tables, jobRow](func(t *tables) *cow.Vec[cow.Set] { return &t.jobs.ofOrganization })),
		func(r *jobRow) *uint32 { return &r.organization })
	dumped(d, func(d *tasktwin.Dump) *[]tasktwin.ProvisionerJob { return &d.ProvisionerJobs }, rowsOf(d, copyJob),
		func(_ int, r *tasktwin.ProvisionerJob) (pendingRow[jobRow], error) {
			return parseJob(&tasktwin.InsertProvisionerJobParams{
				ID: r.ID, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, StartedAt: r.StartedAt, CanceledAt: r.CanceledAt,
				CompletedAt: r.CompletedAt, Error: r.Error, OrganizationID: r.OrganizationID, InitiatorID: r.InitiatorID,
			})
		})
}

// set sets what an update changes, and the generated column.
func (j *jobRow) set(startedAt, canceledAt, completedAt sql.NullTime, message sql.NullString) {
	j.startedAt, j.canceledAt, j.completedAt = pgTimeOfNull(startedAt), pgTimeOfNull(canceledAt), pgTimeOfNull(completedAt)
	j.error = nil
	if message.Valid {
		j.error = &message.String
	}
	j.status = codeOf(j.jobStatus(), jobStatuses)
}

// jobStatus is the generated column job_status.
func (j *jobRow) jobStatus() tasktwin.ProvisionerJobStatus {
	switch {
	case j.error != nil && *j.error != "":
		return tasktwin.ProvisionerJobStatusFailed
	case j.completedAt != never && j.canceledAt != never:
		return tasktwin.ProvisionerJobStatusCanceled
	case j.completedAt != never:
		return tasktwin.ProvisionerJobStatusSucceeded
	case j.canceledAt != never:
		return tasktwin.ProvisionerJobStatusCanceling
	case j.startedAt == never:
		return tasktwin.ProvisionerJobStatusPending
	}
	return tasktwin.ProvisionerJobStatusRunning
}

func copyJob(st *state, j *jobRow) tasktwin.ProvisionerJob {
	row := tasktwin.ProvisionerJob{
		ID: j.id, CreatedAt: j.createdAt.time(), UpdatedAt: j.updatedAt.time(), StartedAt: j.startedAt.nullTime(),
		CanceledAt: j.canceledAt.nullTime(), CompletedAt: j.completedAt.nullTime(),
		OrganizationID: st.Tables.organizations.Parent(j.organization).ID, InitiatorID: j.initiator.Value(),
		JobStatus: jobStatuses[j.status-1],
	}
	if j.error != nil {
		row.Error = sql.NullString{String: *j.error, Valid: true}
	}
	return row
}

func parseJob(arg *tasktwin.InsertProvisionerJobParams) (pendingRow[jobRow], error) {
	if err := firstError(timestamp(&arg.CreatedAt), timestamp(&arg.UpdatedAt), nullTimestamp(&arg.StartedAt),
		nullTimestamp(&arg.CanceledAt), nullTimestamp(&arg.CompletedAt), nullText(&arg.Error)); err != nil {
		return pendingRow[jobRow]{}, err
	}
	j := &jobRow{id: arg.ID, createdAt: pgTimeOf(arg.CreatedAt), updatedAt: pgTimeOf(arg.UpdatedAt), initiator: unique.Make(arg.InitiatorID)}
	j.set(arg.StartedAt, arg.CanceledAt, arg.CompletedAt, arg.Error)
	return pendingRow[jobRow]{row: j, refs: refs{nullUUID(arg.OrganizationID)}}, nil
}

// InsertProvisionerJob implements [tasktwin.Querier].
func (q queries) InsertProvisionerJob(ctx context.Context, arg tasktwin.InsertProvisionerJobParams) (tasktwin.ProvisionerJob, error) {
	j, err := parseJob(&arg)
	return insertRow(ctx, q, &jobs, j, err, copyJob)
}

// UpdateProvisionerJobByID implements [tasktwin.Querier].
func (q queries) UpdateProvisionerJobByID(
	ctx context.Context, arg tasktwin.UpdateProvisionerJobByIDParams,
) (tasktwin.ProvisionerJob, error) {
	argErr := firstError(nullTimestamp(&arg.StartedAt), nullTimestamp(&arg.CanceledAt),
		nullTimestamp(&arg.CompletedAt), nullText(&arg.Error), timestamp(&arg.UpdatedAt))
	return updateRow(ctx, q, &jobs, arg.ID, argErr, func(j *jobRow) {
		j.set(arg.StartedAt, arg.CanceledAt, arg.CompletedAt, arg.Error)
		j.updatedAt = pgTimeOf(arg.UpdatedAt)
	}, copyJob)
}

// GetProvisionerJobByID implements [tasktwin.Querier].
func (q queries) GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	return getRow(ctx, q, &jobs, id, copyJob)
}

// DeleteProvisionerJobByID implements [tasktwin.Querier].
func (q queries) DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &jobs, id)
}
