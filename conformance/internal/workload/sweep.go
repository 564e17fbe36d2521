package workload

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/conformance/internal/stores"
)

// sweepFrom is the number of operations from which a program has sweeps.
const sweepFrom = 5000

// sweep returns an operation that reaches the answers that are rare in random
// operations. It inserts rows of each kind, some of them twice. Then it calls each
// method in a read-only transaction, in a failed transaction, with a canceled
// context, and with the values of Specials in each parameter, and tries to delete
// rows that others refer to. It works on rows of its own, with plain values and
// exact ids: a call has no other reason to fail, so that each sweep reaches all of
// these answers.
func (g *Generator) sweep() operation {
	return func(ctx context.Context, e program.Engine) error {
		preset, pools := g.preset, g.Pools
		defer func() { g.preset, g.Pools = preset, pools }()
		g.preset, g.Pools = presetKnobs{plain: true}, pools.Empty()
		g.Exact = true

		g.repeatedInserts(ctx, e)
		_ = e.InTx(ctx, func(tx program.Engine) error {
			for _, op := range g.each() {
				_ = tx.InTx(ctx, func(savepoint program.Engine) error {
					_ = op(ctx, savepoint)
					return program.ErrRollback
				}, nil)
			}
			return nil
		}, &tasktwin.TxOptions{ReadOnly: true})
		_ = e.InTx(ctx, func(tx program.Engine) error {
			_ = do(ctx, tx, "UpdateTaskPrompt", tasktwin.UpdateTaskPromptParams{Prompt: "\x00"})
			for _, op := range g.each() {
				_ = op(ctx, tx)
			}
			return nil
		}, nil)
		done, cancel := context.WithCancel(ctx)
		cancel()
		for _, op := range g.each() {
			_ = op(done, e)
		}
		g.specialValues(ctx, e)
		g.refusedDeletes(ctx, e)
		return nil
	}
}

// methodChoices returns the choices that are methods of [tasktwin.Querier].
func methodChoices() []Choice {
	return slices.DeleteFunc(Choices(), func(c Choice) bool {
		_, ok := stores.Methods.Type().MethodByName(c.Method)
		return !ok
	})
}

// each returns an operation of each method of [tasktwin.Querier].
func (g *Generator) each() []operation {
	var ops []operation
	for _, c := range methodChoices() {
		ops = append(ops, c.make(g, c.Method))
	}
	return ops
}

// repeatedInserts inserts rows of each kind. It inserts each row again with the same
// id, and again with another one.
func (g *Generator) repeatedInserts(ctx context.Context, e program.Engine) {
	repeating := e
	repeating.Call = func(ctx context.Context, op program.Op) (any, error) {
		out, err := e.Call(ctx, op)
		_, _ = e.Call(ctx, op)
		_, _ = e.Call(ctx, op.With(0, reflect.ValueOf(g.Fresh())))
		return out, err
	}
	for range 2 { // in the first round, rows that another refers to may be missing
		for _, c := range methodChoices() {
			if strings.HasPrefix(c.Method, "Insert") {
				_ = c.make(g, c.Method)(ctx, repeating)
			}
		}
	}
}

