// Package conformance is a test suite for implementations of tasktwin.Store. It
// also proves that two engines answer alike.
//
// [Run] tests every method of one engine against PostgreSQL's rules. [RunParity]
// runs the same cases on two engines in lockstep, then a random sequence of
// operations from a printed seed. It compares every answer and, at the end, every
// row of every table. An engine is any implementation of tasktwin.Store; the suite
// only needs a function that opens an empty one.
//
//	func TestMyEngine(t *testing.T) {
//		conformance.Run(t, func(t testing.TB) tasktwin.Store { return myengine.New() })
//	}
//
// What an engine cannot do, and where two engines differ, is declared by an
// [Option], with a reason. A declaration that no longer holds fails the run.
//
// Package parity is for programs that are not tests: it generates, runs and
// shrinks single programs of operations. Package certify runs the suite on a server of
// somebody else. Package twin has what memdb and
// PostgreSQL need. Package pgtest gives tests databases to compare with, on a
// PostgreSQL that package pgserver finds or starts. To use PostgreSQL in Docker,
// import the module conformance/pgdocker.
package conformance
