package pgwaits

import (
	"maps"
	"regexp"
	"slices"
)

// settings make the server tell a session that it has looked for a deadlock and found none.
// Only a superuser may set them all.
var settings = map[string]string{
	"deadlock_timeout":    "1ms",
	"log_lock_waits":      "on",
	"client_min_messages": "log",
	"lc_messages":         "C",
}

// SetNotices adds to the settings of a connection those with which [StillWaits] gets its
// messages.
func SetNotices(params map[string]string) { maps.Copy(params, settings) }

var stillWaiting = regexp.MustCompile(`^process \d+ still waiting for (.*) after [\d.]+ ms$`)

// StillWaits returns the lock, as [Backend] has it, for which a session waits that has got a
// message: the server has looked for a deadlock and found none. It returns false for other
// messages.
func StillWaits(message string) (lock string, ok bool) {
	match := stillWaiting.FindStringSubmatch(message)
	if match == nil {
		return "", false
	}
	return match[1], true
}

// Equal reports whether two lists have the same backends, which wait for the same locks.
func Equal(a, b []Backend) bool {
	return slices.EqualFunc(a, b, func(a, b Backend) bool { return a.PID == b.PID && a.Lock == b.Lock })
}
