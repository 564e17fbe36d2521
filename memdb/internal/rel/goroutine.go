package rel

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutineID returns the ID of the calling goroutine. It takes about a microsecond. It
// is used only to detect a goroutine that would wait for its own transaction.
func goroutineID() uint64 {
	var buf [64]byte
	_, rest, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0 // if the format changes, the check is skipped silently
	}
	return id
}
