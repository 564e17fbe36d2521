package lockstep

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tasktwin/tasktwin"
)

// Difference is one between PostgreSQL and memdb that is accepted.
type Difference struct {
	reason string
	// simple says that it occurs in pgx's simple protocol only.
	simple bool
	is     func(op Op, ref, sub ErrorFacts) bool
}

// Accepted is the register of all differences that a lockstep passes over.
var Accepted = []Difference{{
	reason: `A value too long for its varchar, in a transaction that must not write, is 22001 or 25006, as the plan goes: one made for
the values folds the length into the plan and refuses it there, a generic one meets the transaction first. Which of them PostgreSQL
uses depends on how often the connection has run the statement. memdb says 22001.`,
	is: func(_ Op, ref, sub ErrorFacts) bool {
		return ref.Code == tasktwin.ReadOnlySQLTransaction && sub.Code == tasktwin.StringDataRightTruncation
	},
}, {
	reason: `In pgx's simple protocol the values are part of the statement's text. It ends at the first NUL byte: one in a value is a
violation of the protocol, 08P01, and no character that is not in the repertoire, 22021, as in the extended protocol and in memdb. And
the server refuses the bytes of the text before all else: before other values, and before it sees that the transaction has failed.`,
	simple: true,
	is: func(_ Op, ref, sub ErrorFacts) bool {
		text := ref.Code == "08P01" || ref.Code == tasktwin.CharacterNotInRepertoire
		other := strings.HasPrefix(string(sub.Code), "22") || sub.Code == tasktwin.StatementTooComplex || sub.Code == tasktwin.InFailedSQLTransaction
		return text && other
	},
}, {
	reason: `A control character after a high surrogate in a JSON string is two mistakes. PostgreSQL speaks of the character up to 15, and
of the surrogate from 16 on; memdb does that always.`,
	is: func(_ Op, ref, sub ErrorFacts) bool {
		return ref.Code == sub.Code && strings.HasPrefix(ref.Detail, "Character with value 0x") && sub.Detail == loneSurrogate
	},
}, {
	reason: `A delete that cascades to several rows is refused for the first of them to which something refers. PostgreSQL takes them in the
order in which it finds them, by an index or by their places in the table's file, and memdb in the order of their slots: the two may name
different rows in the detail. The row of the delete itself is none of them.`,
	is: func(op Op, ref, sub ErrorFacts) bool {
		refRow, subRow := referredTo.FindStringSubmatch(ref.Detail), referredTo.FindStringSubmatch(sub.Detail)
		own := fmt.Sprint(op.Arg)
		ref.Detail, sub.Detail = "", ""
		return refRow != nil && subRow != nil && ref == sub && refRow[1] != own && subRow[1] != own && refRow[2] == subRow[2]
	},
}}

// referredTo is the detail of a delete that is refused: the row, and by what.
var referredTo = regexp.MustCompile(`^Key \(id\)=\((.*)\) (is (?:still )?referenced from table ".*"\.)$`)

// loneSurrogate is the detail of a high surrogate without its other half.
const loneSurrogate = "Unicode low surrogate must follow a high surrogate."

// IsAccepted reports whether the register of accepted differences has that of two
// answers to an operation, which simple says was sent in the simple protocol.
func IsAccepted(op Op, ref, sub ErrorFacts, simple bool) bool {
	for _, d := range Accepted {
		if (simple || !d.simple) && d.is(op, ref, sub) {
			return true
		}
	}
	return false
}
