package memdb

import (
	"context"
	"database/sql"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// job is a row of provisioner_jobs, kept small.
type job struct {
	id                                 uuid.UUID
	createdAt, updatedAt               instant
	startedAt, canceledAt, completedAt instant
	error                              *string
	organization, initiator            uint32
	status                             code
}

// set sets what an update changes, and the generated column.
func (j *job) set(startedAt, canceledAt, completedAt sql.NullTime, message sql.NullString) {
	j.startedAt, j.canceledAt, j.completedAt = atNull(startedAt), atNull(canceledAt), atNull(completedAt)
	j.error = nil
	if message.Valid {
		j.error = &message.String
	}
	j.status = codeOf(j.jobStatus(), jobStatuses)
}

// jobStatus is the generated column job_status.
func (j *job) jobStatus() tasktwin.ProvisionerJobStatus {
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

func copyJob(st *state, j *job) tasktwin.ProvisionerJob {
	row := tasktwin.ProvisionerJob{
		ID: j.id, CreatedAt: j.createdAt.time(), UpdatedAt: j.updatedAt.time(), StartedAt: j.startedAt.null(),
		CanceledAt: j.canceledAt.null(), CompletedAt: j.completedAt.null(),
		OrganizationID: st.organizations.rows.Get(j.organization).ID, InitiatorID: st.initiators.get(j.initiator),
		JobStatus: jobStatuses[j.status-1],
	}
	if j.error != nil {
		row.Error = sql.NullString{String: *j.error, Valid: true}
	}
	return row
}

func parseJob(arg *tasktwin.InsertProvisionerJobParams) (fresh[job], error) {
	if err := firstError(timestamp(&arg.CreatedAt), timestamp(&arg.UpdatedAt), nullTimestamp(&arg.StartedAt),
		nullTimestamp(&arg.CanceledAt), nullTimestamp(&arg.CompletedAt), nullText(&arg.Error)); err != nil {
		return fresh[job]{}, err
	}
	j := &job{id: arg.ID, createdAt: at(arg.CreatedAt), updatedAt: at(arg.UpdatedAt)}
	j.set(arg.StartedAt, arg.CanceledAt, arg.CompletedAt, arg.Error)
	return fresh[job]{row: j, refs: refs{to(arg.OrganizationID)}, initiator: arg.InitiatorID}, nil
}

func (q queries) InsertProvisionerJob(ctx context.Context, arg tasktwin.InsertProvisionerJobParams) (tasktwin.ProvisionerJob, error) {
	j, err := parseJob(&arg)
	return insertRow(ctx, q, &jobsTable, j, err, copyJob)
}

func (q queries) UpdateProvisionerJobByID(ctx context.Context, arg tasktwin.UpdateProvisionerJobByIDParams) (tasktwin.ProvisionerJob, error) {
	parsed := firstError(nullTimestamp(&arg.StartedAt), nullTimestamp(&arg.CanceledAt),
		nullTimestamp(&arg.CompletedAt), nullText(&arg.Error), timestamp(&arg.UpdatedAt))
	return updateRow(ctx, q, &jobsTable, arg.ID, parsed, func(j *job) {
		j.set(arg.StartedAt, arg.CanceledAt, arg.CompletedAt, arg.Error)
		j.updatedAt = at(arg.UpdatedAt)
	}, copyJob)
}

func (q queries) GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	return getRow(ctx, q, &jobsTable, id, copyJob)
}

func (q queries) DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q, &jobsTable, id)
}
