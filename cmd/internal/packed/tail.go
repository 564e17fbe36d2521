package packed

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

// bodyReader reads a file except for its last frame, and computes its checksum.
type bodyReader struct {
	r   *bufio.Reader
	sum hash.Hash
	err error // an I/O error or the context's, as opposed to errors of the content
}

func newBodyReader(r *bufio.Reader) *bodyReader { return &bodyReader{r: r, sum: sha256.New()} }

// Read implements [io.Reader]. It returns io.EOF before the last frame.
func (t *bodyReader) Read(p []byte) (int, error) {
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
