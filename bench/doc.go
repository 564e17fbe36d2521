// Package bench measures the engines on the same data. Its benchmarks need a
// PostgreSQL, as package pgtest finds or starts it:
//
//	go test -bench . ./bench
//
// The data set is what a platform that has run for a while holds: each task has
// a workspace with builds that pause and resume it, an agent and an app for each
// start, and statuses of those apps.
package bench
