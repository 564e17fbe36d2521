// Package bench measures the engines, and peers of theirs, on the same data. Its
// benchmarks need a PostgreSQL, as package pgtest finds or starts it:
//
//	go test -run '^$' -bench . ./bench
//
// The data set is what a platform that has run for a while holds: each task has
// a workspace with builds that pause and resume it, an agent and an app for each
// start, and statuses of those apps.
//
// The parts of a benchmark's name are key=value, so that benchstat can set one
// beside another: benchstat -col /store. With TASKTWIN_BENCH_LONG=1 the sizes that
// take long run, and no others. Loaded stores are shared among benchmarks; those
// that write take forks, or delete what they wrote.
package bench
