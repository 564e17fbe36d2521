package replay

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
)

// maxDetails is the maximum number of mismatches described.
const maxDetails = 10

// Parity is the result of comparing two stores after the same replay.
type Parity struct {
	// Rows is the number of compared rows, of tables and of telemetry.
	Rows       int `json:"rows"`
	Mismatches int `json:"mismatches"`
	// Details describes the first ten mismatches.
	Details []string `json:"details"`
}

// CompareStores compares the telemetry, the list of tasks and all rows of all
// tables of two stores.
func CompareStores(ctx context.Context, ref, sub tasktwin.Store, now time.Time) (*Parity, error) {
	p := &Parity{Details: []string{}}
	arg := tasktwin.GetTelemetryTaskEventsParams{Now: now}
	if err := compareList(p, "GetTelemetryTaskEvents", ref, sub, func(s tasktwin.Store) ([]tasktwin.GetTelemetryTaskEventsRow, error) {
		return s.GetTelemetryTaskEvents(ctx, arg)
	}); err != nil {
		return nil, err
	}
	if err := compareList(p, "ListTasks", ref, sub, func(s tasktwin.Store) ([]tasktwin.TaskWithStatus, error) {
		return s.ListTasks(ctx, tasktwin.ListTasksParams{})
	}); err != nil {
		return nil, err
	}
	a, err := dump(ctx, ref)
	if err != nil {
		return nil, err
	}
	b, err := dump(ctx, sub)
	if err != nil {
		return nil, err
	}
	tables := reflect.TypeFor[tasktwin.Dump]()
	for i := range tables.NumField() {
		rows := func(d *tasktwin.Dump) []any { return anyRows(reflect.ValueOf(d).Elem().Field(i)) }
		compareRows(p, tables.Field(i).Tag.Get("json"), rows(a), rows(b))
	}
	return p, nil
}

// anyRows converts the rows of a table, a slice of any type, to []any.
func anyRows(list reflect.Value) []any {
	rows := make([]any, list.Len())
	for i := range rows {
		rows[i] = list.Index(i).Interface()
	}
	return rows
}

func dump(ctx context.Context, s tasktwin.Store) (*tasktwin.Dump, error) {
	d, ok := s.(tasktwin.Dumper)
	if !ok {
		return nil, fmt.Errorf("%T cannot return all its rows", s)
	}
	return d.Dump(ctx)
}

func compareList[R any](p *Parity, name string, ref, sub tasktwin.Store, list func(tasktwin.Store) ([]R, error)) error {
	a, err := list(ref)
	if err != nil {
		return err
	}
	b, err := list(sub)
	if err != nil {
		return err
	}
	compareRows(p, name, a, b)
	return nil
}

// compareRows compares two lists row by row. A row that only one list has is a
// mismatch.
func compareRows[R any](p *Parity, name string, ref, sub []R) {
	for i := range max(len(ref), len(sub)) {
		p.Rows++
		var diff string
		switch {
		case i >= len(ref):
			diff = fmt.Sprintf("only in the subject: %+v", sub[i])
		case i >= len(sub):
			diff = fmt.Sprintf("only in the reference: %+v", ref[i])
		default:
			diff = parity.Compare(ref[i], sub[i])
		}
		if diff == "" {
			continue
		}
		p.Mismatches++
		if len(p.Details) < maxDetails {
			p.Details = append(p.Details, fmt.Sprintf("%s, row %d:\n%s", name, i+1, diff))
		}
	}
}
