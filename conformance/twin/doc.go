// Package twin makes memdb the twin of a PostgreSQL: a reference and a subject for
// packages parity and conformance, which know neither.
//
//	opts, err := twin.Options(ctx, db)
//	report, err := parity.Run(ctx, db, memdb.New(opts), parity.Options{
//		Program: program, Accept: twin.Accepted(opts.PostgresVersion), Fork: twin.Fork,
//	})
package twin
