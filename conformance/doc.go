// Package conformance is the suite that an engine has to pass, and the proof
// that two engines answer alike.
//
// [Run] asserts every method of one engine against PostgreSQL's rules.
// [RunParity] runs the same cases on two engines in lockstep, and then a random
// sequence of operations from a printed seed, and compares every answer and, at
// the end, every row of every table. An engine is anything that implements
// tasktwin.Store: a function that opens an empty one is all that the suite
// wants.
//
//	func TestMyEngine(t *testing.T) {
//		conformance.Run(t, func(t testing.TB) tasktwin.Store { return myengine.New() })
//	}
//
// What an engine cannot do, and in what two engines differ, is declared by an
// [Option], with a reason. A declaration that no longer holds fails the run.
//
// Package parity is for programs that are no tests, and makes, runs and shrinks
// single programs of operations. Package twin has what memdb and PostgreSQL need.
// Package pgtest gives tests databases on a PostgreSQL that package pgserver finds
// or starts, to compare with. Where that should be in Docker, import the module
// conformance/pgdocker.
package conformance
