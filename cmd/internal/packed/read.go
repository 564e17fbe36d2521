package packed

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/dumpfile"
)

// Read returns the rows of a file, which may also be plain text, and its description: see
// [dumpfile.ReadWithInfo]. All checksums have been verified. It reads r to the end. An
// error of r or of the context is returned as it is, or wrapped.
func Read(ctx context.Context, r io.Reader) (*tasktwin.Dump, *dumpfile.Info, error) {
	var rows *tasktwin.Dump
	info, err := read(ctx, r, func(text io.Reader) (info *dumpfile.Info, err error) {
		rows, info, err = dumpfile.ReadWithInfo(text)
		return info, err
	})
	if err != nil {
		return nil, nil, err
	}
	return rows, info, nil
}

// Verify is Read without keeping the rows. It needs memory for a single row.
func Verify(ctx context.Context, r io.Reader) (*dumpfile.Info, error) {
	return read(ctx, r, dumpfile.Verify)
}

// read reads a file with a function that reads its text.
func read(ctx context.Context, r io.Reader, text func(io.Reader) (*dumpfile.Info, error)) (*dumpfile.Info, error) {
	in := bufio.NewReaderSize(&contextReader{ctx, r}, 256<<10)
	if first, _ := in.Peek(1); len(first) == 1 && first[0] == '{' {
		return text(in)
	}
	file := newBodyReader(in)
	if err := readFirst(file); err != nil {
		return nil, err
	}
	// With one goroutine, none can outlive this call, even on errors.
	unpacked, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
	if err != nil {
		return nil, err
	}
	defer unpacked.Close()
	info, err := text(unpacked)
	file.drain()
	if file.err != nil {
		return nil, file.err
	}
	if err := diagnose(file, err); err != nil {
		return nil, err
	}
	return info, nil
}

// contextReader is a reader that fails when a context is done.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// readFirst reads the first frame.
func readFirst(file *bodyReader) error {
	text := make([]byte, maxTitle)
	head := text[:8]
	if n, err := io.ReadFull(file, head); err != nil {
		return shortFileError(file, head[:n])
	}
	size := binary.LittleEndian.Uint32(head[4:])
	if !bytes.Equal(head[:4], firstMagic) || size > maxTitle {
		return dumpfile.ErrNotADump
	}
	text = text[:size]
	if n, err := io.ReadFull(file, text); err != nil {
		return shortFileError(file, append(frame(firstMagic, title(dumpfile.Version))[:8], text[:n]...))
	}
	_, err := parseTitle(text)
	return err
}

// shortFileError distinguishes a truncated dump from another short file.
func shortFileError(file *bodyReader, begin []byte) error {
	if file.err != nil {
		return file.err
	}
	begin = append(bytes.Clone(begin), file.rest()...)
	full := frame(firstMagic, title(dumpfile.Version))
	if n := min(len(begin), len(full)); !bytes.Equal(begin[:n], full[:n]) {
		return dumpfile.ErrNotADump
	}
	return dumpfile.ErrCutOff
}

// diagnose returns the error of a file whose text was read with err, which may be nil.
// The cause of an error depends on whether the last frame is complete and has the
// correct checksum.
func diagnose(file *bodyReader, err error) error {
	last := lastFrame(file.sum.Sum(nil))
	rest := file.rest()
	switch begin := len(last) - 2*32 - 1; {
	case bytes.Equal(rest, last) && err == nil:
		return nil
	case bytes.Equal(rest, last) && errors.Is(err, dumpfile.ErrCutOff):
		return fmt.Errorf("%w: its content does not end", dumpfile.ErrDamaged)
	case !bytes.Equal(rest, last) && (len(rest) == len(last) && bytes.Equal(rest[:begin], last[:begin]) || err == nil):
		return fmt.Errorf("%w: its checksum is not that of its bytes", dumpfile.ErrDamaged)
	case errors.Is(err, dumpfile.ErrCutOff) || errors.Is(err, dumpfile.ErrDamaged) || errors.Is(err, dumpfile.ErrSchema):
		return err
	default: // the content is another file's, or cannot be decompressed
		return fmt.Errorf("%w: its content: %w", dumpfile.ErrDamaged, err)
	}
}
