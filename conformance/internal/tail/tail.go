// Package tail keeps the end of a server's output, to show it in errors.
package tail

import (
	"bytes"
	"io"
	"os"
	"sync"
)

// Size is the maximum number of bytes that are kept.
const Size = 8 << 10

// Buffer is a writer that keeps the last [Size] bytes written to it. The zero
// value is ready to use. A Buffer is safe for concurrent use.
type Buffer struct {
	mu  sync.Mutex
	buf []byte
}

// Write implements [io.Writer]. It never fails.
func (t *Buffer) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if excess := len(t.buf) - Size; excess > 0 {
		t.buf = append(t.buf[:0], t.buf[excess:]...)
	}
	return len(p), nil
}

// String returns the bytes that are kept, without surrounding white space.
func (t *Buffer) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}

// OfFile returns the end of a file, as a Buffer would have kept it. It reads only
// that end.
func OfFile(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	var end Buffer
	if _, err := io.Copy(&end, io.NewSectionReader(f, max(0, info.Size()-Size), Size)); err != nil {
		return err.Error()
	}
	return end.String()
}
