package main

import "time"

var timeLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02"}

// parseTime reads the time that a flag was given.
func parseTime(flag, text string) (time.Time, error) {
	if t, ok := asTime(text); ok {
		return t, nil
	}
	return time.Time{}, usagef("%s is %q: it must be a time such as 2016-12-31T23:59:59Z, 2016-12-31 23:59:59 or 2016-12-31, in UTC unless it has a zone", flag, text)
}

func asTime(text string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
