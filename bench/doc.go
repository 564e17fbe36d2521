// Package bench benchmarks the engines and other stores on the same data. It
// needs a PostgreSQL, which package pgtest finds or starts:
//
//	go test -run '^$' -bench . ./bench
//
// The data set is that of a platform that has been running for a while: each task
// has a workspace with builds that pause and resume it, an agent and an app for
// each start, and statuses of those apps.
//
// Benchmark names have parts of the form key=value, which benchstat can compare:
// benchstat -col /store. With TASKTWIN_BENCH_LONG=1, only the slow sizes run.
// Benchmarks share the loaded stores. Benchmarks that write use forks, or delete
// their rows.
package bench
