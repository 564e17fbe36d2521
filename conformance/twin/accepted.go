package twin

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// AcceptedOf returns the accepted differences between db and a memdb with the given options,
// which should be those of [Options]: those of [Accepted] and, if the connections of db use
// pgx's simple protocol, those of [AcceptedInSimpleProtocol].
func AcceptedOf(db *pgdb.DB, opts memdb.Options) []parity.Difference {
	accepted := Accepted(opts.PostgresVersion)
	if db.Pool().Config().ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		accepted = append(accepted, AcceptedInSimpleProtocol()...)
	}
	return accepted
}

// Accepted returns the accepted differences between a major version of PostgreSQL
// and memdb.
func Accepted(version int) []parity.Difference {
	accepted := []parity.Difference{{
		Name: "a varchar too long in a read-only transaction",
		Reason: `A value that is too long for its varchar, in a read-only transaction, fails with 22001 or 25006. It depends on the plan:
a custom plan checks the length during planning, a generic plan checks the transaction first. Which of them PostgreSQL uses depends on
how often the connection has run the statement. memdb fails with 22001.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			return ref.Code == string(tasktwin.ReadOnlySQLTransaction) && sub.Code == string(tasktwin.StringDataRightTruncation)
		},
		Program: tooLongInReadOnly(),
	}, {
		Name: "the row of a cascade that a refused delete names",
		Reason: `A delete that cascades to several rows fails at the first of them that is still referenced. PostgreSQL visits them in the
order in which it finds them, by an index or by their places in the table's file, and memdb in slot order. So the details may name
different rows. This does not apply to the deleted row itself.`,
		Matches: func(op parity.Op, ref, sub parity.ErrorFacts) bool {
			refRow, subRow := referredTo.FindStringSubmatch(ref.Detail), referredTo.FindStringSubmatch(sub.Detail)
			own := fmt.Sprint(op.Arg)
			ref.Detail, sub.Detail = "", ""
			return refRow != nil && subRow != nil && ref == sub && refRow[1] != own && subRow[1] != own && refRow[2] == subRow[2]
		},
		Program: cascadeOfReusedSlots(),
	}}
	if version < 16 {
		accepted = append(accepted, controlCharacterAfterSurrogate())
	}
	return accepted
}

// referredTo matches the detail of a refused delete: the row, and the table that
// refers to it.
var referredTo = regexp.MustCompile(`^Key \(id\)=\((.*)\) (is (?:still )?referenced from table ".*"\.)$`)

func controlCharacterAfterSurrogate() parity.Difference {
	return parity.Difference{
		Name: "a control character after a high surrogate",
		Reason: `A control character after a high surrogate in a JSON string is two mistakes. PostgreSQL reports the character up to
version 15, and the surrogate from 16 on. memdb always reports the surrogate.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			return ref.Code == sub.Code && strings.HasPrefix(ref.Detail, "Character with value 0x") &&
				sub.Detail == "Unicode low surrogate must follow a high surrogate."
		},
		Program: parity.Program{{
			Name: "UpsertTaskSnapshot", Arg: tasktwin.UpsertTaskSnapshotParams{LogSnapshot: []byte("\"\\ud83d\x01\"")},
		}},
	}
}

