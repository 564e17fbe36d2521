// Package twin makes memdb answer like a given PostgreSQL server. It has what
// packages parity and conformance, which know neither engine, need to compare the
// two.
//
//	opts, err := twin.Options(ctx, db)
//	report, err := parity.Run(ctx, db, memdb.New(opts), parity.Options{
//		Program: program, Accept: twin.AcceptedOf(db, opts), Fork: twin.Fork,
//	})
package twin
