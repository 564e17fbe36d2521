package main

import (
	"fmt"
	"reflect"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tasktwin/tasktwin/cmd/internal/period"
)

var timeLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02"}

// parseTime parses the value of a flag that is a time.
func parseTime(flag, text string) (time.Time, error) {
	if t, ok := asTime(text); ok {
		return t, nil
	}
	return time.Time{}, usagef("%s is %q: it must be a time such as 2016-12-31T23:59:59Z, 2016-12-31 23:59:59 or 2016-12-31, "+
		"in UTC unless it has a zone", flag, text)
}

func asTime(text string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// decodeDuration decodes the value of a flag that is a duration. It accepts
// negative values, which the command refuses with an error that names the flag.
func decodeDuration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, ok := period.Parse(text)
	if !ok {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			return fmt.Errorf("expected a duration such as 30m, 1h30m or 2d, but got %q", text)
		}
	}
	target.SetInt(int64(d))
	return nil
}
