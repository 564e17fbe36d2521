package memdb

import (
	"context"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

func (q queries) InsertProvisionerJob(ctx context.Context, arg tasktwin.InsertProvisionerJobParams) (tasktwin.ProvisionerJob, error) {
	r := &job{
		ID: arg.ID, CreatedAt: arg.CreatedAt, UpdatedAt: arg.UpdatedAt, StartedAt: arg.StartedAt,
		CanceledAt: arg.CanceledAt, CompletedAt: arg.CompletedAt, Error: arg.Error,
		OrganizationID: arg.OrganizationID, InitiatorID: arg.InitiatorID,
	}
	r.JobStatus = jobStatus(r)
	return insertRow(ctx, q.x, provisionerJobs, r, func() error {
		return firstError(timestamp(&r.CreatedAt), timestamp(&r.UpdatedAt), nullTimestamp(&r.StartedAt),
			nullTimestamp(&r.CanceledAt), nullTimestamp(&r.CompletedAt), nullText(&r.Error))
	}, plain)
}

func (q queries) UpdateProvisionerJobByID(ctx context.Context, arg tasktwin.UpdateProvisionerJobByIDParams) (tasktwin.ProvisionerJob, error) {
	return updateRow(ctx, q.x, provisionerJobs, func() error {
		return firstError(nullTimestamp(&arg.StartedAt), nullTimestamp(&arg.CanceledAt),
			nullTimestamp(&arg.CompletedAt), nullText(&arg.Error), timestamp(&arg.UpdatedAt))
	}, idOf[job](provisionerJobs, arg.ID), func(j *job) {
		j.StartedAt, j.CanceledAt, j.CompletedAt = arg.StartedAt, arg.CanceledAt, arg.CompletedAt
		j.Error, j.UpdatedAt = arg.Error, arg.UpdatedAt
		j.JobStatus = jobStatus(j)
	}, plain)
}

func (q queries) GetProvisionerJobByID(ctx context.Context, id uuid.UUID) (tasktwin.ProvisionerJob, error) {
	return getRow(ctx, q.x, noArguments, idOf[job](provisionerJobs, id), plain)
}

func (q queries) DeleteProvisionerJobByID(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	return deleteRow(ctx, q.x, provisionerJobs, id)
}
