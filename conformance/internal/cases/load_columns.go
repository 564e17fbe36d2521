package cases

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
	"github.com/tasktwin/tasktwin/conformance/internal/workload"
)

// insertOf returns the name of the method that inserts or upserts rows of a type.
func insertOf(row reflect.Type) string {
	insert := "Insert" + row.Name()
	if _, ok := reflect.TypeFor[tasktwin.Querier]().MethodByName(insert); ok {
		return insert
	}
	return "Upsert" + row.Name()
}

// oddOf returns values to try in a column of a type: bad ones, and ones that the
// column changes.
func oddOf(t reflect.Type) []any {
	values := workload.Specials[t]
	switch {
	case t == reflect.TypeFor[uuid.UUID]():
		return []any{absent}
	case t == reflect.TypeFor[uuid.NullUUID]():
		return []any{nullUUID(absent), uuid.NullUUID{UUID: absent}}
	case program.IsEnum(t):
		return []any{reflect.ValueOf("bogus").Convert(t).Interface()}
	case t == reflect.TypeFor[string]():
		values = append(values, "a "+strings.Repeat(" ", 200), "\xff"+strings.Repeat("x", 200), "İ")
	}
	return values
}

// LoadARowIsWhatItsInsertMakesOfIt tries each odd value in each column of each
// table: loading the row has the same outcome as inserting it.
func LoadARowIsWhatItsInsertMakesOfIt(t TB, f *Fixture) {
	rows := RowsToLoad(2)
	tables := reflect.ValueOf(rows).Elem()
	for i := range tables.NumField() {
		row := tables.Field(i).Index(1).Interface()
		one := reflect.New(tables.Type()).Elem()
		for field := range reflect.TypeOf(row).NumField() {
			for _, odd := range oddOf(reflect.TypeOf(row).Field(field).Type) {
				bad := program.Op{Arg: row}.With(field, reflect.ValueOf(odd)).Arg
				insert := insertion(bad)
				if !insert.IsValid() || !hasField(insert, reflect.TypeOf(row).Field(field).Name) {
					continue
				}
				before := reflect.New(tables.Type()).Elem()
				for k := range i {
					before.Field(k).Set(tables.Field(k))
				}
				table := reflect.MakeSlice(tables.Field(i).Type(), 0, 2)
				one.Field(i).Set(reflect.Append(table, tables.Field(i).Index(0), reflect.ValueOf(bad)))
				start, _ := reflect.TypeAssert[*tasktwin.Dump](before.Addr())
				loaded, _ := reflect.TypeAssert[*tasktwin.Dump](one.Addr())
				byLoad := rolledBack(f, start, func(s *Fixture) error { return s.load(loaded) })
				byInsert := rolledBack(f, start, func(s *Fixture) error {
					if err := s.insert(tables.Field(i).Index(0).Interface()); err != nil {
						return err
					}
					return s.insert(bad)
				})
				if diff := stores.Compare(byInsert, byLoad); diff != "" {
					t.Errorf("%s %v: insert (-), load (+):\n%s", insertOf(reflect.TypeOf(row)), insert, diff)
				}
			}
		}
	}
}

// LoadOfBadValuesInARowTheFirstComesFirst tries bad values in two columns of a
// row. A bad enum is refused before anything else, even before rows of an earlier
// table. Of two other values that are invalid for their types, the first column's
// is reported.
func LoadOfBadValuesInARowTheFirstComesFirst(t TB, f *Fixture) {
	rows := RowsToLoad(1)
	tables := reflect.ValueOf(rows).Elem()
	for i := range tables.NumField() {
		row := tables.Field(i).Index(0).Interface()
		typ := reflect.TypeOf(row)
		refused := func(bad program.Op, earlier ...tasktwin.Organization) lockstep.ErrorFacts {
			one := reflect.New(tables.Type()).Elem()
			one.Field(0).Set(reflect.ValueOf(earlier))
			one.Field(i).Set(reflect.Append(one.Field(i), reflect.ValueOf(bad.Arg)))
			loaded, _ := reflect.TypeAssert[*tasktwin.Dump](one.Addr())
			return rolledBack(f, nil, func(s *Fixture) error { return s.load(loaded) }).Error
		}
		type column struct {
			field int
			value reflect.Value
			err   lockstep.ErrorFacts
		}
		var columns []column
		for field, c := range (program.Op{Arg: row}).Fields() {
			if c.Type == reflect.TypeFor[tasktwin.ProvisionerJobStatus]() {
				continue // the column is generated
			}
			for _, odd := range oddOf(c.Type) {
				bad := program.Op{Arg: row}.With(field, reflect.ValueOf(odd))
				if program.IsEnum(c.Type) {
					equal(t, c.Name+" before other tables", refused(bad, tasktwin.Organization{Name: "\xff"}), invalidText)
				} else if err := refused(bad); strings.HasPrefix(err.Code, "22") {
					columns = append(columns, column{field, reflect.ValueOf(odd), err})
				}
			}
		}
		for n, first := range columns {
			for _, second := range columns[n+1:] {
				if second.field != first.field && second.err != first.err {
					bad := program.Op{Arg: row}.With(first.field, first.value).With(second.field, second.value)
					equal(t, fmt.Sprintf("%s: %s and %s", typ, typ.Field(first.field).Name, typ.Field(second.field).Name), refused(bad), first.err)
				}
			}
		}
	}
}

