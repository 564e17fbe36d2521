package replay

import (
	"fmt"
	"strings"
	"time"
)

// Timezone is the time zone of times that have no offset. The zero value is UTC.
type Timezone struct{ at *time.Location }

// UnmarshalText sets the time zone, by the name of a place such as Europe/Berlin,
// or by an offset such as +02:00.
func (z *Timezone) UnmarshalText(text []byte) error {
	name := string(text)
	c := cursor{name}
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		if found, ok := c.zone(); ok && c.rest == "" && !strings.Contains(name, " ") {
			z.at = time.FixedZone(name, int(found.offset/time.Second))
			return nil
		}
	} else if at, err := time.LoadLocation(name); err == nil && name != "" {
		z.at = at
		return nil
	}
	return fmt.Errorf("%q is no time zone: use the name of a place such as Europe/Berlin, or an offset such as +02:00", shorten(name))
}

// Set reports whether a time zone was given.
func (z *Timezone) Set() bool { return z.at != nil }

// germanNames are the abbreviations that exports in German have.
var germanNames = map[string]string{"MEZ": "CET", "MESZ": "CEST"}

// resolve returns the instant of a date and a time of day, in UTC, that are local
// times. A name, if there is one, must be one that the time zone has in that year.
func (z *Timezone) resolve(local time.Time, name string) (time.Time, bool) {
	if z.at == nil {
		return local, name == ""
	}
	if name == "" {
		at := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), z.at)
		return at.UTC(), true
	}
	name = strings.ToUpper(name)
	if other, ok := germanNames[name]; ok {
		name = other
	}
	for month := time.January; month <= time.December; month++ {
		if has, offset := time.Date(local.Year(), month, 1, 0, 0, 0, 0, z.at).Zone(); has == name {
			return local.Add(-time.Duration(offset) * time.Second), true
		}
	}
	return time.Time{}, false
}
