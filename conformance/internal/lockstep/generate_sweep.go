package lockstep

import (
	"context"
	"database/sql"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// sweepFrom is how long a program must be to have sweeps.
const sweepFrom = 5000

// sweep is one call of each method in each state in which all answer alike: in a
// transaction that must not write, in one that has failed, and with a context
// that is done. Then come values and violations that chance brings about too
// rarely.
func (g *Generator) sweep() operation {
	return func(ctx context.Context, s tasktwin.Store) error {
		_ = s.InTx(ctx, func(tx tasktwin.Store) error {
			for _, op := range g.each() {
				_ = tx.InTx(ctx, func(savepoint tasktwin.Store) error {
					_ = op(ctx, savepoint)
					return ErrRollback
				}, nil)
			}
			return nil
		}, &tasktwin.TxOptions{ReadOnly: true})
		_ = s.InTx(ctx, func(tx tasktwin.Store) error {
			_, _ = tx.UpdateTaskPrompt(ctx, tasktwin.UpdateTaskPromptParams{Prompt: "\x00"})
			for _, op := range g.each() {
				_ = op(ctx, tx)
			}
			return nil
		}, nil)
		done, cancel := context.WithCancel(ctx)
		cancel()
		for _, op := range g.each() {
			_ = op(done, s)
		}
		g.specialValues(ctx, s)
		g.refusedDeletes(ctx, s)
		return nil
	}
}

// methodChoices are the choices that are methods of [tasktwin.Querier].
func methodChoices() []Choice {
	return slices.DeleteFunc(slices.Clone(Choices), func(c Choice) bool {
		_, ok := QuerierType.MethodByName(c.Method)
		return !ok
	})
}

// each makes an operation of each method of [tasktwin.Querier], twice, because
// an argument may be one that is refused before anything else.
func (g *Generator) each() []operation {
	var ops []operation
	for range 2 {
		for _, c := range methodChoices() {
			ops = append(ops, c.make(g))
		}
	}
	return ops
}

// refusedDeletes makes rows whose deletion each of the foreign keys refuses.
func (g *Generator) refusedDeletes(ctx context.Context, s tasktwin.Store) {
	now := g.time()
	ids := make([]uuid.UUID, 12)
	for i := range ids {
		ids[i] = g.fresh()
	}
	org, other, user, template, version, workspace, agent, app := ids[0], ids[1], ids[2], ids[3], ids[4], ids[5], ids[6], ids[7]
	name := org.String()
	for _, id := range []uuid.UUID{org, other} {
		_, _ = s.InsertOrganization(ctx, tasktwin.InsertOrganizationParams{ID: id, Name: id.String(), CreatedAt: now, UpdatedAt: now})
	}
	for _, id := range []uuid.UUID{user, ids[8], ids[9]} {
		_, _ = s.InsertUser(ctx, tasktwin.InsertUserParams{ID: id, Username: id.String(), CreatedAt: now, UpdatedAt: now})
	}
	_, _ = s.InsertTemplate(ctx, tasktwin.InsertTemplateParams{ID: template, Name: name, OrganizationID: org, CreatedBy: user, CreatedAt: now, UpdatedAt: now})
	_, _ = s.InsertTemplateVersion(ctx, tasktwin.InsertTemplateVersionParams{
		ID: version, TemplateID: uuid.NullUUID{UUID: template, Valid: true}, Name: name, OrganizationID: org, CreatedBy: ids[8], CreatedAt: now, UpdatedAt: now,
	})
	_, _ = s.DeleteUserByID(ctx, ids[8]) // the version's
	// A workspace in one organization, of a template in another.
	_, _ = s.InsertWorkspace(ctx, tasktwin.InsertWorkspaceParams{
		ID: workspace, Name: name, OwnerID: ids[9], OrganizationID: other, TemplateID: template, GroupACL: []byte("{}"), UserACL: []byte("{}"), CreatedAt: now, UpdatedAt: now,
	})
	_, _ = s.DeleteOrganizationByID(ctx, org)   // the template's
	_, _ = s.DeleteOrganizationByID(ctx, other) // the workspace's
	_, _ = s.DeleteUserByID(ctx, ids[9])        // the workspace's
	_, _ = s.DeleteUserByID(ctx, user)          // the template's
	_, _ = s.DeleteTemplateByID(ctx, template)
	for _, id := range []uuid.UUID{agent, ids[10]} {
		_, _ = s.InsertWorkspaceAgent(ctx, tasktwin.InsertWorkspaceAgentParams{ID: id, Name: "a", LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady, CreatedAt: now, UpdatedAt: now})
	}
	_, _ = s.InsertWorkspaceApp(ctx, tasktwin.InsertWorkspaceAppParams{ID: app, AgentID: agent, Slug: "a", Health: tasktwin.WorkspaceAppHealthHealthy, CreatedAt: now})
	_, _ = s.InsertWorkspaceAppStatus(ctx, tasktwin.InsertWorkspaceAppStatusParams{
		ID: ids[11], AgentID: ids[10], AppID: app, WorkspaceID: workspace, State: tasktwin.WorkspaceAppStatusStateIdle, CreatedAt: now,
	})
	_, _ = s.DeleteWorkspaceByID(ctx, workspace)
	_, _ = s.DeleteWorkspaceAppByID(ctx, app)
	_, _ = s.DeleteWorkspaceAgentByID(ctx, ids[10]) // the status's
	_, _ = s.DeleteWorkspaceAgentByID(ctx, agent)   // the app's, and with it the status's
}

// Specials are values that a field of their type cannot have, or can in one
// column only.
var Specials = map[reflect.Type][]any{
	reflect.TypeFor[time.Time]():      {Extremes[5]},
	reflect.TypeFor[sql.NullTime]():   {sql.NullTime{Time: Extremes[5], Valid: true}},
	reflect.TypeFor[string]():         {"\xff", "a\x00b", strings.Repeat("x", 200), strings.Repeat("ü", 64)},
	reflect.TypeFor[sql.NullString](): {sql.NullString{String: "\x00", Valid: true}},
	reflect.TypeFor[json.RawMessage](): {
		json.RawMessage(nil), json.RawMessage(`[]`), json.RawMessage(`{`), json.RawMessage("\xff"), json.RawMessage(`"\u0000"`),
		json.RawMessage(`1e200000`), json.RawMessage(strings.Repeat("[", 30_000)),
	},
}

// specialValues calls each method with each special value in each field.
func (g *Generator) specialValues(ctx context.Context, s tasktwin.Store) {
	for _, c := range methodChoices() {
		var call capture
		call.Hook = call.keep
		_ = c.make(g)(ctx, &call)
		if _, ok := call.op.Arg.(uuid.UUID); ok {
			_ = CallMethod(ctx, s, Op{call.op.Name, g.fresh()})
		}
		for i, field := range call.op.Fields() {
			values := Specials[field.Type]
			switch {
			case field.Type == reflect.TypeFor[uuid.UUID]():
				values = []any{g.fresh()}
			case IsEnum(field.Type):
				values = []any{reflect.ValueOf("bogus").Convert(field.Type).Interface()}
			}
			for _, special := range values {
				_ = CallMethod(ctx, s, call.op.With(i, reflect.ValueOf(special)))
			}
		}
	}
}

// capture is a store that keeps the first call and makes none.
type capture struct {
	Intercept
	op Op
}

func (c *capture) keep(_ context.Context, name string, arg any, _ func(tasktwin.Store, any) (any, error)) (any, error) {
	if c.op.Name == "" {
		c.op = Op{name, arg}
	}
	return nil, errRefused
}

// InTx refuses.
func (*capture) InTx(context.Context, func(tasktwin.Store) error, *tasktwin.TxOptions) error {
	return errRefused
}

// Ping refuses.
func (*capture) Ping(context.Context) error { return errRefused }

// Close refuses.
func (*capture) Close() error { return errRefused }