// insert inserts a row.
func (f *Fixture) insert(row any) error {
	return f.call(program.Op{Name: insertOf(reflect.TypeOf(row)), Arg: insertion(row).Interface()})
}

// insertion returns the parameters of the method that inserts a row.
func insertion(row any) reflect.Value {
	querier := reflect.TypeFor[tasktwin.Querier]()
	method, ok := querier.MethodByName(insertOf(reflect.TypeOf(row)))
	if !ok {
		return reflect.Value{}
	}
	params := reflect.New(method.Type.In(1)).Elem()
	for i := range params.NumField() {
		params.Field(i).Set(reflect.ValueOf(row).FieldByName(params.Type().Field(i).Name))
	}
	return params
}

func hasField(v reflect.Value, name string) bool {
	_, ok := v.Type().FieldByName(name)
	return ok
}

// rolledBack loads rows, if any, calls fn, and rolls both back. It returns the
// outcome of fn.
func rolledBack(f *Fixture, rows *tasktwin.Dump, fn func(*Fixture) error) (out loadResult) {
	f.t.Helper()
	err := f.tx(nil, func(tx *Fixture) error {
		if rows != nil {
			if err := tx.load(rows); err != nil {
				return err
			}
		}
		err := tx.tx(nil, func(inner *Fixture) error {
			if err := fn(inner); err != nil {
				return err
			}
			out.Dump = dump(f.t, inner)
			return program.ErrRollback
		})
		out.Error = stores.Describe(err)
		return program.ErrRollback
	})
	if stores.Describe(err) != stores.Describe(program.ErrRollback) {
		f.t.Fatal(err)
	}
	return out
}

// loadResult is an error or, without one, the rows of the store.
type loadResult struct {
	Error lockstep.ErrorFacts
	Dump  *tasktwin.Dump
}

