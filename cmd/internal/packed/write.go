package packed

import (
	"context"
	"crypto/sha256"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/dumpfile"
)

// Write writes the rows to w and describes them: see [dumpfile.WriteAs]. On an error,
// what has been written to w is not a dump.
func Write(ctx context.Context, w io.Writer, rows *tasktwin.Dump, createdBy string) (*dumpfile.Info, error) {
	file := sha256.New()
	w = io.MultiWriter(w, file)
	if _, err := w.Write(frame(firstMagic, title(dumpfile.Version))); err != nil {
		return nil, err
	}
	// With one goroutine, none can outlive this call, even on errors.
	packed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	if err != nil {
		return nil, err
	}
	info, err := WritePlain(ctx, packed, rows, createdBy)
	if err != nil {
		return nil, err
	}
	if err := packed.Close(); err != nil {
		return nil, err
	}
	_, err = w.Write(lastFrame(file.Sum(nil)))
	return info, err
}

// WritePlain is [dumpfile.WriteAs] with a context.
func WritePlain(ctx context.Context, w io.Writer, rows *tasktwin.Dump, createdBy string) (*dumpfile.Info, error) {
	return dumpfile.WriteAs(&contextWriter{ctx, w}, rows, createdBy)
}

// contextWriter is a writer that fails when a context is done.
type contextWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c *contextWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
