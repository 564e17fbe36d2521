package conformance

import "github.com/tasktwin/tasktwin"

// difference is one between PostgreSQL and memdb that is accepted.
type difference struct {
	reason string
	is     func(op Op, ref, sub errorFacts) bool
}

// accepted is the register of all differences that a lockstep passes over.
var accepted = []difference{{
	reason: `A value too long for its varchar, in a transaction that must not write, is 22001 or 25006, as the plan goes: one made for
the values folds the length into the plan and refuses it there, a generic one meets the transaction first. Which of them PostgreSQL
uses depends on how often the connection has run the statement. memdb says 22001.`,
	is: func(_ Op, ref, sub errorFacts) bool {
		return ref.Code == tasktwin.ReadOnlySQLTransaction && sub.Code == tasktwin.StringDataRightTruncation
	},
}}

func isAccepted(op Op, ref, sub errorFacts) bool {
	for _, d := range accepted {
		if d.is(op, ref, sub) {
			return true
		}
	}
	return false
}
