package dumpfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Any file is either refused, or writing its rows gives the same file again.
func FuzzRead(f *testing.F) {
	f.Add(file(f, sampleRows()))
	f.Add(frame(firstMagic, title(Version)))
	f.Add([]byte("case_id,activity\n"))
	f.Fuzz(checkRead)
}

// The same for content with correct checksums.
func FuzzContent(f *testing.F) {
	f.Add([]byte(strings.Join(lines(f, sampleRows()), "")))
	f.Fuzz(func(t *testing.T, content []byte) {
		checkRead(t, sealed(t, ended(strings.SplitAfter(string(content), "\n"))))
	})
}

func checkRead(t *testing.T, data []byte) {
	t.Helper()
	rows, info, err := Read(t.Context(), bytes.NewReader(data))
	if err != nil {
		return
	}
	var out bytes.Buffer
	_, err = Write(t.Context(), &out, rows, info.CreatedBy)
	require.NoError(t, err)
	_, again, err := Read(t.Context(), bytes.NewReader(out.Bytes()))
	require.NoError(t, err)
	require.Equal(t, info.Tables, again.Tables)
}
