// Package certify runs the suite on a server that speaks PostgreSQL's protocol and
// reports what it answers differently from PostgreSQL: for those who consider an engine
// such as Citus, Aurora, YugabyteDB or CockroachDB. It does not import package testing, so
// that commands can use it.
//
// What PostgreSQL answers is known without one: the cases assert it, and memdb gives the
// same answers, as package conformance shows with real servers. Sessions that overlap are
// compared by a few cases only: how a server locks and waits is not certified.
//
// [Run] needs a database in which it may create a schema. Everything happens in that
// schema, which it drops at the end.
package certify
