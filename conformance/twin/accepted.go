package twin

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// Accepted returns the differences between a major version of PostgreSQL and memdb
// that are accepted.
func Accepted(version int) []parity.Difference {
	accepted := []parity.Difference{{
		Name: "a varchar too long in a read-only transaction",
		Reason: `A value too long for its varchar, in a transaction that must not write, is 22001 or 25006, as the plan goes: one made for
the values folds the length into the plan and refuses it there, a generic one meets the transaction first. Which of them PostgreSQL
uses depends on how often the connection has run the statement. memdb says 22001.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			return ref.Code == tasktwin.ReadOnlySQLTransaction && sub.Code == tasktwin.StringDataRightTruncation
		},
		Program: tooLongInReadOnly(),
	}, {
		Name: "the row of a cascade that a refused delete names",
		Reason: `A delete that cascades to several rows is refused for the first of them to which something refers. PostgreSQL takes them in the
order in which it finds them, by an index or by their places in the table's file, and memdb in the order of their slots: the two may name
different rows in the detail. The row of the delete itself is none of them.`,
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

// referredTo is the detail of a delete that is refused: the row, and by what.
var referredTo = regexp.MustCompile(`^Key \(id\)=\((.*)\) (is (?:still )?referenced from table ".*"\.)$`)

func controlCharacterAfterSurrogate() parity.Difference {
	return parity.Difference{
		Name: "a control character after a high surrogate",
		Reason: `A control character after a high surrogate in a JSON string is two mistakes. PostgreSQL speaks of the character up to 15, and
of the surrogate from 16 on; memdb does that always.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			return ref.Code == sub.Code && strings.HasPrefix(ref.Detail, "Character with value 0x") &&
				sub.Detail == "Unicode low surrogate must follow a high surrogate."
		},
		Program: parity.Program{{
			Name: "UpsertTaskSnapshot", Arg: tasktwin.UpsertTaskSnapshotParams{LogSnapshot: []byte("\"\\ud83d\x01\"")},
		}},
	}
}

// AcceptedInSimpleProtocol returns those that occur besides where PostgreSQL is
// sent statements in pgx's simple protocol.
func AcceptedInSimpleProtocol() []parity.Difference {
	prompt := func(text string) parity.Op {
		return parity.Op{Name: "UpdateTaskPrompt", Arg: tasktwin.UpdateTaskPromptParams{Prompt: text}}
	}
	return []parity.Difference{{
		Name: "bytes of the text in the simple protocol",
		Reason: `In pgx's simple protocol the values are part of the statement's text. It ends at the first NUL byte: one in a value is a
violation of the protocol, 08P01, and no character that is not in the repertoire, 22021, as in the extended protocol and in memdb. And
the server refuses the bytes of the text before all else: before other values, and before it sees that the transaction has failed.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			text := ref.Code == "08P01" || ref.Code == tasktwin.CharacterNotInRepertoire
			other := strings.HasPrefix(string(sub.Code), "22") || sub.Code == tasktwin.StatementTooComplex || sub.Code == tasktwin.InFailedSQLTransaction
			return text && other
		},
		Program: parity.Program{prompt("\x00"), {Name: "begin"}, prompt("\xff"), prompt("\xff"), {Name: "commit"}},
	}}
}

// tooLongInReadOnly runs a statement often enough for PostgreSQL to make a generic
// plan of it, which it does after five.
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
	return append(p, parity.Op{Name: "begin", Arg: &tasktwin.TxOptions{ReadOnly: true}}, agent(99, strings.Repeat("a", 65)), parity.Op{Name: "rollback"})
}

// cascadeOfReusedSlots deletes an agent with two apps to which statuses refer. The
// second app takes the slot of one that is gone, so it comes first in memdb, and last
// in PostgreSQL, both in the table's file and in the index of the slugs.
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

// Fork returns a fork of a memdb, and nil for any other store.
func Fork(s tasktwin.Store) tasktwin.Store {
	if db, ok := s.(*memdb.DB); ok {
		return db.Fork()
	}
	return nil
}
