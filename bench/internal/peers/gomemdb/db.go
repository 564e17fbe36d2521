// Package gomemdb is a store on hashicorp/go-memdb for comparison with memdb: tasks and
// statuses with the engines' unique and other indexes.
//
// It does less than the engines: it checks no foreign keys and no values, derives no
// status, and returns the stored row itself, not a copy. go-memdb accepts duplicates in
// a unique index, so an insert checks for one first.
package gomemdb

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	memdb "github.com/hashicorp/go-memdb"

	"github.com/tasktwin/tasktwin"
)

const (
	tasks    = "tasks"
	statuses = "workspace_app_statuses"

	byID        = "id"
	byOwnerName = "owner_id_name"
)

// errUnique is the error of a duplicate key.
var errUnique = errors.New("gomemdb: duplicate key")

// index makes keys from rows, and from arguments, which are rows too.
type index[R any] struct {
	key func(*R) ([]byte, bool)
}

// FromObject implements [memdb.SingleIndexer].
func (i index[R]) FromObject(row any) (bool, []byte, error) {
	key, ok := i.key(row.(*R))
	return ok, key, nil
}

// FromArgs implements [memdb.Indexer].
func (i index[R]) FromArgs(args ...any) ([]byte, error) {
	row, ok := args[0].(*R)
	if !ok {
		return nil, fmt.Errorf("gomemdb: an argument is a %T", args[0])
	}
	key, _ := i.key(row)
	return key, nil
}

func key(id uuid.UUID, rest ...byte) []byte { return append(id[:], rest...) }

func atTime(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.UnixMicro())) }

func table[R any](name string, indexes map[string]index[R], unique ...string) *memdb.TableSchema {
	s := &memdb.TableSchema{Name: name, Indexes: map[string]*memdb.IndexSchema{}}
	for n, i := range indexes {
		s.Indexes[n] = &memdb.IndexSchema{Name: n, Indexer: i, AllowMissing: n != byID}
	}
	for _, n := range unique {
		s.Indexes[n].Unique = true
	}
	return s
}

var schema = &memdb.DBSchema{Tables: map[string]*memdb.TableSchema{
	tasks: table(tasks, map[string]index[tasktwin.Task]{
		byID: {func(t *tasktwin.Task) ([]byte, bool) { return key(t.ID), true }},
		byOwnerName: {func(t *tasktwin.Task) ([]byte, bool) {
			return append(key(t.OwnerID), strings.ToLower(t.Name)...), !t.DeletedAt.Valid
		}},
		"organization_id": {func(t *tasktwin.Task) ([]byte, bool) { return key(t.OrganizationID), true }},
		"owner_id":        {func(t *tasktwin.Task) ([]byte, bool) { return key(t.OwnerID), true }},
		"workspace_id":    {func(t *tasktwin.Task) ([]byte, bool) { return key(t.WorkspaceID.UUID), t.WorkspaceID.Valid }},
	}, byID, byOwnerName),
	statuses: table(statuses, map[string]index[tasktwin.WorkspaceAppStatus]{
		byID:     {func(s *tasktwin.WorkspaceAppStatus) ([]byte, bool) { return key(s.ID), true }},
		"app_id": {func(s *tasktwin.WorkspaceAppStatus) ([]byte, bool) { return key(s.AppID, atTime(s.CreatedAt)...), true }},
		"workspace_id": {func(s *tasktwin.WorkspaceAppStatus) ([]byte, bool) {
			return key(s.WorkspaceID, atTime(s.CreatedAt)...), true
		}},
	}, byID),
}}

// DB is a store of tasks and statuses.
type DB struct{ mem *memdb.MemDB }

// New returns an empty store.
func New() (*DB, error) {
	mem, err := memdb.NewMemDB(schema)
	if err != nil {
		return nil, fmt.Errorf("gomemdb: %w", err)
	}
	return &DB{mem}, nil
}

// Fork returns an independent store with the same rows.
func (db *DB) Fork() *DB { return &DB{db.mem.Snapshot()} }

// Load inserts the tasks and statuses of a data set in one transaction.
func (db *DB) Load(d *tasktwin.Dump) error {
	txn := db.mem.Txn(true)
	defer txn.Abort()
	for i := range d.Tasks {
		row := d.Tasks[i]
		if err := txn.Insert(tasks, &row); err != nil {
			return err
		}
	}
	for i := range d.WorkspaceAppStatuses {
		row := d.WorkspaceAppStatuses[i]
		if err := txn.Insert(statuses, &row); err != nil {
			return err
		}
	}
	txn.Commit()
	return nil
}

// TaskByID returns a task's row, which must not be changed.
func (db *DB) TaskByID(_ context.Context, id uuid.UUID) (*tasktwin.Task, error) {
	txn := db.mem.Txn(false)
	row, err := txn.First(tasks, byID, &tasktwin.Task{ID: id})
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, sql.ErrNoRows
	}
	return row.(*tasktwin.Task), nil
}

// InsertTask inserts a task.
func (db *DB) InsertTask(_ context.Context, arg tasktwin.InsertTaskParams) (tasktwin.Task, error) {
	row := tasktwin.Task{
		ID: arg.ID, OrganizationID: arg.OrganizationID, OwnerID: arg.OwnerID, Name: arg.Name, WorkspaceID: arg.WorkspaceID,
		TemplateVersionID: arg.TemplateVersionID, TemplateParameters: arg.TemplateParameters, Prompt: arg.Prompt,
		CreatedAt: arg.CreatedAt, DisplayName: arg.DisplayName,
	}
	return row, insert(db, tasks, &row, byID, byOwnerName)
}

// InsertWorkspaceAppStatus inserts a status.
func (db *DB) InsertWorkspaceAppStatus(
	_ context.Context, arg tasktwin.InsertWorkspaceAppStatusParams,
) (tasktwin.WorkspaceAppStatus, error) {
	row := tasktwin.WorkspaceAppStatus(arg)
	return row, insert(db, statuses, &row, byID)
}

func insert[R any](db *DB, table string, row *R, unique ...string) error {
	txn := db.mem.Txn(true)
	defer txn.Abort()
	for _, index := range unique {
		found, err := txn.First(table, index, row)
		if err != nil {
			return err
		}
		if found != nil {
			return errUnique
		}
	}
	if err := txn.Insert(table, row); err != nil {
		return err
	}
	txn.Commit()
	return nil
}