// refusedDeletes inserts rows, and tries deletes that the foreign keys refuse, each
// of them at least once.
func (g *Generator) refusedDeletes(ctx context.Context, e program.Engine) {
	now := g.time()
	ids := make([]uuid.UUID, 13)
	for i := range ids {
		ids[i] = g.Fresh()
	}
	org, otherOrg, template, version, workspace := ids[0], ids[1], ids[3], ids[4], ids[5]
	templateCreator, versionCreator, workspaceOwner, nobody := ids[2], ids[8], ids[9], ids[12]
	agent, app, statusAgent, status := ids[6], ids[7], ids[10], ids[11]
	name := org.String()
	call := func(method string, arg any) { _ = do(ctx, e, method, arg) }

	for _, id := range []uuid.UUID{org, otherOrg} {
		call("InsertOrganization", tasktwin.InsertOrganizationParams{ID: id, Name: id.String(), CreatedAt: now, UpdatedAt: now})
	}
	for _, id := range []uuid.UUID{templateCreator, versionCreator, workspaceOwner, nobody} {
		call("InsertUser", tasktwin.InsertUserParams{ID: id, Username: id.String(), CreatedAt: now, UpdatedAt: now})
	}
	call("InsertTemplate", tasktwin.InsertTemplateParams{
		ID: template, Name: name, OrganizationID: org, CreatedBy: templateCreator, CreatedAt: now, UpdatedAt: now,
	})
	call("InsertTemplateVersion", tasktwin.InsertTemplateVersionParams{
		ID: version, TemplateID: program.Null(template), Name: name, OrganizationID: org, CreatedBy: versionCreator,
		CreatedAt: now, UpdatedAt: now,
	})
	call("DeleteUserByID", nobody) // succeeds
	call("DeleteUserByID", versionCreator)
	// The workspace and its template are of different organizations.
	call("InsertWorkspace", tasktwin.InsertWorkspaceParams{
		ID: workspace, Name: name, OwnerID: workspaceOwner, OrganizationID: otherOrg, TemplateID: template,
		GroupACL: []byte("{}"), UserACL: []byte("{}"), CreatedAt: now, UpdatedAt: now,
	})
	call("DeleteOrganizationByID", org) // cascades to the template, to which the workspace refers
	call("DeleteOrganizationByID", otherOrg)
	call("DeleteUserByID", workspaceOwner)
	call("DeleteUserByID", templateCreator)
	call("DeleteTemplateByID", template)
	for _, id := range []uuid.UUID{agent, statusAgent} {
		call("InsertWorkspaceAgent", tasktwin.InsertWorkspaceAgentParams{
			ID: id, Name: "a", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady, CreatedAt: now, UpdatedAt: now,
		})
	}
	call("InsertWorkspaceApp", tasktwin.InsertWorkspaceAppParams{
		ID: app, AgentID: agent, Slug: "a", Health: tasktwin.WorkspaceAppHealthHealthy, CreatedAt: now,
	})
	call("InsertWorkspaceAppStatus", tasktwin.InsertWorkspaceAppStatusParams{
		ID: status, AgentID: statusAgent, AppID: app, WorkspaceID: workspace, State: tasktwin.WorkspaceAppStatusStateIdle, CreatedAt: now,
	})
	call("DeleteWorkspaceByID", workspace)
	call("DeleteWorkspaceAppByID", app)
	call("DeleteWorkspaceAgentByID", statusAgent)
	call("DeleteWorkspaceAgentByID", agent) // cascades to the app, to which the status refers
}

// Specials are values that are invalid for all, or for all but a few, columns of
// their type.
var Specials = map[reflect.Type][]any{
	reflect.TypeFor[time.Time]():      {Extremes[5]},
	reflect.TypeFor[sql.NullTime]():   {sql.NullTime{Time: Extremes[5], Valid: true}},
	reflect.TypeFor[sql.NullString](): {sql.NullString{String: "\x00", Valid: true}},
	reflect.TypeFor[string](): {
		"\xff", "a\x00b", strings.Repeat("x", 200), strings.Repeat("ü", 64), strings.Repeat("x", 64) + "  ",
	},
	reflect.TypeFor[json.RawMessage](): {
		json.RawMessage(nil), json.RawMessage(`[]`), json.RawMessage(`{`), json.RawMessage("\xff"), json.RawMessage(`"\u0000"`),
		json.RawMessage(`1e200000`), json.RawMessage(`0e1073741823`), json.RawMessage(tooDeep),
	},
}

// specialValues calls each method with each special value in each field, and with
// ids that no row has.
func (g *Generator) specialValues(ctx context.Context, e program.Engine) {
	for _, c := range methodChoices() {
		op := captured(c.make(g, c.Method))
		if _, ok := op.Arg.(uuid.UUID); ok {
			_ = do(ctx, e, op.Name, g.Fresh())
		}
		for i, field := range op.Fields() {
			values := Specials[field.Type]
			switch {
			case field.Type == reflect.TypeFor[uuid.UUID]():
				values = []any{g.Fresh()}
			case field.Type == reflect.TypeFor[uuid.NullUUID]():
				values = []any{program.Null(g.Fresh())}
			case program.IsEnum(field.Type):
				values = []any{reflect.ValueOf("bogus").Convert(field.Type).Interface()}
			}
			for _, special := range values {
				op := captured(c.make(g, c.Method)) // a new row each time, because some of these calls succeed
				_, _ = e.Call(ctx, op.With(i, reflect.ValueOf(special)))
			}
		}
	}
}

// errCaptured is the answer to a captured call.
var errCaptured = errors.New("conformance: the call is not made")

// captured returns the first call of an operation without making it.
func captured(op operation) (first program.Op) {
	_ = op(context.Background(), program.Engine{
		Call: func(_ context.Context, op program.Op) (any, error) {
			if first.Name == "" {
				first = op
			}
			return nil, errCaptured
		},
		InTx: func(context.Context, func(program.Engine) error, any) error { return errCaptured },
	})
	return first
}
