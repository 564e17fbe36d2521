// Package telemetry collects records from a store: one [Task] per task and one
// [TaskEvent] per task with recent builds. It works with any engine. Records have
// only the hash of a prompt, never the prompt.
package telemetry
