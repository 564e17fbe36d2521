package packed

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/dumpfile"
)

// Any file is either refused, or writing its rows gives the same rows again. Package
// dumpfile has the same for the text.
func FuzzRead(f *testing.F) {
	f.Add(file(f, sampleRows(f)))
	f.Add(frame(firstMagic, title(dumpfile.Version)))
	f.Add([]byte("case_id,activity\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
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
	})
}
