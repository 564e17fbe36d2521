package pgdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// quick is a connection whose rows are scanned without the detours that pgx takes
// for types that it does not know: by way of text for uuid's, by way of
// database/sql for those that may be null, and by way of a parser for JSON. The
// pool is the caller's, so pgx cannot be told of the types there.
type quick struct{ sqlc.DBTX }

// Query runs a query.
func (q quick) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := q.DBTX.Query(ctx, sql, args...)
	return &quickRows{Rows: rows}, err
}

// QueryRow runs a query of one row.
func (q quick) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return quickRow{q.DBTX.QueryRow(ctx, sql, args...)}
}

type quickRows struct {
	pgx.Rows
	dest []any
}

// Scan reads the values of a row.
func (r *quickRows) Scan(dest ...any) error {
	r.dest = quickly(r.dest[:0], dest)
	return r.Rows.Scan(r.dest...)
}

type quickRow struct{ pgx.Row }

// Scan reads the values of the row.
func (r quickRow) Scan(dest ...any) error { return r.Row.Scan(quickly(nil, dest)...) }

// quickly appends to out the same destinations, as types that pgx knows.
func quickly(out, dest []any) []any {
	for _, d := range dest {
		switch p := d.(type) {
		case *uuid.UUID:
			d = (*quickUUID)(p)
		case *uuid.NullUUID:
			d = (*quickNullUUID)(p)
		case *json.RawMessage:
			d = (*[]byte)(p)
		case *sql.NullTime:
			d = (*quickNullTime)(p)
		case *sql.NullString:
			d = (*quickNullString)(p)
		case *sql.NullInt32:
			d = (*quickNullInt32)(p)
		case *tasktwin.TaskStatus:
			d = (*string)(p)
		case *sql.Null[tasktwin.BuildReason]:
			d = (*quickNull[tasktwin.BuildReason])(p)
		case *sql.Null[tasktwin.WorkspaceAgentLifecycleState]:
			d = (*quickNull[tasktwin.WorkspaceAgentLifecycleState])(p)
		case *sql.Null[tasktwin.WorkspaceAppHealth]:
			d = (*quickNull[tasktwin.WorkspaceAppHealth])(p)
		}
		out = append(out, d)
	}
	return out
}

var errNull = errors.New("pgdb: NULL where there is none")

type quickUUID uuid.UUID

// ScanUUID implements pgtype.UUIDScanner.
func (u *quickUUID) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		return errNull
	}
	*u = v.Bytes
	return nil
}

type quickNullUUID uuid.NullUUID

// ScanUUID implements pgtype.UUIDScanner.
func (u *quickNullUUID) ScanUUID(v pgtype.UUID) error {
	u.UUID, u.Valid = v.Bytes, v.Valid
	return nil
}

type quickNullTime sql.NullTime

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (t *quickNullTime) ScanTimestamptz(v pgtype.Timestamptz) error {
	if v.InfinityModifier != pgtype.Finite {
		return errors.New("pgdb: an infinite time cannot be read")
	}
	t.Time, t.Valid = v.Time, v.Valid
	return nil
}

type quickNullString sql.NullString

// ScanText implements pgtype.TextScanner.
func (s *quickNullString) ScanText(v pgtype.Text) error {
	s.String, s.Valid = v.String, v.Valid
	return nil
}

type quickNullInt32 sql.NullInt32

// ScanInt64 implements pgtype.Int64Scanner.
func (n *quickNullInt32) ScanInt64(v pgtype.Int8) error {
	n.Int32, n.Valid = int32(v.Int64), v.Valid
	return nil
}

// quickNull is a nullable enum.
type quickNull[E ~string] sql.Null[E]

// ScanText implements pgtype.TextScanner.
func (n *quickNull[E]) ScanText(v pgtype.Text) error {
	n.V, n.Valid = E(v.String), v.Valid
	return nil
}
