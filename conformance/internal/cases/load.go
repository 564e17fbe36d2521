package cases

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// load loads rows. It skips the test if the store cannot.
func (f *Fixture) load(rows *tasktwin.Dump) error {
	f.t.Helper()
	if !stores.CanLoad(f.Store) {
		f.t.Skipf("%T is not a tasktwin.Loader", f.Store)
	}
	loader, _ := f.Store.(tasktwin.Loader)
	return loader.Load(f.ctx, rows)
}

var loadCases = []Case{
	{Name: "load/what is dumped can be loaded", Run: LoadWhatIsDumpedCanBeLoaded},
	{Name: "load/rows in any order", Run: LoadRowsInAnyOrder},
	{Name: "load/the rows stay as they are", Run: LoadTheRowsStayAsTheyAre},
	{Name: "load/nothing is shared with the caller", Run: LoadNothingIsSharedWithTheCaller},
	{Name: "load/each constraint", Run: LoadEachConstraint},
	{Name: "load/collides with what is there", Run: LoadCollidesWithWhatIsThere},
	{Name: "load/which of several comes first", Run: LoadWhichOfSeveralComesFirst},
	{Name: "load/a row is what its insert makes of it", Run: LoadARowIsWhatItsInsertMakesOfIt},
	{Name: "load/of bad values in a row the first comes first", Run: LoadOfBadValuesInARowTheFirstComesFirst},
	{Name: "load/rows that refer to nothing have to be unique", Run: LoadRowsThatReferToNothingHaveToBeUnique},
	{Name: "load/in a transaction", Run: LoadInATransaction},
	{Name: "load/a read-only transaction", Run: LoadAReadOnlyTransaction},
	{Name: "load/nil, canceled and closed", Run: LoadNilCanceledAndClosed},
	{Name: "load/values are what an insert makes of them", Methods: "InsertTask", Run: LoadValuesAreWhatAnInsertMakesOfThem},
}

func init() { register(loadCases) }

func LoadWhatIsDumpedCanBeLoaded(t TB, f *Fixture) {
	want := EveryColumn()
	want.ProvisionerJobs[1].JobStatus = "whatever" // it is generated
	if err := f.load(want); err != nil {
		t.Fatal(err)
	}
	want.ProvisionerJobs[1].JobStatus = tasktwin.ProvisionerJobStatusCanceled
	equal(t, "dump", dump(t, f), want)
	fails(t, "again", f.load(want), uniqueViolation("organizations", "organizations_pkey"))
	if err := f.load(&tasktwin.Dump{}); err != nil {
		t.Error("no rows:", err)
	}
	equal(t, "dump", dump(t, f), want)
}

func LoadRowsInAnyOrder(t TB, f *Fixture) {
	rows := RowsToLoad(5)
	slices.Reverse(rows.Users)
	slices.Reverse(rows.WorkspaceBuilds)
	slices.Reverse(rows.TaskWorkspaceApps)
	if err := f.load(rows); err != nil {
		t.Fatal(err)
	}
	equal(t, "dump", dump(t, f), RowsToLoad(5))
}

func LoadTheRowsStayAsTheyAre(t TB, f *Fixture) {
	// spoiled returns rows of which a store changes almost every column.
	spoiled := func() *tasktwin.Dump {
		rows := RowsToLoad(2)
		for _, table := range reflect.ValueOf(rows).Elem().Fields() {
			for i := range table.Len() {
				for _, field := range table.Index(i).Fields() {
					switch v := field.Addr().Interface().(type) {
					case *time.Time:
						*v = v.Add(1500).In(time.FixedZone("", 3600))
					case *sql.NullTime:
						v.Time = v.Time.Add(1500)
					case *sql.NullString:
						v.Valid = false
					case *uuid.NullUUID:
						v.Valid = i == 0
					case *json.RawMessage:
						*v = json.RawMessage(` {"b": 1, "a":2} `)
					}
				}
			}
		}
		rows.Users[0].Name += " "
		rows.WorkspaceApps[0].DisplayName += strings.Repeat(" ", 99)
		return rows
	}
	rows := spoiled()
	if err := f.load(rows); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(rows, spoiled()) {
		t.Error("loading has changed the caller's rows")
	}
	equal(t, "what stands beside NULL", dump(t, f).Tasks[1].DeletedAt, sql.NullTime{})
}

func LoadNothingIsSharedWithTheCaller(t TB, f *Fixture) {
	rows := RowsToLoad(1)
	if err := f.load(rows); err != nil {
		t.Fatal(err)
	}
	for _, m := range []json.RawMessage{rows.Workspaces[0].GroupACL, rows.Tasks[0].TemplateParameters, rows.TaskSnapshots[0].LogSnapshot} {
		for i := range m {
			m[i] = 'X'
		}
	}
	equal(t, "dump", dump(t, f), RowsToLoad(1))
}

