package tasktwin

// The rows and parameters that have columns which may be NULL, or jsonb, as JSON:
// NULL is null.

// MarshalJSON returns the row as JSON, NULL as null.
func (r Workspace) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *Workspace) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the row as JSON, NULL as null.
func (r ProvisionerJob) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *ProvisionerJob) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the row as JSON, NULL as null.
func (r WorkspaceAppStatus) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *WorkspaceAppStatus) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the row as JSON, NULL as null.
func (r Task) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *Task) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the row as JSON, NULL as null.
func (r TaskSnapshot) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *TaskSnapshot) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the row as JSON, NULL as null.
func (r TaskWithStatus) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *TaskWithStatus) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the row as JSON, NULL as null.
func (r GetTelemetryTaskEventsRow) MarshalJSON() ([]byte, error) { return marshalRow(r) }

// UnmarshalJSON reads what MarshalJSON returns.
func (r *GetTelemetryTaskEventsRow) UnmarshalJSON(text []byte) error { return unmarshalRow(text, r) }

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p InsertTaskParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *InsertTaskParams) UnmarshalJSON(text []byte) error { return unmarshalRow(text, p) }

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p UpsertTaskSnapshotParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *UpsertTaskSnapshotParams) UnmarshalJSON(text []byte) error { return unmarshalRow(text, p) }

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p InsertWorkspaceParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *InsertWorkspaceParams) UnmarshalJSON(text []byte) error { return unmarshalRow(text, p) }

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p UpdateWorkspaceACLByIDParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *UpdateWorkspaceACLByIDParams) UnmarshalJSON(text []byte) error { return unmarshalRow(text, p) }

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p InsertProvisionerJobParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *InsertProvisionerJobParams) UnmarshalJSON(text []byte) error { return unmarshalRow(text, p) }

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p UpdateProvisionerJobByIDParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *UpdateProvisionerJobByIDParams) UnmarshalJSON(text []byte) error {
	return unmarshalRow(text, p)
}

// MarshalJSON returns the parameters as JSON, NULL as null.
func (p InsertWorkspaceAppStatusParams) MarshalJSON() ([]byte, error) { return marshalRow(p) }

// UnmarshalJSON reads what MarshalJSON returns.
func (p *InsertWorkspaceAppStatusParams) UnmarshalJSON(text []byte) error {
	return unmarshalRow(text, p)
}
