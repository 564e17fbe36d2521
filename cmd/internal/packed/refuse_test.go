package packed

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/dumpfile"
)

func refused(t *testing.T, data []byte, want ...error) string {
	t.Helper()
	rows, info, err := Read(t.Context(), bytes.NewReader(data))
	require.Error(t, err)
	require.Nil(t, rows)
	require.Nil(t, info)
	for _, w := range want {
		if errors.Is(err, w) {
			return err.Error()
		}
	}
	require.Fail(t, "not refused as it should be", "%v, want one of %v", err, want)
	return ""
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	t.Parallel()
	for _, data := range [][]byte{file(t, empty(t)), file(t, sampleRows(t))} {
		for i := range data {
			for bit := range 8 {
				if testing.Short() && bit != i%8 {
					continue
				}
				bad := bytes.Clone(data)
				bad[i] ^= 1 << bit
				refused(t, bad, dumpfile.ErrNotADump, dumpfile.ErrNewer, dumpfile.ErrCutOff, dumpfile.ErrDamaged)
			}
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows(t))
	for size := range data {
		refused(t, data[:size], dumpfile.ErrCutOff)
	}
}

func TestWhatFollowsIsRefused(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows(t))
	for name, more := range map[string][]byte{
		"a byte":             {0},
		"a new line":         []byte("\n"),
		"text":               []byte(strings.Repeat("more ", 100)),
		"its last frame":     data[len(data)-lastSize:],
		"itself":             data,
		"a frame to skip":    frame(lastMagic, strings.Repeat("x", 200)),
		"an empty frame":     frame(lastMagic, ""),
		"a frame of content": pack(t, []byte("more\n")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused(t, append(bytes.Clone(data), more...), dumpfile.ErrDamaged, dumpfile.ErrCutOff)
		})
	}
}

func TestOtherFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":          {nil, dumpfile.ErrCutOff},
		"a log":            {[]byte("case_id,activity,start,end\n"), dumpfile.ErrNotADump},
		"a long log":       {[]byte(strings.Repeat("case_id,activity,start,end\n", 100)), dumpfile.ErrNotADump},
		"a letter":         {[]byte("P-"), dumpfile.ErrNotADump},
		"Zstandard":        {pack(t, []byte(strings.Repeat("text\n", 100))), dumpfile.ErrNotADump},
		"a frame":          {frame(firstMagic, strings.Repeat("other\n", 5)), dumpfile.ErrNotADump},
		"a long frame":     {frame(firstMagic, strings.Repeat("other\n", 50)), dumpfile.ErrNotADump},
		"an empty frame":   {append(frame(firstMagic, ""), make([]byte, 200)...), dumpfile.ErrNotADump},
		"version 0":        {append(frame(firstMagic, title(0)), make([]byte, 200)...), dumpfile.ErrDamaged},
		"version 01":       {append(frame(firstMagic, "tasktwin dump 01\n"), make([]byte, 200)...), dumpfile.ErrDamaged},
		"version none":     {append(frame(firstMagic, "tasktwin dump \n"), make([]byte, 200)...), dumpfile.ErrDamaged},
		"the next version": {append(frame(firstMagic, title(dumpfile.Version+1)), make([]byte, 200)...), dumpfile.ErrNewer},
		"version 1000":     {append(frame(firstMagic, title(1000)), make([]byte, 200)...), dumpfile.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := refused(t, c.data, c.want)
			if errors.Is(c.want, dumpfile.ErrNewer) {
				require.Contains(t, err, fmt.Sprintf("this program reads up to version %d", dumpfile.Version))
			}
		})
	}
}

// pack compresses content.
func pack(t testing.TB, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	enc, err := zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	require.NoError(t, err)
	_, err = enc.Write(content)
	require.NoError(t, err)
	require.NoError(t, enc.Close())
	return out.Bytes()
}

// sealed returns a file with this content and the correct checksum.
func sealed(t testing.TB, content []byte) []byte {
	t.Helper()
	data := append(frame(firstMagic, title(dumpfile.Version)), pack(t, content)...)
	sum := sha256.Sum256(data)
	return append(data, lastFrame(sum[:])...)
}

// I/O errors are not reported as damage of the dump.
func TestErrorsOfTheMedium(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows(t))
	for _, size := range []int{0, 4, 20, 30, len(data) / 2, len(data) - 1, len(data)} {
		_, err := Verify(t.Context(), io.MultiReader(bytes.NewReader(data[:size]), iotest.ErrReader(os.ErrDeadlineExceeded)))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		require.NotErrorIs(t, err, dumpfile.ErrDamaged)
		require.NotErrorIs(t, err, dumpfile.ErrCutOff)
	}
	for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(data)), iotest.DataErrReader(bytes.NewReader(data))} {
		_, err := Verify(t.Context(), r)
		require.NoError(t, err)
	}
	for size := 0; size < len(data); size += 31 {
		_, err := Write(t.Context(), &limited{size}, sampleRows(t), by)
		require.ErrorIs(t, err, io.ErrShortWrite)
	}
}

// limited is a writer that fails when it is full.
type limited struct{ left int }

func (l *limited) Write(p []byte) (int, error) {
	n := min(len(p), l.left)
	l.left -= n
	if n < len(p) {
		return n, io.ErrShortWrite
	}
	return n, nil
}

func TestContextIsHonoured(t *testing.T) {
	t.Parallel()
	data := file(t, sampleRows(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Write(ctx, io.Discard, sampleRows(t), by)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = Read(ctx, bytes.NewReader(data))
	require.ErrorIs(t, err, context.Canceled)
	_, err = Verify(ctx, bytes.NewReader(data))
	require.ErrorIs(t, err, context.Canceled)
}

// Damage is reported in the same way, whatever schema the file claims to have.
func TestDamageOfAnotherSchemaIsDamage(t *testing.T) {
	t.Parallel()
	data := sealed(t, fmt.Appendf(nil, `{"format":"tasktwin dump","version":1,"schema":%d,"created_by":""}`+"\n", dumpfile.Schema+1))
	refused(t, data, dumpfile.ErrSchema)
	bad := bytes.Clone(data)
	bad[len(bad)/2] ^= 1
	refused(t, bad, dumpfile.ErrDamaged)
}

// The content of a file with correct checksums is a dump that ends, and nothing else.
func TestWrongContentIsDamage(t *testing.T) {
	t.Parallel()
	var plain bytes.Buffer
	_, err := WritePlain(t.Context(), &plain, sampleRows(t), by)
	require.NoError(t, err)
	good := plain.String()
	for name, c := range map[string]struct{ content, want string }{
		"nothing":       {"", "its content does not end"},
		"no new line":   {strings.TrimSuffix(good, "\n"), "its content does not end"},
		"a log":         {"case_id,activity\n", `its content: not a tasktwin dump: it begins with "case_id,activity"`},
		"another row":   {strings.Replace(good, "a@example.com", "b@example.com", 1), "the checksum of the lines before it is"},
		"a newer dump":  {strings.Replace(good, `"version":1`, `"version":2`, 1), "its content: the dump is of a newer format"},
		"more":          {good + "\n", "something follows the end"},
		"another value": {strings.Replace(good, `"a@example.com"`, `1`, 1), "table users, row 1, column email: it is not a string: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, refused(t, sealed(t, []byte(c.content)), dumpfile.ErrDamaged), c.want)
		})
	}
}