// AcceptedInSimpleProtocol returns the accepted differences that occur only if pgx
// uses the simple protocol.
func AcceptedInSimpleProtocol() []parity.Difference {
	prompt := func(text string) parity.Op {
		return parity.Op{Name: "UpdateTaskPrompt", Arg: tasktwin.UpdateTaskPromptParams{Prompt: text}}
	}
	return []parity.Difference{{
		Name: "bytes of the text in the simple protocol",
		Reason: `In pgx's simple protocol the values are part of the statement's text, which ends at the first NUL byte. So a NUL byte in
a value is a protocol violation, 08P01; in the extended protocol and in memdb it is 22021, character not in repertoire. The server
also refuses invalid bytes before anything else: before other invalid values, and before it notices that the transaction is aborted.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			text := ref.Code == "08P01" || ref.Code == string(tasktwin.CharacterNotInRepertoire)
			other := strings.HasPrefix(sub.Code, "22") || sub.Code == string(tasktwin.StatementTooComplex) ||
				sub.Code == string(tasktwin.InFailedSQLTransaction)
			return text && other
		},
		Program: parity.Program{prompt("\x00"), {Name: "begin"}, prompt("\xff"), prompt("\xff"), {Name: "commit"}},
	}}
}

// tooLongInReadOnly runs a statement often enough for PostgreSQL to make a generic
// plan of it, which it may do after five executions.
func tooLongInReadOnly() parity.Program {
	agent := func(n byte, name string) parity.Op {
		arg := tasktwin.InsertWorkspaceAgentParams{Name: name, LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady}
		arg.ID[15] = n
		return parity.Op{Name: "InsertWorkspaceAgent", Arg: arg}
	}
	var p parity.Program
	for n := range byte(12) {
		p = append(p, agent(n+1, "a"))
	}
	begin := parity.Op{Name: "begin", Arg: &tasktwin.TxOptions{ReadOnly: true}}
	return append(p, begin, agent(99, strings.Repeat("a", 65)), parity.Op{Name: "rollback"})
}

// cascadeOfReusedSlots deletes an agent with two apps to which statuses refer. The
// second app reuses the slot of a deleted one, so it comes first in memdb, and
// last in PostgreSQL, both in the table's file and in the index of the slugs.
func cascadeOfReusedSlots() parity.Program {
	id := func(n byte) uuid.UUID { return uuid.UUID{15: n} }
	const (
		org, user, template, workspace    = 1, 2, 3, 4
		deleted, other, gone, first, next = 5, 6, 7, 8, 9
	)
	agent := func(n byte) parity.Op {
		return parity.Op{Name: "InsertWorkspaceAgent", Arg: tasktwin.InsertWorkspaceAgentParams{
			ID: id(n), LifecycleState: tasktwin.WorkspaceAgentLifecycleStateReady,
		}}
	}
	app := func(n byte, slug string) parity.Op {
		return parity.Op{Name: "InsertWorkspaceApp", Arg: tasktwin.InsertWorkspaceAppParams{
			ID: id(n), AgentID: id(deleted), Slug: slug, Health: tasktwin.WorkspaceAppHealthHealthy,
		}}
	}
	// The statuses refer to another agent, so that nothing refers to the deleted one itself.
	status := func(n, app byte) parity.Op {
		return parity.Op{Name: "InsertWorkspaceAppStatus", Arg: tasktwin.InsertWorkspaceAppStatusParams{
			ID: id(n), AgentID: id(other), AppID: id(app), WorkspaceID: id(workspace), State: tasktwin.WorkspaceAppStatusStateIdle,
		}}
	}
	return parity.Program{
		{Name: "InsertOrganization", Arg: tasktwin.InsertOrganizationParams{ID: id(org)}},
		{Name: "InsertUser", Arg: tasktwin.InsertUserParams{ID: id(user)}},
		{Name: "InsertTemplate", Arg: tasktwin.InsertTemplateParams{ID: id(template), OrganizationID: id(org), CreatedBy: id(user)}},
		{Name: "InsertWorkspace", Arg: tasktwin.InsertWorkspaceParams{
			ID: id(workspace), OwnerID: id(user), OrganizationID: id(org), TemplateID: id(template), GroupACL: []byte("{}"), UserACL: []byte("{}"),
		}},
		agent(deleted), agent(other), app(gone, "gone"), app(first, "a"),
		{Name: "DeleteWorkspaceAppByID", Arg: id(gone)},
		app(next, "b"), status(10, first), status(11, next),
		{Name: "DeleteWorkspaceAgentByID", Arg: id(deleted)},
	}
}

// Fork returns a fork of a store that is a [tasktwin.Forker], such as a memdb, or nil for
// a store that cannot be copied.
func Fork(s tasktwin.Store) tasktwin.Store {
	forker, ok := s.(tasktwin.Forker)
	if !ok {
		return nil
	}
	fork, err := forker.ForkStore()
	if err != nil {
		return nil
	}
	return fork
}
