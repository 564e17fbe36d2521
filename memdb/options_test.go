package memdb_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/memdb"
)

func TestForkOfAClosedStoreIsClosed(t *testing.T) {
	t.Parallel()
	db := memdb.New(memdb.Options{})
	open := db.Fork()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := db.Fork().Ping(t.Context()); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("a fork of a closed store: %v", err)
	}
	if fork, err := db.ForkStore(); err != nil || !errors.Is(fork.Ping(t.Context()), tasktwin.ErrClosed) {
		t.Errorf("ForkStore of a closed store: %v", err)
	}
	if dump, err := db.Dump(t.Context()); dump != nil || !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("a dump of a closed store: %v, %v", dump, err)
	}
	chaos := &tasktwin.TxOptions{Isolation: "chaos"}
	if err := db.InTx(t.Context(), func(tasktwin.Store) error { return nil }, chaos); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("a transaction with a bad option on a closed store: %v", err)
	}
	if err := open.Ping(t.Context()); err != nil {
		t.Errorf("a fork that was made before: %v", err)
	}
}

// The zero DB has no state. Its methods panic, and none of them waits for one.
func TestTheZeroDB(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*memdb.DB) error{
		"Fork":      func(db *memdb.DB) error { db.Fork(); return nil },
		"ForkStore": func(db *memdb.DB) error { _, err := db.ForkStore(); return err },
		"Dump":      func(db *memdb.DB) error { _, err := db.Dump(t.Context()); return err },
		"Load":      func(db *memdb.DB) error { return db.Load(t.Context(), &tasktwin.Dump{}) },
		"ListTasks": func(db *memdb.DB) error { _, err := db.ListTasks(t.Context(), tasktwin.ListTasksParams{}); return err },
		"InTx": func(db *memdb.DB) error {
			return db.InTx(t.Context(), func(tx tasktwin.Store) error {
				_, err := tx.InsertUser(t.Context(), tasktwin.InsertUserParams{})
				return err
			}, nil)
		},
		"InTx, with a snapshot": func(db *memdb.DB) error {
			return db.InTx(t.Context(), func(tx tasktwin.Store) error {
				_, err := tx.ListTasks(t.Context(), tasktwin.ListTasksParams{})
				return err
			}, &tasktwin.TxOptions{Isolation: tasktwin.RepeatableRead})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				err, _ := recover().(error)
				if err == nil || strings.HasSuffix(name, "Fork") && err.Error() != "memdb: the DB is the zero value: use one of New, OpenDump or Fork" {
					t.Errorf("panics with %v", err)
				}
			}()
			t.Error(call(&memdb.DB{}))
		})
	}
}

// lowerModes is what an error says of the modes that there are.
const lowerModes = "it must be LowerCUTF8, LowerC, LowerICU or LowerUnicodeFast"

func TestOptionsThatThereAreNot(t *testing.T) {
	t.Parallel()
	for want, bad := range map[string][]memdb.Options{
		"memdb: Options.PostgresVersion is 9: it must be 0 or 14 to 19":  {{PostgresVersion: 9}, {PostgresVersion: 9, Lower: 77}},
		"memdb: Options.PostgresVersion is 13: it must be 0 or 14 to 19": {{PostgresVersion: 13}},
		"memdb: Options.PostgresVersion is 20: it must be 0 or 14 to 19": {{PostgresVersion: 20}},
		"memdb: Options.PostgresVersion is -1: it must be 0 or 14 to 19": {{PostgresVersion: -1}},
		"memdb: Options.Lower is 77: " + lowerModes:                      {{Lower: 77}, {PostgresVersion: 14, Lower: 77}},
		"memdb: Options.Lower is -1: " + lowerModes:                      {{Lower: -1}},
		"memdb: Options.Lower is 4: " + lowerModes:                       {{Lower: memdb.LowerUnicodeFast + 1}},
	} {
		for _, opts := range bad {
			if err := opts.Validate(); err == nil || err.Error() != want {
				t.Errorf("%+v: got %v, want %s", opts, err, want)
			}
			func() {
				defer func() {
					if err, ok := recover().(error); !ok || err.Error() != want {
						t.Errorf("New(%+v) panics with %v, want %s", opts, err, want)
					}
				}()
				memdb.New(opts)
			}()
		}
	}
	for version := 14; version <= 19; version++ {
		for _, lower := range []memdb.LowerMode{memdb.LowerCUTF8, memdb.LowerC, memdb.LowerICU, memdb.LowerUnicodeFast} {
			for _, good := range []memdb.Options{{Lower: lower}, {PostgresVersion: version, Lower: lower}} {
				if err := good.Validate(); err != nil {
					t.Errorf("%+v: %v", good, err)
				}
				memdb.New(good)
			}
		}
	}
}

