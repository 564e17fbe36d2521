package telemetry_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/telemetry"
)

// A task worked until ten minutes before its pause, and is still paused.
func ExampleCollectTaskEvents() {
	q := &rowsQuerier{events: []tasktwin.GetTelemetryTaskEventsRow{{
		TaskID:              taskID,
		StopBuildCreatedAt:  at(30 * time.Minute),
		StopBuildReason:     reason(tasktwin.BuildReasonTaskAutoPause),
		LastWorkingStatusAt: at(20 * time.Minute),
		ActiveDurationMS:    90_000,
	}}}
	events, err := telemetry.CollectTaskEvents(context.Background(), q, t0.Add(-time.Hour), t0.Add(time.Hour))
	if err != nil {
		panic(err)
	}
	for _, e := range events {
		fmt.Println(*e.PauseReason, *e.IdleDurationMS, *e.PausedDurationMS, *e.ActiveDurationMS)
	}
	// Output: auto 600000 1800000 90000
}
