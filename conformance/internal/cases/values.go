package cases

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// insertName inserts a task with a name, and returns the name that comes back, or
// the error.
func (f *Fixture) insertName(name string) (string, error) {
	arg := f.newTask(name, uuid.NullUUID{})
	arg.DisplayName = ""
	task, err := f.InsertTask(f.ctx, arg)
	return task.Name, err
}

var valueCases = []Case{
	{Name: "values/times", Methods: "InsertTask", Run: ValuesTimes},
	{Name: "values/text", Methods: "InsertTask GetTaskByOwnerIDAndName UpdateTaskPrompt", Run: ValuesText},
	{Name: "values/varchar", Methods: "InsertTask InsertWorkspaceAgent", Run: ValuesVarchar},
	{Name: "values/lower", Methods: "InsertTask GetTaskByOwnerIDAndName", Run: ValuesLower},
	{Name: "values/jsonb", Methods: "InsertTask UpsertTaskSnapshot GetTaskSnapshot", Run: ValuesJSONB},
	{Name: "values/uuids sort bytewise", Methods: "GetTelemetryTaskEvents ListTasks", Run: ValuesUUIDsSortBytewise},
	{
		Name:    "values/nothing is shared with the caller",
		Methods: "InsertTask GetTaskByID ListTasks UpsertTaskSnapshot GetTaskSnapshot InsertWorkspace GetWorkspaceByID",
		Run:     ValuesNothingIsSharedWithTheCaller,
	},
}

func init() { register(valueCases) }

func ValuesTimes(t TB, f *Fixture) {
	f.base()
	for _, c := range []struct{ in, want time.Time }{
		{program.Epoch.Add(999), program.Epoch},
		{program.Epoch.Add(1999), program.Epoch.Add(1000)},
		{time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
		{time.Date(1999, 12, 31, 23, 59, 59, 999_999_500, time.UTC), time.Date(1999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
		{program.Epoch.In(time.FixedZone("", -7*3600)), program.Epoch},
		{time.Time{}, time.Time{}},
		{time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC), time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC)},
		{time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC), time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC)},
	} {
		arg := f.newTask(f.next().String(), uuid.NullUUID{})
		arg.CreatedAt = c.in
		got := must[tasktwin.Task](t)(f.InsertTask(f.ctx, arg))
		equal(t, "time", got.CreatedAt, c.want.UTC())
	}
	newest := f.list(tasktwin.ListTasksParams{})
	equal(t, "times at both ends are in order", newest[0], id(*f.n))
	for _, bad := range []time.Time{time.Date(-4713, 11, 23, 23, 59, 59, 0, time.UTC), time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC)} {
		arg := f.newTask("late", uuid.NullUUID{})
		arg.CreatedAt = bad
		_, err := f.InsertTask(f.ctx, arg)
		fails(t, bad.String(), err, sqlState(tasktwin.DatetimeFieldOverflow))
	}
}

