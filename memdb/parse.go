package memdb

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/tasktwin/tasktwin/internal/enums"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb/internal/rel"
)

// Like PostgreSQL, a statement processes its arguments in two steps. First it parses all
// arguments in the order of the parameters. Then it checks lengths in the order of the
// columns. Enums are checked before everything else.

// firstError returns the first of the errors, if any.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// enum returns an error for a value that its type does not have. Such a statement is not
// sent.
func enum[E enums.Enum](e E) error { return unsent(enums.Check(e)) }

func unsent(err error) error {
	if err == nil {
		return nil
	}
	return rel.Unsent(err)
}

func text(s string) error { return pgvalue.Text(s) }

func nullText(s *sql.NullString) error {
	if !s.Valid {
		*s = sql.NullString{}
		return nil
	}
	return text(s.String)
}

func varchar(s *string, n int) error {
	var err error
	*s, err = pgvalue.Varchar(*s, n)
	return err
}

func timestamp(t *time.Time) error {
	var err error
	*t, err = pgvalue.Timestamptz(*t)
	return err
}

func nullTimestamp(t *sql.NullTime) error {
	if !t.Valid {
		return nil
	}
	return timestamp(&t.Time)
}

// jsonb parses a JSON value as a major version does. It leaves nil, which is NULL,
// unchanged.
func jsonb(version int, j *json.RawMessage) error {
	if *j == nil {
		return nil
	}
	parse := pgvalue.JSONB
	if version < 16 {
		parse = pgvalue.JSONBUntil15
	}
	var err error
	*j, err = parse(*j)
	return err
}

func cloneJSON(j json.RawMessage) json.RawMessage { return bytes.Clone(j) }

// copyPlain copies a row of a table that stores public rows.
func copyPlain[R any](_ *state, r *R) R { return *r }