// LoadRowsThatReferToNothingHaveToBeUnique loads rows whose foreign keys refer to
// no row. That is only reported if nothing else is wrong with them.
func LoadRowsThatReferToNothingHaveToBeUnique(t TB, f *Fixture) {
	rows := RowsToLoad(3)
	for what, bad := range map[string]struct {
		spoil func(d *tasktwin.Dump)
		want  lockstep.ErrorFacts
	}{
		"builds": {func(d *tasktwin.Dump) {
			d.WorkspaceBuilds[0].WorkspaceID, d.WorkspaceBuilds[2].WorkspaceID = absent, absent
		}, uniqueViolation("workspace_builds", "workspace_builds_workspace_id_build_number_key")},
		"builds of other numbers": {func(d *tasktwin.Dump) {
			d.WorkspaceBuilds[0].WorkspaceID, d.WorkspaceBuilds[2].WorkspaceID, d.WorkspaceBuilds[2].BuildNumber = absent, absent, 2
		}, foreignKeyViolation("workspace_builds", "workspace_builds_workspace_id_fkey")},
		"builds of a job": {func(d *tasktwin.Dump) {
			d.WorkspaceBuilds[0].JobID, d.WorkspaceBuilds[2].JobID = absent, absent
		}, uniqueViolation("workspace_builds", "workspace_builds_job_id_key")},
		"a build beside one that lacks its job": {func(d *tasktwin.Dump) {
			d.WorkspaceBuilds[0].JobID, d.WorkspaceBuilds[2].WorkspaceID = absent, d.WorkspaceBuilds[0].WorkspaceID
		}, uniqueViolation("workspace_builds", "workspace_builds_workspace_id_build_number_key")},
		"template versions": {func(d *tasktwin.Dump) {
			d.TemplateVersions[0].TemplateID, d.TemplateVersions[2].TemplateID = nullUUID(absent), nullUUID(absent)
			d.TemplateVersions[2].Name = d.TemplateVersions[0].Name
		}, uniqueViolation("template_versions", "template_versions_template_id_name_key")},
		"template versions without templates": {func(d *tasktwin.Dump) {
			for _, n := range []int{0, 2} {
				v := &d.TemplateVersions[n]
				v.TemplateID, v.CreatedBy, v.Name = uuid.NullUUID{}, absent, "v"
			}
		}, foreignKeyViolation("template_versions", "template_versions_created_by_fkey")},
		"workspaces": {func(d *tasktwin.Dump) {
			d.Workspaces[0].OwnerID, d.Workspaces[2].OwnerID, d.Workspaces[2].Name = absent, absent, d.Workspaces[0].Name
		}, uniqueViolation("workspaces", "workspaces_owner_id_lower_idx")},
		"apps": {func(d *tasktwin.Dump) {
			d.WorkspaceApps[0].AgentID, d.WorkspaceApps[2].AgentID, d.WorkspaceApps[2].Slug = absent, absent, d.WorkspaceApps[0].Slug
		}, uniqueViolation("workspace_apps", "workspace_apps_agent_id_slug_idx")},
		"apps of different agents": {func(d *tasktwin.Dump) {
			d.WorkspaceApps[0].AgentID, d.WorkspaceApps[2].AgentID, d.WorkspaceApps[2].Slug = absent, uuid.Max, d.WorkspaceApps[0].Slug
		}, foreignKeyViolation("workspace_apps", "workspace_apps_agent_id_fkey")},
		"bindings": {func(d *tasktwin.Dump) {
			d.TaskWorkspaceApps[1].TaskID, d.TaskWorkspaceApps[2].TaskID = absent, absent
		}, uniqueViolation("task_workspace_apps", "task_workspace_apps_pkey")},
		"a binding beside one that lacks its app": {func(d *tasktwin.Dump) {
			d.TaskWorkspaceApps[0].WorkspaceAppID, d.TaskWorkspaceApps[2].TaskID = nullUUID(absent), d.TaskWorkspaceApps[0].TaskID
		}, uniqueViolation("task_workspace_apps", "task_workspace_apps_pkey")},
		"statuses": {func(d *tasktwin.Dump) {
			d.WorkspaceAppStatuses[0].AppID, d.WorkspaceAppStatuses[2].ID = absent, d.WorkspaceAppStatuses[0].ID
		}, uniqueViolation("workspace_app_statuses", "workspace_app_statuses_pkey")},
		"the first of two statuses": {func(d *tasktwin.Dump) {
			d.WorkspaceAppStatuses[0].AppID, d.WorkspaceAppStatuses[2].AgentID = absent, absent
		}, foreignKeyViolation("workspace_app_statuses", "workspace_app_statuses_app_id_fkey")},
	} {
		d := CopyOf(rows)
		bad.spoil(d)
		fails(t, what, f.load(d), bad.want)
	}
	// COPY handles a thousand statuses at a time.
	for last, want := range map[int]lockstep.ErrorFacts{
		999:  sqlState(tasktwin.CharacterNotInRepertoire),
		1000: uniqueViolation("workspace_app_statuses", "workspace_app_statuses_pkey"),
	} {
		d := CopyOf(rows)
		for n := len(d.WorkspaceAppStatuses); n <= last; n++ {
			status := d.WorkspaceAppStatuses[0]
			status.ID = loadID(loadStatus, n)
			d.WorkspaceAppStatuses = append(d.WorkspaceAppStatuses, status)
		}
		d.WorkspaceAppStatuses[1].ID, d.WorkspaceAppStatuses[last].Message = d.WorkspaceAppStatuses[0].ID, "\xff"
		fails(t, fmt.Sprintf("a bad status in row %d", last), f.load(d), want)
	}
}

// CopyOf returns a copy of rows that can be changed, except for the bytes of JSON
// columns, which are shared.
func CopyOf(d *tasktwin.Dump) *tasktwin.Dump {
	out := *d
	for _, table := range reflect.ValueOf(&out).Elem().Fields() {
		table.Set(reflect.AppendSlice(reflect.MakeSlice(table.Type(), 0, table.Len()), table))
	}
	return &out
}
