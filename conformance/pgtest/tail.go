package pgtest

import (
	"bytes"
	"io"
	"os"
	"sync"
)

// tailSize is how much of a server's output an error shows at most.
const tailSize = 8 << 10

// tail is a writer that keeps the last of what it is given.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if excess := len(t.buf) - tailSize; excess > 0 {
		t.buf = append(t.buf[:0], t.buf[excess:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(bytes.TrimSpace(t.buf))
}

// endOf returns the end of a file, as a tail would have kept it. Whatever its
// size, it reads no more than that.
func endOf(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return err.Error()
	}
	var end tail
	if _, err := io.Copy(&end, io.NewSectionReader(f, max(0, info.Size()-tailSize), tailSize)); err != nil {
		return err.Error()
	}
	return end.String()
}