func ValuesText(t TB, f *Fixture) {
	f.base()
	for _, good := range []string{"", " ", "日本語", "😀", "a\nb", `'"\`, "\x01\x7f", strings.Repeat("x", 2000)} {
		got, err := f.insertName(good)
		equal(t, "text", []any{got, stores.Describe(err)}, []any{good, stores.Describe(nil)})
	}
	encoding := sqlState(tasktwin.CharacterNotInRepertoire)
	for _, bad := range []string{"a\x00", "\x00", "\xff", "a\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"} {
		_, err := f.insertName(bad)
		fails(t, "insert", err, encoding)
		_, err = f.GetTaskByOwnerIDAndName(f.ctx, tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: f.user.ID, Name: bad})
		fails(t, "a read with such a name", err, encoding)
		_, err = f.UpdateTaskPrompt(f.ctx, tasktwin.UpdateTaskPromptParams{ID: absent, Prompt: bad})
		fails(t, "an update of no row", err, encoding)
	}
}

func ValuesVarchar(t TB, f *Fixture) {
	f.base()
	for _, c := range []struct{ in, want string }{
		{strings.Repeat("ü", 127), strings.Repeat("ü", 127)},
		{strings.Repeat("😀", 127) + "   ", strings.Repeat("😀", 127)},
		{strings.Repeat(" ", 200), strings.Repeat(" ", 127)},
		{"x" + strings.Repeat(" ", 126), "x" + strings.Repeat(" ", 126)},
	} {
		arg := f.newTask(f.next().String(), uuid.NullUUID{})
		arg.DisplayName = c.in
		equal(t, "display name", must[tasktwin.Task](t)(f.InsertTask(f.ctx, arg)).DisplayName, c.want)
	}
	tooLong := sqlState(tasktwin.StringDataRightTruncation)
	for _, bad := range []string{
		strings.Repeat("x", 128), strings.Repeat("ü", 128), strings.Repeat("x", 127) + "\t", strings.Repeat(" ", 127) + "x",
	} {
		arg := f.newTask("long", uuid.NullUUID{})
		arg.DisplayName, arg.TemplateParameters = bad, nil
		_, err := f.InsertTask(f.ctx, arg)
		fails(t, "too long comes before NULL", err, tooLong)
	}
	_, err := f.InsertWorkspaceAgent(f.ctx, tasktwin.InsertWorkspaceAgentParams{
		ID: f.next(), CreatedAt: at(0), UpdatedAt: at(0), Name: strings.Repeat("a", 65),
		LifecycleState: tasktwin.WorkspaceAgentLifecycleStateOff,
	})
	fails(t, "agent", err, tooLong)
}

func ValuesLower(t TB, f *Fixture) {
	f.base()
	for _, name := range []string{"plain", "with space ", "under_score", "123"} {
		f.insertTasks(f.newTask(name, uuid.NullUUID{}))
		_, err := f.insertName(strings.ToUpper(name))
		fails(t, name, err, uniqueViolation("tasks", "tasks_owner_id_name_unique_idx"))
		arg := tasktwin.GetTaskByOwnerIDAndNameParams{OwnerID: f.user.ID, Name: strings.ToUpper(name)}
		got := must[tasktwin.TaskWithStatus](t)(f.GetTaskByOwnerIDAndName(f.ctx, arg))
		equal(t, "found", got.Name, name)
	}
}

func ValuesJSONB(t TB, f *Fixture) {
	f.base()
	task := f.task(uuid.NullUUID{}).ID
	put := func(text string) error {
		return f.UpsertTaskSnapshot(f.ctx, tasktwin.UpsertTaskSnapshotParams{
			TaskID: task, LogSnapshot: json.RawMessage(text), LogSnapshotCreatedAt: at(0),
		})
	}
	for in, want := range map[string]string{
		` null `:                         `null`,
		`true`:                           `true`,
		`""`:                             `""`,
		`[]`:                             `[]`,
		`{}`:                             `{}`,
		`"a\/b"`:                         `"a/b"`,
		`"\u00e9\ud83d\ude00"`:           `"é😀"`,
		`"\u001f\t\b"`:                   `"\u001f\t\b"`,
		`1e2`:                            `100`,
		`1.50`:                           `1.50`,
		`-0`:                             `0`,
		`-0.0`:                           `0.0`,
		`1E-7`:                           `0.0000001`,
		`1.5e1`:                          `15`,
		`100e-2`:                         `1.00`,
		`123456789012345678901234567890`: `123456789012345678901234567890`,
		`{"bb":1,"a":2,"c":3}`:           `{"a": 2, "c": 3, "bb": 1}`,
		`{"a":1,"a":2}`:                  `{"a": 2}`,
		`{"é":1,"zz":2,"z":3}`:           `{"z": 3, "zz": 2, "é": 1}`,
		`[1,[2,{"x":[]}]]`:               `[1, [2, {"x": []}]]`,
		"\t\r\n1 ":                       `1`,
	} {
		if err := put(in); err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		equal(t, in, string(must[tasktwin.TaskSnapshot](t)(f.GetTaskSnapshot(f.ctx, task)).LogSnapshot), want)
	}
	for _, bad := range []string{
		"", " ", "{", "nul", "[1,]", `{"a":1,}`, `{"a"}`, `{1:2}`, "01", "1.", ".5", "+1", "--1", "0x1",
		`"a`, `"\x"`, "'a'", "NaN", "1 2", "\"\n\"", `"\ud800"`, `"\udc00\ud800"`, "\f1",
	} {
		fails(t, bad, put(bad), invalidText)
	}
	fails(t, "a NUL escaped", put(`"\u0000"`), sqlState(tasktwin.UntranslatableCharacter))
	fails(t, "not UTF-8", put("\"\xff\""), sqlState(tasktwin.CharacterNotInRepertoire))
}

