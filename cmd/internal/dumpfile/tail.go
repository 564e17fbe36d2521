package dumpfile

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

// bodyReader reads a file except for its last frame, and computes its checksum.
type bodyReader struct {
	ctx context.Context
	r   *bufio.Reader
	sum hash.Hash
	err error // an I/O error or the context's, as opposed to errors of the content
}

func newBodyReader(ctx context.Context, r io.Reader) *bodyReader {
	return &bodyReader{ctx: ctx, r: bufio.NewReaderSize(r, 256<<10), sum: sha256.New()}
}

// Read implements [io.Reader]. It returns io.EOF before the last frame.
func (t *bodyReader) Read(p []byte) (int, error) {
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

// rest returns the bytes that follow the last one returned by Read, after Read
// has returned io.EOF.
func (t *bodyReader) rest() []byte {
	b, _ := t.r.Peek(lastSize)
	return b
}

// drain reads to the end. Its error is in t.err.
func (t *bodyReader) drain() {
	_, _ = io.Copy(io.Discard, t)
}
