// Package telemetry turns what a store holds into the records that leave it:
// one [Task] per task and one [TaskEvent] per task with recent builds. It works
// on any engine, and no prompt leaves it, only the prompt's hash.
package telemetry
