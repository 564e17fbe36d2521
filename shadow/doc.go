// Package shadow is a store that asks two stores and answers with the first, to find out
// whether the second one gives the same answers to the traffic of a running program.
//
//	store, err := shadow.New(production, candidate, shadow.Options{
//		Sample: 0.01,
//		Report: func(d shadow.Difference) { slog.Warn("shadow", "difference", d) },
//	})
//
// The callers of the store get the answers of the primary, as it gave them. Copies of the
// answers go through a queue to a few goroutines, which ask the secondary the same and
// compare. A caller pays for the copy of its answer and for putting it into the queue, and
// waits for nothing else: not for the secondary, not for room in the queue, not for
// [Options.Report]. When the queue is full the comparison is dropped and counted.
//
// # What is compared
//
// The methods of [tasktwin.Querier] that read, outside of transactions. Values are
// compared field by field, and errors by what tasktwin promises about them: whether rows
// were found, SQLSTATE, table, column, constraint and detail. Where the primary's call failed
// for another reason, such as the caller's context or a lost connection, nothing is compared.
// Where the secondary's did, that is a difference, unless it took longer than
// [Options.Timeout].
//
// Writes, transactions, Load and Dump go to the primary only. The secondary would have to
// repeat writes in the order in which the primary carried them out, and only the primary
// knows that order where writes overlap. Making callers take turns would delay them, and
// can deadlock: a write that waits for a row of a transaction would hold the turn that the
// transaction's owner needs for another call. In tests, where callers can take turns,
// conformance.Together compares writes and transactions, too.
//
// # What a difference means
//
// The secondary is filled before, for example by memdb.OpenDump with a dump of the
// primary. A comparison is exact if nothing has changed in the primary since then.
//
//   - After a write on the primary, by this store or by anybody else, the rows are no
//     longer the same, and a difference may be one of the rows, not of the engines.
//     [Difference.Writes] has the number of writes by this store.
//   - The secondary is asked a moment after the primary. On a difference a worker asks the
//     primary once more. If its answer has changed, the difference is counted as moved and
//     not reported. A row that changes and changes back between the two calls of the
//     primary is still reported.
//   - Two calls may be compared in another order than they were made.
package shadow
