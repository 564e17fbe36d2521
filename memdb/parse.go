package memdb

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// A statement's arguments are read in two steps, as PostgreSQL does: every
// argument is parsed first, in the order of the parameters, and only then are
// lengths applied, in the order of the columns. Enums come before all else.

// firstError runs the steps until one fails.
func firstError(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func noArguments() error { return nil }

type pgEnum interface {
	~string
	Valid() bool
	TypeName() string
}

func enum[E pgEnum](e E) func() error {
	return func() error {
		if !e.Valid() {
			return invalidEnum(e.TypeName(), string(e))
		}
		return nil
	}
}

func text(s string) func() error { return func() error { return pgvalue.Text(s) } }

func nullText(s *sql.NullString) func() error {
	return func() error {
		if !s.Valid {
			*s = sql.NullString{}
			return nil
		}
		return pgvalue.Text(s.String)
	}
}

func varchar(s *string, n int) func() error {
	return func() (err error) {
		*s, err = pgvalue.Varchar(*s, n)
		return err
	}
}

func timestamp(t *time.Time) func() error {
	return func() (err error) {
		*t, err = pgvalue.Timestamptz(*t)
		return err
	}
}

func nullTimestamp(t *sql.NullTime) func() error {
	return func() (err error) {
		if !t.Valid {
			*t = sql.NullTime{}
			return nil
		}
		t.Time, err = pgvalue.Timestamptz(t.Time)
		return err
	}
}

// jsonb leaves nil, which is NULL, alone.
func jsonb(j *json.RawMessage) func() error {
	return func() (err error) {
		if *j != nil {
			*j, err = pgvalue.JSONB(*j)
		}
		return err
	}
}

func cloneJSON(j json.RawMessage) json.RawMessage { return bytes.Clone(j) }

func copyTask(t *task) tasktwin.Task {
	c := *t
	c.TemplateParameters = cloneJSON(t.TemplateParameters)
	return c
}

func copyWorkspace(w *work) tasktwin.Workspace {
	c := *w
	c.GroupACL, c.UserACL = cloneJSON(w.GroupACL), cloneJSON(w.UserACL)
	return c
}

func copySnapshot(s *snap) tasktwin.TaskSnapshot {
	c := *s
	c.LogSnapshot = cloneJSON(s.LogSnapshot)
	return c
}

func plain[R any](r *R) R { return *r }
