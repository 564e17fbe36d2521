package twin

import (
	"strings"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/memdb"
)

// Accepted returns the differences between PostgreSQL and memdb that are accepted.
func Accepted() []parity.Difference {
	return []parity.Difference{{
		Name: "a varchar too long in a read-only transaction",
		Reason: `A value too long for its varchar, in a transaction that must not write, is 22001 or 25006, as the plan goes: one made for
the values folds the length into the plan and refuses it there, a generic one meets the transaction first. Which of them PostgreSQL
uses depends on how often the connection has run the statement. memdb says 22001.`,
		Matches: func(_ parity.Op, ref, sub parity.ErrorFacts) bool {
			return ref.Code == tasktwin.ReadOnlySQLTransaction && sub.Code == tasktwin.StringDataRightTruncation
		},
		Program: tooLongInReadOnly(),
	}}
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

// Fork returns a fork of a memdb, and nil for any other store.
func Fork(s tasktwin.Store) tasktwin.Store {
	if db, ok := s.(*memdb.DB); ok {
		return db.Fork()
	}
	return nil
}
