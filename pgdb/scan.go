package pgdb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/tasktwin/tasktwin/pgdb/internal/sqlc"
)

// nativeScanConn is a connection whose arguments and rows have types that pgx
// supports natively. For rows of other types pgx takes detours: text for UUIDs,
// database/sql for nullable types, and a parser for JSON. The types cannot be
// registered with pgx, because the pool belongs to the caller.
type nativeScanConn struct{ sqlc.DBTX }

// Query runs a query.
func (q nativeScanConn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := q.DBTX.Query(ctx, sql, nativeArgs(args)...)
	return &nativeScanRows{Rows: rows}, err
}

// QueryRow runs a query of one row.
func (q nativeScanConn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return nativeScanRow{q.DBTX.QueryRow(ctx, sql, nativeArgs(args)...)}
}

type nativeScanRows struct {
	pgx.Rows
	dest []any
}

// Scan reads the values of a row.
func (r *nativeScanRows) Scan(dest ...any) error {
	r.dest = nativeDests(r.dest[:0], dest)
	return r.Rows.Scan(r.dest...)
}

type nativeScanRow struct{ pgx.Row }

// Scan reads the values of the row.
func (r nativeScanRow) Scan(dest ...any) error { return r.Row.Scan(nativeDests(nil, dest)...) }

// nativeDests appends the destinations to out, converted to types that pgx
// supports.
func nativeDests(out, dest []any) []any {
	for _, d := range dest {
		switch p := d.(type) {
		case *uuid.UUID:
			d = (*nativeUUID)(p)
		case *uuid.NullUUID:
			d = (*nativeNullUUID)(p)
		case *json.RawMessage:
			d = (*[]byte)(p)
		case *sql.NullTime:
			d = (*nativeNullTime)(p)
		case *sql.NullString:
			d = (*nativeNullString)(p)
		case *sql.NullInt32:
			d = (*nativeNullInt32)(p)
		default:
			if enum := enumDest(d); enum != nil {
				d = enum
			}
		}
		out = append(out, d)
	}
	return out
}

var errNull = errors.New("pgdb: NULL where there is none")

type nativeUUID uuid.UUID

// ScanUUID implements pgtype.UUIDScanner.
func (u *nativeUUID) ScanUUID(v pgtype.UUID) error {
	if !v.Valid {
		return errNull
	}
	*u = v.Bytes
	return nil
}

type nativeNullUUID uuid.NullUUID

// ScanUUID implements pgtype.UUIDScanner.
func (u *nativeNullUUID) ScanUUID(v pgtype.UUID) error {
	u.UUID, u.Valid = v.Bytes, v.Valid
	return nil
}

type nativeNullTime sql.NullTime

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (t *nativeNullTime) ScanTimestamptz(v pgtype.Timestamptz) error {
	if v.InfinityModifier != pgtype.Finite {
		return errors.New("pgdb: an infinite time cannot be read")
	}
	t.Time, t.Valid = v.Time, v.Valid
	return nil
}

type nativeNullString sql.NullString

// ScanText implements pgtype.TextScanner.
func (s *nativeNullString) ScanText(v pgtype.Text) error {
	s.String, s.Valid = v.String, v.Valid
	return nil
}

type nativeNullInt32 sql.NullInt32

// ScanInt64 implements pgtype.Int64Scanner.
func (n *nativeNullInt32) ScanInt64(v pgtype.Int8) error {
	n.Int32, n.Valid = int32(v.Int64), v.Valid
	return nil
}

// nativeNullEnum is a nullable enum.
type nativeNullEnum[E ~string] sql.Null[E]

// ScanText implements pgtype.TextScanner.
func (n *nativeNullEnum[E]) ScanText(v pgtype.Text) error {
	n.V, n.Valid = E(v.String), v.Valid
	return nil
}
