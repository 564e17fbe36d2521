package dumpfile

import (
	"bytes"
	"strings"
	"testing"
)

// Any file is either refused, or writing its rows gives a file with the same rows again.
func FuzzText(f *testing.F) {
	f.Add(file(f, sampleRows()))
	f.Add([]byte(begin))
	f.Add([]byte("case_id,activity\n"))
	f.Fuzz(checkRead)
}

// The same for lines with the correct checksum.
func FuzzContent(f *testing.F) {
	f.Add([]byte(strings.Join(lines(f, sampleRows()), "")))
	f.Fuzz(func(t *testing.T, content []byte) {
		checkRead(t, ended(strings.SplitAfter(string(content), "\n")))
	})
}

func checkRead(t *testing.T, data []byte) {
	t.Helper()
	rows, info, err := ReadWithInfo(bytes.NewReader(data))
	if err != nil {
		return
	}
	var out bytes.Buffer
	_, err = WriteAs(&out, rows, info.CreatedBy)
	noError(t, err)
	_, again, err := ReadWithInfo(bytes.NewReader(out.Bytes()))
	noError(t, err)
	equal(t, info.Tables, again.Tables)
}