func LoadEachConstraint(t TB, f *Fixture) {
	const rows = 5
	for _, bad := range badRows {
		for _, at := range [][2]int{{0, rows - 1}, {rows / 2, 0}, {rows - 1, rows / 2}} {
			d := RowsToLoad(rows)
			bad.spoil(d, at[0], at[1])
			fails(t, fmt.Sprintf("%s, row %d", bad.name, at[0]), f.load(d), bad.want)
		}
	}
	equal(t, "nothing is left", dump(t, f), emptyDump())
}

func LoadCollidesWithWhatIsThere(t TB, f *Fixture) {
	there := RowsToLoad(3)
	if err := f.load(there); err != nil {
		t.Fatal(err)
	}
	fails(t, "a task", f.load(&tasktwin.Dump{Tasks: there.Tasks[1:2]}), uniqueViolation("tasks", "tasks_pkey"))
	again := there.Tasks[2]
	again.ID = absent
	fails(t, "a name", f.load(&tasktwin.Dump{Tasks: []tasktwin.Task{again}}), uniqueViolation("tasks", "tasks_owner_id_name_unique_idx"))
	again.DeletedAt = nullTime(at(3))
	child := tasktwin.TaskSnapshot{TaskID: absent, LogSnapshot: json.RawMessage(`1`), LogSnapshotCreatedAt: at(0)}
	if err := f.load(&tasktwin.Dump{Tasks: []tasktwin.Task{again}, TaskSnapshots: []tasktwin.TaskSnapshot{child}}); err != nil {
		t.Error("the name of a deleted task, and its snapshot:", err)
	}
}

