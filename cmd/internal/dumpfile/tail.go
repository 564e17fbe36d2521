package dumpfile

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

// tail reads a file but for its last frame, adding up its checksum on the way.
type tail struct {
	ctx context.Context
	r   *bufio.Reader
	sum hash.Hash
	err error // why the file could not be read on, which is no fault of its content
}

func newTail(ctx context.Context, r io.Reader) *tail {
	return &tail{ctx: ctx, r: bufio.NewReaderSize(r, 256<<10), sum: sha256.New()}
}

// Read reads on. It returns io.EOF before the last frame.
func (t *tail) Read(p []byte) (int, error) {
	if t.err == nil {
		t.err = t.ctx.Err()
	}
	if t.err != nil {
		return 0, t.err
	}
	if ahead, err := t.r.Peek(lastSize + 1); len(ahead) <= lastSize {
		if !errors.Is(err, io.EOF) {
			t.err = err
		}
		return 0, err
	}
	n, err := t.r.Read(p[:min(len(p), t.r.Buffered()-lastSize)])
	t.sum.Write(p[:n])
	return n, err
}

// rest returns what is after the last byte that Read has returned, once it has
// returned io.EOF.
func (t *tail) rest() []byte {
	b, _ := t.r.Peek(lastSize)
	return b
}

// drain reads to the end, whose error is t.err.
func (t *tail) drain() {
	_, _ = io.Copy(io.Discard, t)
}
