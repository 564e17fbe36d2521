package lockstep

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// MatrixRows are what the operations of the matrix refer to.
func MatrixRows() Program {
	org, user, template, version, workspace := ID(1), ID(2), ID(3), ID(4), ID(5)
	return Program{
		{"InsertOrganization", tasktwin.InsertOrganizationParams{ID: org, Name: "acme"}},
		{"InsertUser", tasktwin.InsertUserParams{ID: user, Username: "ada"}},
		{"InsertTemplate", tasktwin.InsertTemplateParams{ID: template, OrganizationID: org, CreatedBy: user}},
		{"InsertTemplateVersion", tasktwin.InsertTemplateVersionParams{ID: version, OrganizationID: org, CreatedBy: user, TemplateID: Null(template)}},
		{"InsertWorkspace", matrixWorkspace(workspace, "taken")},
		{"InsertTask", matrixTask(ID(6), "taken")},
	}
}

func matrixWorkspace(workspace uuid.UUID, name string) tasktwin.InsertWorkspaceParams {
	return tasktwin.InsertWorkspaceParams{
		ID: workspace, OwnerID: ID(2), OrganizationID: ID(1), TemplateID: ID(3), Name: name, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}
}

func matrixTask(task uuid.UUID, name string) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: task, OrganizationID: ID(1), OwnerID: ID(2), Name: name, TemplateVersionID: ID(4), TemplateParameters: json.RawMessage(`{}`),
	}
}

// MatrixFailures are operations of each kind that fails, by what they answer.
func MatrixFailures() map[string]Op {
	task := func(change func(*tasktwin.InsertTaskParams)) Op {
		arg := matrixTask(ID(90), "never")
		change(&arg)
		return Op{"InsertTask", arg}
	}
	snapshot := func(text string) Op {
		return Op{"UpsertTaskSnapshot", tasktwin.UpsertTaskSnapshotParams{TaskID: ID(6), LogSnapshot: json.RawMessage(text)}}
	}
	noObject := matrixWorkspace(ID(91), "never")
	noObject.UserACL = json.RawMessage(`[]`)
	return map[string]Op{
		"22001":            task(func(a *tasktwin.InsertTaskParams) { a.DisplayName = strings.Repeat("x", 128) }),
		"22003":            snapshot("1e200000"),
		"22008":            task(func(a *tasktwin.InsertTaskParams) { a.CreatedAt = Extremes[5] }),
		"22021":            task(func(a *tasktwin.InsertTaskParams) { a.Prompt = "\x00" }),
		"22P02":            snapshot("{"),
		"22P02, enum":      {"ListTasks", tasktwin.ListTasksParams{Status: "bogus"}},
		"22P05":            snapshot(`"\u0000"`),
		"23502":            task(func(a *tasktwin.InsertTaskParams) { a.TemplateParameters = nil }),
		"23503":            task(func(a *tasktwin.InsertTaskParams) { a.OwnerID = Absent }),
		"23503, RESTRICT":  {"DeleteTemplateByID", ID(3)},
		"23505":            task(func(a *tasktwin.InsertTaskParams) { a.Name = "TAKEN" }),
		"23514":            {"InsertWorkspace", noObject},
		"54001":            snapshot(strings.Repeat("[", 30_000)),
		"no rows":          {"GetTaskByID", Absent},
		"no rows, a write": {"DeleteUserByID", Absent},
	}
}

// Matrix is a program of transactions with one failure each: every kind of
// failure at every place, first, in the middle and last, in the transaction or
// in a savepoint of it, with a live or a canceled context, and after it every
// end.
func Matrix() Program {
	p := MatrixRows()
	serial := uint64(100)
	works := func() Op {
		serial++
		return Op{"InsertTask", matrixTask(ID(serial), ID(serial).String())}
	}
	for _, failing := range Sorted(MatrixFailures()) {
		for place := range 3 {
			for _, nested := range []bool{false, true} {
				for _, canceled := range []bool{false, true} {
					for _, end := range []string{OpCommit, OpRollback, OpPanic, OpCutOff} {
						var inside Program
						for i := range 3 {
							if i != place {
								inside = append(inside, works())
								continue
							}
							if canceled {
								inside = append(inside, Op{Name: OpCancel})
							}
							inside = append(inside, failing)
						}
						p = append(p, Op{Name: OpBegin, Arg: (*tasktwin.TxOptions)(nil)})
						if nested {
							p = append(append(p, works(), Op{Name: OpSavepoint}), inside...)
							p = append(p, Op{Name: end}, works(), Op{Name: OpCommit})
						} else {
							p = append(append(p, inside...), Op{Name: end})
						}
					}
				}
			}
		}
	}
	// A transaction that must not write, and one in which a write fails for that.
	readOnly := Op{Name: OpBegin, Arg: &tasktwin.TxOptions{ReadOnly: true}}
	return append(p, readOnly, works(), Op{Name: OpCommit}, readOnly, Op{Name: OpSavepoint}, works(), Op{Name: OpRollback},
		Op{"ListTasks", tasktwin.ListTasksParams{}}, Op{Name: OpCommit}).Balanced()
}

// Sorted returns a map's values in the order of their keys.
func Sorted[V any](m map[string]V) []V {
	var values []V
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}
