package answer

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin"
)

// freeDetails are the codes whose details memdb leaves empty. PostgreSQL names
// processes and locks there, or the place in a graph of dependencies.
var freeDetails = []tasktwin.SQLState{tasktwin.SerializationFailure, tasktwin.DeadlockDetected}

// detailOf returns an error's detail in the form in which it is compared.
func detailOf(e *tasktwin.Error) string {
	switch {
	case slices.Contains(freeDetails, e.Code):
		return ""
	case e.Code == tasktwin.NotNullViolation || e.Code == tasktwin.CheckViolation:
		return zoned.ReplaceAllStringFunc(e.Detail, inUTC)
	}
	return e.Detail
}

// zoned is a timestamptz as PostgreSQL prints it in the DateStyle ISO: the year,
// the rest of the time, the offset and the era.
var zoned = regexp.MustCompile(`\b(\d{4,6})(-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(?::(\d\d))?(?::(\d\d))?( BC)?`)

// inUTC returns a time in a row that an error describes, which PostgreSQL prints in
// the session's time zone, in UTC.
func inUTC(text string) string {
	part := zoned.FindStringSubmatch(text)
	year, err := strconv.Atoi(part[1])
	if part[6] != "" {
		year = 1 - year
	}
	// The leap year 2000 stands for the year, which time.Parse wants to have four digits.
	at, parseErr := time.Parse("2006-01-02 15:04:05", "2000"+part[2])
	offset, offsetErr := time.ParseDuration(part[3] + "h" + zeroed(part[4]) + "m" + zeroed(part[5]) + "s")
	if err != nil || parseErr != nil || offsetErr != nil {
		return text
	}
	at = time.Date(year, at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.UTC).Add(-offset)
	year, era := at.Year(), ""
	if year <= 0 {
		year, era = 1-year, " BC"
	}
	digits := strconv.Itoa(year)
	return strings.Repeat("0", max(0, 4-len(digits))) + digits + at.Format("-01-02 15:04:05.999999+00") + era
}

func zeroed(digits string) string {
	if digits == "" {
		return "0"
	}
	return digits
}
