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

// sweepFrom is how long a program must be to have sweeps.
const sweepFrom = 5000

// sweep reaches, without any luck, the answers that chance brings about too rarely.
// It calls each method in each state in which all answer alike: in a transaction
// that must not write, in one that has failed, and with a context that is done.
// Then it inserts rows twice, gives each parameter the values of Specials, and
// deletes rows that are referred to. It works on rows of its own, with plain values
// and ids that are exact, so that nothing else is wrong with a call.
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

// methodChoices are the choices that are methods of [tasktwin.Querier].
func methodChoices() []Choice {
	return slices.DeleteFunc(Choices(), func(c Choice) bool {
		_, ok := stores.Methods.Type().MethodByName(c.Method)
		return !ok
	})
}

// each makes an operation of each method of [tasktwin.Querier].
func (g *Generator) each() []operation {
	var ops []operation
	for _, c := range methodChoices() {
		ops = append(ops, c.make(g, c.Method))
	}
	return ops
}

// repeatedInserts inserts rows of each kind, each row once more, and once more
// under another id.
func (g *Generator) repeatedInserts(ctx context.Context, e program.Engine) {
	repeating := e
	repeating.Call = func(ctx context.Context, op program.Op) (any, error) {
		out, err := e.Call(ctx, op)
		_, _ = e.Call(ctx, op)
		_, _ = e.Call(ctx, op.With(0, reflect.ValueOf(g.Fresh())))
		return out, err
	}
	for range 2 { // the first time, rows that the row refers to may be missing
		for _, c := range methodChoices() {
			if strings.HasPrefix(c.Method, "Insert") {
				_ = c.make(g, c.Method)(ctx, repeating)
			}
		}
	}
}

// refusedDeletes makes rows whose deletion each of the foreign keys refuses.
func (g *Generator) refusedDeletes(ctx context.Context, e program.Engine) {
	now := g.time()
	ids := make([]uuid.UUID, 13)
	for i := range ids {
		ids[i] = g.Fresh()
	}
	org, other, user, template, version, workspace, agent, app := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7]
	name := org.String()
	for _, id := range []uuid.UUID{org, other} {
		_ = do(ctx, e, "InsertOrganization", tasktwin.InsertOrganizationParams{ID: id, Name: id.String(), CreatedAt: now, UpdatedAt: now})
	}
	for _, id := range []uuid.UUID{user, ids[8], ids[9], ids[12]} {
		_ = do(ctx, e, "InsertUser", tasktwin.InsertUserParams{ID: id, Username: id.String(), CreatedAt: now, UpdatedAt: now})
	}
	_ = do(ctx, e, "InsertTemplate", tasktwin.InsertTemplateParams{ID: template, Name: name, OrganizationID: org, CreatedBy: user, CreatedAt: now, UpdatedAt: now})
	_ = do(ctx, e, "InsertTemplateVersion", tasktwin.InsertTemplateVersionParams{
		ID: version, TemplateID: uuid.NullUUID{UUID: template, Valid: true}, Name: name, OrganizationID: org, CreatedBy: ids[8], CreatedAt: now, UpdatedAt: now,
	})
	_ = do(ctx, e, "DeleteUserByID", ids[12]) // nobody's
	_ = do(ctx, e, "DeleteUserByID", ids[8])  // the version's
	// A workspace in one organization, of a template in another.
	_ = do(ctx, e, "InsertWorkspace", tasktwin.InsertWorkspaceParams{
		ID: workspace, Name: name, OwnerID: ids[9], OrganizationID: other, TemplateID: template, GroupACL: []byte("{}"), UserACL: []byte("{}"), CreatedAt: now, UpdatedAt: now,
	})
	_ = do(ctx, e, "DeleteOrganizationByID", org)   // the template's
	_ = do(ctx, e, "DeleteOrganizationByID", other) // the workspace's
	_ = do(ctx, e, "DeleteUserByID", ids[9])        // the workspace's
	_ = do(ctx, e, "DeleteUserByID", user)          // the template's
	_ = do(ctx, e, "DeleteTemplateByID", template)
	for _, id := range []uuid.UUID{agent, ids[10]} {
		_ = do(ctx, e, "InsertWorkspaceAgent", tasktwin.InsertWorkspaceAgentParams{ID: id, Name: "a", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady, CreatedAt: now, UpdatedAt: now})
	}
	_ = do(ctx, e, "InsertWorkspaceApp", tasktwin.InsertWorkspaceAppParams{ID: app, AgentID: agent, Slug: "a", Health: tasktwin.WorkspaceAppHealthHealthy, CreatedAt: now})
	_ = do(ctx, e, "InsertWorkspaceAppStatus", tasktwin.InsertWorkspaceAppStatusParams{
		ID: ids[11], AgentID: ids[10], AppID: app, WorkspaceID: workspace, State: tasktwin.WorkspaceAppStatusStateIdle, CreatedAt: now,
	})
	_ = do(ctx, e, "DeleteWorkspaceByID", workspace)
	_ = do(ctx, e, "DeleteWorkspaceAppByID", app)
	_ = do(ctx, e, "DeleteWorkspaceAgentByID", ids[10]) // the status's
	_ = do(ctx, e, "DeleteWorkspaceAgentByID", agent)   // the app's, and with it the status's
}

// Specials are values that a field of their type cannot have, or can in one
// column only.
var Specials = map[reflect.Type][]any{
	reflect.TypeFor[time.Time]():      {Extremes[5]},
	reflect.TypeFor[sql.NullTime]():   {sql.NullTime{Time: Extremes[5], Valid: true}},
	reflect.TypeFor[string]():         {"\xff", "a\x00b", strings.Repeat("x", 200), strings.Repeat("ü", 64), strings.Repeat("x", 64) + "  "},
	reflect.TypeFor[sql.NullString](): {sql.NullString{String: "\x00", Valid: true}},
	reflect.TypeFor[json.RawMessage](): {
		json.RawMessage(nil), json.RawMessage(`[]`), json.RawMessage(`{`), json.RawMessage("\xff"), json.RawMessage(`"\u0000"`),
		json.RawMessage(`1e200000`), json.RawMessage(strings.Repeat("[", 30_000)),
	},
}

// specialValues calls each method with each special value in each field.
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
				op := captured(c.make(g, c.Method)) // another row, since some special values are accepted
				_, _ = e.Call(ctx, op.With(i, reflect.ValueOf(special)))
			}
		}
	}
}

// errCaptured is the answer to a call that was captured.
var errCaptured = errors.New("conformance: the call is not made")

// captured returns the first call of an operation, which it does not make.
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