// A fork has the PostgreSQL version and the lower() mode of its store.
func TestRestrictHasItsOwnCodeFrom18(t *testing.T) {
	t.Parallel()
	for version, want := range map[int]tasktwin.SQLState{
		0: tasktwin.ForeignKeyViolation, 14: tasktwin.ForeignKeyViolation, 17: tasktwin.ForeignKeyViolation,
		18: tasktwin.RestrictViolation, 19: tasktwin.RestrictViolation,
	} {
		db := memdb.New(memdb.Options{PostgresVersion: version}).Fork()
		org, user, agent, app, status := newOrganization("a"), uuid.New(), uuid.New(), uuid.New(), uuid.New()
		_, err1 := db.InsertOrganization(t.Context(), org)
		_, err2 := db.InsertUser(t.Context(), tasktwin.InsertUserParams{ID: user})
		template := tasktwin.InsertTemplateParams{ID: uuid.New(), OrganizationID: org.ID, CreatedBy: user}
		_, err3 := db.InsertTemplate(t.Context(), template)
		workspace := tasktwin.InsertWorkspaceParams{
			ID: uuid.New(), OwnerID: user, OrganizationID: org.ID, TemplateID: template.ID, GroupACL: []byte("{}"), UserACL: []byte("{}"),
		}
		_, err4 := db.InsertWorkspace(t.Context(), workspace)
		_, err5 := db.InsertWorkspaceAgent(t.Context(), tasktwin.InsertWorkspaceAgentParams{
			ID: agent, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		})
		_, err6 := db.InsertWorkspaceApp(t.Context(), tasktwin.InsertWorkspaceAppParams{
			ID: app, AgentID: agent, Health: tasktwin.WorkspaceAppHealthHealthy,
		})
		_, err7 := db.InsertWorkspaceAppStatus(t.Context(), tasktwin.InsertWorkspaceAppStatusParams{
			ID: status, AgentID: agent, AppID: app, WorkspaceID: workspace.ID, State: tasktwin.WorkspaceAppStatusStateIdle,
		})
		if err := errors.Join(err1, err2, err3, err4, err5, err6, err7); err != nil {
			t.Fatal(err)
		}
		_, restricted := db.DeleteTemplateByID(t.Context(), template.ID)
		_, ofWorkspace := db.DeleteWorkspaceByID(t.Context(), workspace.ID)
		_, ofAgent := db.DeleteWorkspaceAgentByID(t.Context(), agent)
		_, ofApp := db.DeleteWorkspaceAppByID(t.Context(), app)
		for _, test := range []struct {
			err     error
			code    tasktwin.SQLState
			setting bool
		}{
			{restricted, want, want == tasktwin.RestrictViolation},
			{ofWorkspace, tasktwin.ForeignKeyViolation, false},
			{ofAgent, tasktwin.ForeignKeyViolation, false},
			{ofApp, tasktwin.ForeignKeyViolation, false},
		} {
			e, ok := errors.AsType[*tasktwin.Error](test.err)
			if !ok || e.Code != test.code || strings.Contains(e.Message, "RESTRICT setting of foreign key constraint") != test.setting ||
				!strings.Contains(e.Message, "foreign key constraint") {
				t.Errorf("version %d: %v, want %s", version, test.err, test.code)
			}
		}
	}
}
