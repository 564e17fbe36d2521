package workload

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// MatrixRows inserts the rows that the operations of the matrix refer to.
func MatrixRows() program.Program {
	org, user, template, version, workspace := program.ID(1), program.ID(2), program.ID(3), program.ID(4), program.ID(5)
	return program.Program{
		{Name: "InsertOrganization", Arg: tasktwin.InsertOrganizationParams{ID: org, Name: "acme"}},
		{Name: "InsertUser", Arg: tasktwin.InsertUserParams{ID: user, Username: "ada"}},
		{Name: "InsertTemplate", Arg: tasktwin.InsertTemplateParams{ID: template, OrganizationID: org, CreatedBy: user}},
		{Name: "InsertTemplateVersion", Arg: tasktwin.InsertTemplateVersionParams{
			ID: version, OrganizationID: org, CreatedBy: user, TemplateID: program.Null(template),
		}},
		{Name: "InsertWorkspace", Arg: matrixWorkspace(workspace, "taken")},
		{Name: "InsertTask", Arg: matrixTask(program.ID(6), "taken")},
	}
}

func matrixWorkspace(workspace uuid.UUID, name string) tasktwin.InsertWorkspaceParams {
	return tasktwin.InsertWorkspaceParams{
		ID: workspace, OwnerID: program.ID(2), OrganizationID: program.ID(1), TemplateID: program.ID(3), Name: name,
		GroupACL: json.RawMessage(`{}`), UserACL: json.RawMessage(`{}`),
	}
}

func matrixTask(task uuid.UUID, name string) tasktwin.InsertTaskParams {
	return tasktwin.InsertTaskParams{
		ID: task, OrganizationID: program.ID(1), OwnerID: program.ID(2), Name: name, TemplateVersionID: program.ID(4),
		TemplateParameters: json.RawMessage(`{}`),
	}
}

// MatrixFailures returns an operation for each kind of failure, by its answer.
func MatrixFailures() map[string]program.Op {
	task := func(change func(*tasktwin.InsertTaskParams)) program.Op {
		arg := matrixTask(program.ID(90), "never")
		change(&arg)
		return program.Op{Name: "InsertTask", Arg: arg}
	}
	snapshot := func(text string) program.Op {
		return program.Op{Name: "UpsertTaskSnapshot", Arg: tasktwin.UpsertTaskSnapshotParams{
			TaskID: program.ID(6), LogSnapshot: json.RawMessage(text),
		}}
	}
	noObject := matrixWorkspace(program.ID(91), "never")
	noObject.UserACL = json.RawMessage(`[]`)
	return map[string]program.Op{
		"22001":            task(func(a *tasktwin.InsertTaskParams) { a.DisplayName = strings.Repeat("x", 128) }),
		"22003":            snapshot("1e200000"),
		"22008":            task(func(a *tasktwin.InsertTaskParams) { a.CreatedAt = Extremes[5] }),
		"22021":            task(func(a *tasktwin.InsertTaskParams) { a.Prompt = "\x00" }),
		"22P02":            snapshot("{"),
		"22P02, enum":      {Name: "ListTasks", Arg: tasktwin.ListTasksParams{Status: "bogus"}},
		"22P05":            snapshot(`"\u0000"`),
		"23502":            task(func(a *tasktwin.InsertTaskParams) { a.TemplateParameters = nil }),
		"23503":            task(func(a *tasktwin.InsertTaskParams) { a.OwnerID = program.Absent }),
		"23503, RESTRICT":  {Name: "DeleteTemplateByID", Arg: program.ID(3)},
		"23505":            task(func(a *tasktwin.InsertTaskParams) { a.Name = "TAKEN" }),
		"23514":            {Name: "InsertWorkspace", Arg: noObject},
		"54001":            snapshot(tooDeep),
		"no rows":          {Name: "GetTaskByID", Arg: program.Absent},
		"no rows, a write": {Name: "DeleteUserByID", Arg: program.Absent},
	}
}

// Matrix returns a program of transactions with one failing operation each, in all
// combinations of the kind of failure, its place (first, middle or last, in the
// transaction or in a savepoint), a live or canceled context, and the way in which
// the transaction or savepoint ends.
func Matrix() program.Program {
	p := MatrixRows()
	serial := uint64(100)
	works := func() program.Op {
		serial++
		return program.Op{Name: "InsertTask", Arg: matrixTask(program.ID(serial), program.ID(serial).String())}
	}
	for _, failing := range Sorted(MatrixFailures()) {
		for place := range 3 {
			for _, nested := range []bool{false, true} {
				for _, canceled := range []bool{false, true} {
					for _, end := range []string{program.OpCommit, program.OpRollback, program.OpPanic, program.OpCutOff} {
						var inside program.Program
						for i := range 3 {
							if i != place {
								inside = append(inside, works())
								continue
							}
							if canceled {
								inside = append(inside, program.Op{Name: program.OpCancel})
							}
							inside = append(inside, failing)
						}
						p = append(p, program.Op{Name: program.OpBegin})
						if nested {
							p = append(append(p, works(), program.Op{Name: program.OpSavepoint}), inside...)
							p = append(p, program.Op{Name: end}, works(), program.Op{Name: program.OpCommit})
						} else {
							p = append(append(p, inside...), program.Op{Name: end})
						}
					}
				}
			}
		}
	}
	// Read-only transactions: one that fails by a write, and one that rolls the write back.
	readOnly := program.Op{Name: program.OpBegin, Arg: &tasktwin.TxOptions{ReadOnly: true}}
	p = append(p, readOnly, works(), program.Op{Name: program.OpCommit})
	p = append(p, readOnly, program.Op{Name: program.OpSavepoint}, works(), program.Op{Name: program.OpRollback})
	return append(p, program.Op{Name: "ListTasks", Arg: tasktwin.ListTasksParams{}}, program.Op{Name: program.OpCommit}).Balanced()
}

// Sorted returns the values of a map, sorted by their keys.
func Sorted[V any](m map[string]V) []V {
	var values []V
	for _, key := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[key])
	}
	return values
}
