package conformance

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// matrixRows are what the operations of the matrix refer to.
func matrixRows() Program {
	org, user, template, version, workspace := id(1), id(2), id(3), id(4), id(5)
	return Program{
		{"InsertOrganization", tasktwin.InsertOrganizationParams{ID: org, Name: "acme"}},
		{"InsertUser", tasktwin.InsertUserParams{ID: user, Username: "ada"}},
		{"InsertTemplate", tasktwin.InsertTemplateParams{ID: template, OrganizationID: org, CreatedBy: user}},
		{"InsertTemplateVersion", tasktwin.InsertTemplateVersionParams{ID: version, OrganizationID: org, CreatedBy: user, TemplateID: null(template)}},
		{"InsertWorkspace", matrixWorkspace(workspace, "taken")},
		{"InsertTask", matrixTask(id(6), "taken")},
	}
}

func matrixWorkspace(workspace uuid.UUID, name string) tasktwin.InsertWorkspaceParams {
	return tasktwin.InsertWorkspaceParams{
		ID: workspace, OwnerID: id(2), OrganizationID: id(1), TemplateID: id(3), Name: name, GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}
}

func matrixTask(task uuid.UUID, name string) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: task, OrganizationID: id(1), OwnerID: id(2), Name: name, TemplateVersionID: id(4), TemplateParameters: json.RawMessage(`{}`),
	}
}

// matrixFailures are operations of each kind that fails, by what they answer.
func matrixFailures() map[string]Op {
	task := func(change func(*tasktwin.InsertTaskParams)) Op {
		arg := matrixTask(id(90), "never")
		change(&arg)
		return Op{"InsertTask", arg}
	}
	snapshot := func(text string) Op {
		return Op{"UpsertTaskSnapshot", tasktwin.UpsertTaskSnapshotParams{TaskID: id(6), LogSnapshot: json.RawMessage(text)}}
	}
	noObject := matrixWorkspace(id(91), "never")
	noObject.UserACL = json.RawMessage(`[]`)
	return map[string]Op{
		"22001":            task(func(a *tasktwin.InsertTaskParams) { a.DisplayName = strings.Repeat("x", 128) }),
		"22003":            snapshot("1e200000"),
		"22008":            task(func(a *tasktwin.InsertTaskParams) { a.CreatedAt = extremes[5] }),
		"22021":            task(func(a *tasktwin.InsertTaskParams) { a.Prompt = "\x00" }),
		"22P02":            snapshot("{"),
		"22P02, enum":      {"ListTasks", tasktwin.ListTasksParams{Status: "bogus"}},
		"22P05":            snapshot(`"\u0000"`),
		"23502":            task(func(a *tasktwin.InsertTaskParams) { a.TemplateParameters = nil }),
		"23503":            task(func(a *tasktwin.InsertTaskParams) { a.OwnerID = absent }),
		"23503, RESTRICT":  {"DeleteTemplateByID", id(3)},
		"23505":            task(func(a *tasktwin.InsertTaskParams) { a.Name = "TAKEN" }),
		"23514":            {"InsertWorkspace", noObject},
		"54001":            snapshot(strings.Repeat("[", 30_000)),
		"no rows":          {"GetTaskByID", absent},
		"no rows, a write": {"DeleteUserByID", absent},
	}
}

// matrix is a program of transactions with one failure each: every kind of
// failure at every place, first, in the middle and last, in the transaction or
// in a savepoint of it, with a live or a canceled context, and after it every
// end.
func matrix() Program {
	p := matrixRows()
	serial := uint64(100)
	works := func() Op {
		serial++
		return Op{"InsertTask", matrixTask(id(serial), id(serial).String())}
	}
	for _, failing := range sorted(matrixFailures()) {
		for place := range 3 {
			for _, nested := range []bool{false, true} {
				for _, canceled := range []bool{false, true} {
					for _, end := range []string{opCommit, opRollback, opPanic, opCutOff} {
						var inside Program
						for i := range 3 {
							if i != place {
								inside = append(inside, works())
								continue
							}
							if canceled {
								inside = append(inside, Op{Name: opCancel})
							}
							inside = append(inside, failing)
						}
						p = append(p, Op{Name: opBegin, Arg: (*tasktwin.TxOptions)(nil)})
						if nested {
							p = append(append(p, works(), Op{Name: opSavepoint}), inside...)
							p = append(p, Op{Name: end}, works(), Op{Name: opCommit})
						} else {
							p = append(append(p, inside...), Op{Name: end})
						}
					}
				}
			}
		}
	}
	// A transaction that must not write, and one in which a write fails for that.
	readOnly := Op{Name: opBegin, Arg: &tasktwin.TxOptions{ReadOnly: true}}
	return append(p, readOnly, works(), Op{Name: opCommit}, readOnly, Op{Name: opSavepoint}, works(), Op{Name: opRollback},
		Op{"ListTasks", tasktwin.ListTasksParams{}}, Op{Name: opCommit}).balanced()
}

// sorted returns a map's values in the order of their keys.
func sorted[V any](m map[string]V) []V {
	var values []V
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}
