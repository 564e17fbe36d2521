package certify

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/pgdb"
)

// SchemaPrefix begins the name of the schema in which [Run] works, so that one can be
// found that a killed process has left.
const SchemaPrefix = "tasktwin_certify_"

// dropTimeout limits the time of dropping the schema, which is done even if the context
// is done.
const dropTimeout = time.Minute

// schema is a schema of one's own in a database.
type schema struct {
	name string
	// url is that of the database with the schema in its search path.
	url string
	// admin is outside of the schema.
	admin *pgdb.DB
}

// createSchema creates an empty schema in the database at base.
func createSchema(ctx context.Context, base string) (*schema, error) {
	admin, err := pgdb.Open(ctx, base, pgdb.Options{MaxConns: 1})
	if err != nil {
		return nil, err
	}
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails
	s := &schema{name: SchemaPrefix + hex.EncodeToString(random[:]), admin: admin}
	s.url = inSchema(base, s.name)
	if _, err := admin.Pool().Exec(ctx, "CREATE SCHEMA "+s.name); err != nil {
		// The server may have created it all the same, if the context has ended.
		return nil, errors.Join(fmt.Errorf("create a schema: %w", err), s.drop(ctx))
	}
	return s, nil
}

// drop drops the schema with all that is in it, even if the context is done.
func (s *schema) drop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
	defer cancel()
	_, err := s.admin.Pool().Exec(ctx, "DROP SCHEMA IF EXISTS "+s.name+" CASCADE")
	if err != nil {
		err = &SchemaLeftError{s.name, err}
	}
	return errors.Join(err, s.admin.Close())
}

// recreate empties the schema of all that is in it.
func (s *schema) recreate(ctx context.Context) error {
	for _, sql := range []string{"DROP SCHEMA " + s.name + " CASCADE", "CREATE SCHEMA " + s.name} {
		if _, err := s.admin.Pool().Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// SchemaLeftError is the error of a run that could not drop its schema.
type SchemaLeftError struct {
	// Schema is its name.
	Schema string
	// Err says why.
	Err error
}

// Error names the schema.
func (e *SchemaLeftError) Error() string {
	return fmt.Sprintf("the schema %s is left, and yours to drop: %v", e.Schema, e.Err)
}

// Unwrap returns the reason.
func (e *SchemaLeftError) Unwrap() error { return e.Err }

// empty deletes all rows.
func (s *schema) empty(ctx context.Context) error {
	var tables []string
	for field := range reflect.TypeFor[tasktwin.Dump]().Fields() {
		tables = append(tables, field.Tag.Get("json"))
	}
	for _, table := range slices.Backward(tables) { // rows that refer to others come first
		if _, err := s.admin.Pool().Exec(ctx, "DELETE FROM "+s.name+"."+table); err != nil {
			return fmt.Errorf("delete the rows of the last case: %w", err)
		}
	}
	return nil
}

// inSchema returns a connection string, a URL or keywords and values, whose search path is
// a schema.
func inSchema(base, schema string) string {
	u, err := url.Parse(base)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return base + " search_path=" + schema
	}
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}