func ValuesUUIDsSortBytewise(t TB, f *Fixture) {
	f.base()
	want := []uuid.UUID{
		uuid.MustParse("00000000-0000-0000-0000-0000000000ff"), uuid.MustParse("00000000-0000-0000-0001-000000000000"),
		uuid.MustParse("7fffffff-ffff-ffff-ffff-ffffffffffff"), uuid.MustParse("80000000-0000-0000-0000-000000000000"),
		uuid.MustParse("ffffffff-0000-0000-0000-000000000000"),
	}
	for _, i := range []int{3, 0, 4, 2, 1} {
		arg := f.newTask(want[i].String(), uuid.NullUUID{})
		arg.ID = want[i]
		f.insertTasks(arg)
	}
	equal(t, "order", f.list(tasktwin.ListTasksParams{}), want)
}

func ValuesNothingIsSharedWithTheCaller(t TB, f *Fixture) {
	f.base()
	const text = `{"a": 1}`
	spoil := func(m json.RawMessage) {
		for i := range m {
			m[i] = 'X'
		}
	}
	arg := f.newTask("a", uuid.NullUUID{})
	arg.TemplateParameters = json.RawMessage(text)
	got := must[tasktwin.Task](t)(f.InsertTask(f.ctx, arg))
	spoil(arg.TemplateParameters)
	spoil(got.TemplateParameters)
	for range 2 {
		read := must[tasktwin.TaskWithStatus](t)(f.GetTaskByID(f.ctx, arg.ID))
		equal(t, "read", string(read.TemplateParameters), text)
		equal(t, "ACL", string(read.WorkspaceGroupACL)+string(read.WorkspaceUserACL), "{}{}")
		listed := must[[]tasktwin.TaskWithStatus](t)(f.ListTasks(f.ctx, tasktwin.ListTasksParams{}))
		equal(t, "list", string(listed[0].TemplateParameters), text)
		for _, m := range []json.RawMessage{
			read.TemplateParameters, read.WorkspaceGroupACL, read.WorkspaceUserACL, read.StatusDebug,
			listed[0].TemplateParameters, listed[0].StatusDebug,
		} {
			spoil(m)
		}
	}
	snapshot := tasktwin.UpsertTaskSnapshotParams{TaskID: arg.ID, LogSnapshot: json.RawMessage(text), LogSnapshotCreatedAt: at(0)}
	if err := f.UpsertTaskSnapshot(f.ctx, snapshot); err != nil {
		t.Fatal(err)
	}
	spoil(snapshot.LogSnapshot)
	ws := f.newWorkspace("dev")
	ws.GroupACL, ws.UserACL = json.RawMessage(text), json.RawMessage(text)
	row := must[tasktwin.Workspace](t)(f.InsertWorkspace(f.ctx, ws))
	for _, m := range []json.RawMessage{ws.GroupACL, ws.UserACL, row.GroupACL, row.UserACL} {
		spoil(m)
	}
	for range 2 {
		s := must[tasktwin.TaskSnapshot](t)(f.GetTaskSnapshot(f.ctx, arg.ID))
		w := must[tasktwin.Workspace](t)(f.GetWorkspaceByID(f.ctx, ws.ID))
		equal(t, "snapshot and workspace", []string{string(s.LogSnapshot), string(w.GroupACL), string(w.UserACL)}, []string{text, text, text})
		spoil(s.LogSnapshot)
		spoil(w.GroupACL)
		spoil(w.UserACL)
	}
}
