// Package goroutine tells goroutines apart.
package goroutine

import (
	"bytes"
	"runtime"
	"strconv"
)

// ID returns the ID of the calling goroutine, or 0 if it cannot be found out. It takes some
// microseconds. It may be used only to detect mistakes, such as a goroutine that would wait for
// itself.
func ID() uint64 {
	var buf [64]byte
	_, rest, _ := bytes.Cut(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	id, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0 // the format has changed
	}
	return id
}