func LoadInATransaction(t TB, f *Fixture) {
	want, bad := RowsToLoad(2), RowsToLoad(2)
	bad.TaskSnapshots[1].TaskID = absent
	badEnum := &tasktwin.Dump{WorkspaceAgents: []tasktwin.WorkspaceAgent{{}}}
	err := f.InTx(f.ctx, func(s tasktwin.Store) error {
		in := f.on(s)
		err := s.InTx(f.ctx, func(s tasktwin.Store) error { return f.on(s).load(bad) }, nil)
		fails(t, "a savepoint", err, foreignKeyViolation("task_snapshots", "task_snapshots_task_id_fkey"))
		equal(t, "after the savepoint", dump(t, in), emptyDump())
		if err := in.load(want); err != nil {
			return err
		}
		equal(t, "inside", dump(t, in), want)
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "committed", dump(t, f), want)
	for what, rows := range map[string]*tasktwin.Dump{"refused by the server": want, "refused before that": badEnum, "nil": nil} {
		err := f.InTx(f.ctx, func(s tasktwin.Store) error {
			in := f.on(s)
			if err := in.load(rows); err == nil {
				t.Errorf("%s: no error", what)
			}
			fails(t, what+", then an enum", in.load(badEnum), aborted)
			fails(t, what+", then no rows", in.load(&tasktwin.Dump{}), aborted)
			return nil
		}, nil)
		equal(t, what, stores.Describe(err).Kind, "commit aborted")
	}
	fails(t, "outside", f.load(want), uniqueViolation("organizations", "organizations_pkey"))
	equal(t, "as before", dump(t, f), want)
}

func LoadAReadOnlyTransaction(t TB, f *Fixture) {
	readOnly := sqlState(tasktwin.ReadOnlySQLTransaction)
	badValue, badEnum := RowsToLoad(1), RowsToLoad(1)
	badValue.Organizations[0].Name = "\x00"
	badEnum.WorkspaceApps[0].Health = ""
	for _, c := range []struct {
		what string
		rows *tasktwin.Dump
		want lockstep.ErrorFacts
	}{
		{"rows", RowsToLoad(1), readOnly},
		{"no rows", &tasktwin.Dump{}, readOnly},
		{"a bad value", badValue, readOnly},
		{"a bad enum", badEnum, invalidText},
	} {
		err := f.tx(&tasktwin.TxOptions{ReadOnly: true}, func(tx *Fixture) error { return tx.load(c.rows) })
		fails(t, c.what, err, c.want)
	}
}

func LoadNilCanceledAndClosed(t TB, f *Fixture) {
	if err := f.load(nil); err == nil || !strings.Contains(err.Error(), "rows") {
		t.Errorf("nil: got %v, which does not name the argument", err)
	}
	ctx, cancel := context.WithCancel(f.ctx)
	cancel()
	late := f.on(f.Store)
	late.ctx = ctx
	if err := late.load(RowsToLoad(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
	equal(t, "rows", dump(t, f), emptyDump())
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.load(RowsToLoad(1)); !errors.Is(err, tasktwin.ErrClosed) {
		t.Errorf("closed: got %v", err)
	}
}

func LoadValuesAreWhatAnInsertMakesOfThem(t TB, f *Fixture) {
	if err := f.load(RowsToLoad(1)); err != nil {
		t.Fatal(err)
	}
	like := RowsToLoad(1).Tasks[0]
	like.ID, like.WorkspaceID = absent, uuid.NullUUID{}
	for what, change := range oddValues {
		row := like
		change(&row)
		inserted, insertedRows := attempt(f, func(s tasktwin.Store) error {
			_, err := s.InsertTask(f.ctx, insertion(row).Interface().(tasktwin.InsertTaskParams))
			return err
		})
		loaded, loadedRows := attempt(f, func(s tasktwin.Store) error { return f.on(s).load(&tasktwin.Dump{Tasks: []tasktwin.Task{row}}) })
		equal(t, what, loaded, inserted)
		equal(t, what, loadedRows, insertedRows)
	}
}

// attempt makes a call in a transaction, which it rolls back. It returns the error
// and the tasks after the call.
func attempt(f *Fixture, call func(tasktwin.Store) error) (facts lockstep.ErrorFacts, tasks []tasktwin.Task) {
	f.t.Helper()
	_ = f.InTx(f.ctx, func(s tasktwin.Store) error {
		err := call(s)
		facts = stores.Describe(err)
		if err == nil {
			if rows := dump(f.t, f.on(s)); rows != nil {
				tasks = rows.Tasks
			}
		}
		return program.ErrRollback
	}, nil)
	return facts, tasks
}

// oddValues are values at the limits of their types, and beyond.
var oddValues = map[string]func(*tasktwin.Task){
	"NUL":               func(r *tasktwin.Task) { r.Name = "a\x00" },
	"not UTF-8":         func(r *tasktwin.Task) { r.Prompt = "a\xff" },
	"half a character":  func(r *tasktwin.Task) { r.Prompt = "\xc3" },
	"a surrogate":       func(r *tasktwin.Task) { r.Name = "\xed\xa0\x80" },
	"empty":             func(r *tasktwin.Task) { r.Name, r.Prompt, r.DisplayName = "", "", "" },
	"what COPY escapes": func(r *tasktwin.Task) { r.Name, r.Prompt = `\N`, "a\tb\nc\\.\n\\.\r" },
	"spaces":            func(r *tasktwin.Task) { r.DisplayName = strings.Repeat("ü", 127) + "   " },
	"too long":          func(r *tasktwin.Task) { r.DisplayName = strings.Repeat("ü", 128) },
	"nanoseconds":       func(r *tasktwin.Task) { r.CreatedAt = at(0).Add(1999) },
	"before 1970":       func(r *tasktwin.Task) { r.CreatedAt = time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC) },
	"another zone":      func(r *tasktwin.Task) { r.CreatedAt = at(0).In(time.FixedZone("", -7*3600)) },
	"zero":              func(r *tasktwin.Task) { r.CreatedAt = time.Time{} },
	"the first instant": func(r *tasktwin.Task) { r.CreatedAt = time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC) },
	"before it":         func(r *tasktwin.Task) { r.CreatedAt = time.Date(-4713, 11, 23, 23, 59, 59, 0, time.UTC) },
	"the last instant":  func(r *tasktwin.Task) { r.CreatedAt = time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC) },
	"after it":          func(r *tasktwin.Task) { r.CreatedAt = time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC) },
	"far":               func(r *tasktwin.Task) { r.CreatedAt = time.Date(600_000, 1, 1, 0, 0, 0, 0, time.UTC) },
	"far back":          func(r *tasktwin.Task) { r.CreatedAt = time.Date(-600_000, 1, 1, 0, 0, 0, 0, time.UTC) },
	"JSON null":         func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage(`null`) },
	"no JSON":           func(r *tasktwin.Task) { r.TemplateParameters = nil },
	"empty JSON":        func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage{} },
	"JSON in order":     func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage(`{"bb":1e2,"a":1.50,"a":2}`) },
	"bad JSON":          func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage(`{"a"}`) },
	"NUL in JSON":       func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage(`"\u0000"`) },
	"a raw NUL in JSON": func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage("\"\x00\"") },
	"JSON not UTF-8":    func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage("\"\xff\"") },
	"lone surrogate":    func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage(`"\ud800"`) },
	"a huge number":     func(r *tasktwin.Task) { r.TemplateParameters = json.RawMessage(`1e200000`) },
	"deep JSON": func(r *tasktwin.Task) {
		r.TemplateParameters = json.RawMessage(strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000))
	},
}

// LoadWhichOfSeveralComesFirst tests which of several violations is reported. COPY
// handles a thousand rows at a time: first, row by row, the values, NOT NULL and
// the checks, then, again row by row, the unique indexes. Foreign keys follow
// after all rows of the table.
func LoadWhichOfSeveralComesFirst(t TB, f *Fixture) {
	const rows = 2100
	good := RowsToLoad(rows)
	type change = func(*tasktwin.Dump)
	with := func(changes ...change) error {
		d := CopyOf(good)
		for _, change := range changes {
			change(d)
		}
		return f.load(d)
	}
	workspace := func(change func(w *tasktwin.Workspace)) func(i int) change {
		return func(i int) func(*tasktwin.Dump) { return func(d *tasktwin.Dump) { change(&d.Workspaces[i]) } }
	}
	first := good.Workspaces[0]
	sameID := workspace(func(w *tasktwin.Workspace) { w.ID = first.ID })
	sameName := workspace(func(w *tasktwin.Workspace) { w.OwnerID, w.Name = first.OwnerID, strings.ToUpper(first.Name) })
	noACL := workspace(func(w *tasktwin.Workspace) { w.UserACL = nil })
	noObject := workspace(func(w *tasktwin.Workspace) { w.GroupACL = json.RawMessage(`1`) })
	noJSON := workspace(func(w *tasktwin.Workspace) { w.GroupACL = json.RawMessage(`{`) })
	long := workspace(func(w *tasktwin.Workspace) { w.Name = strings.Repeat("x", 65) })
	orphan := workspace(func(w *tasktwin.Workspace) { w.OrganizationID = absent })
	homeless := workspace(func(w *tasktwin.Workspace) { w.TemplateID = absent })
	badEnum := func(d *tasktwin.Dump) { d.WorkspaceAppStatuses[rows-1].State = "none" }
	tooFar := func(d *tasktwin.Dump) { d.Users[rows-1].CreatedAt = time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC) }
	sameBuild := func(d *tasktwin.Dump) { d.WorkspaceBuilds[0].ID = d.WorkspaceBuilds[1].ID }

	pkey := uniqueViolation("workspaces", "workspaces_pkey")
	name := uniqueViolation("workspaces", "workspaces_owner_id_lower_idx")
	notNull := notNullViolation("workspaces", "user_acl")
	check := checkViolation("workspaces", "group_acl_is_object")
	tooLong := sqlState(tasktwin.StringDataRightTruncation)
	organization := foreignKeyViolation("workspaces", "workspaces_organization_id_fkey")
	template := foreignKeyViolation("workspaces", "workspaces_template_id_fkey")
	for _, c := range []struct {
		what    string
		changes []change
		want    lockstep.ErrorFacts
	}{
		{"an enum of a later table before all", []change{tooFar, badEnum}, invalidText},
		{"an earlier table", []change{sameID(1), tooFar}, sqlState(tasktwin.DatetimeFieldOverflow)},
		{"in a row, values in the columns' order", []change{long(5), noJSON(5)}, tooLong},
		{"in a row, values before NULL", []change{noACL(5), long(5)}, tooLong},
		{"in a row, NULL before checks", []change{noACL(5), noObject(5)}, notNull},
		{"values, NULL and checks row by row", []change{noObject(5), noACL(6), long(7)}, check},
		{"a check of a later row before a unique index", []change{sameID(1), noObject(6)}, check},
		{"up to the thousandth row", []change{sameID(1), noACL(999)}, notNull},
		{"but not after it", []change{sameID(1), noACL(1000)}, pkey},
		{"nor a value", []change{sameID(999), long(1000)}, pkey},
		{"and in the second thousand", []change{sameID(1000), noACL(1999)}, notNull},
		{"but not in the third", []change{sameID(1000), noACL(2000)}, pkey},
		{"unique indexes row by row", []change{sameName(3), sameID(4)}, name},
		{"in a row, unique indexes in their order", []change{sameName(4), sameID(4)}, pkey},
		{"foreign keys after the unique indexes of all rows", []change{orphan(0), sameName(rows - 1)}, name},
		{"foreign keys row by row", []change{homeless(2), orphan(3)}, template},
		{"in a row, foreign keys in their order", []change{homeless(3), orphan(3)}, organization},
		{"foreign keys before the next table", []change{homeless(rows - 1), sameBuild}, template},
	} {
		fails(t, c.what, with(c.changes...), c.want)
	}
	equal(t, "nothing is left", dump(t, f), emptyDump())
}
