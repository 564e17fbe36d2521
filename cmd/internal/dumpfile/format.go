package dumpfile

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// Version is the version of the format that is written, and the highest that can
// be read.
const Version = 1

// MaxRow is the maximum length of a line of the content, in bytes. It bounds the
// memory that a file can claim before its checksum is verified.
const MaxRow = 64 << 20

// The reasons to refuse a file.
var (
	// ErrNotADump says that a file is not a dump.
	ErrNotADump = errors.New("not a tasktwin dump")
	// ErrNewer says that the version of a file's format is higher than Version.
	ErrNewer = errors.New("the dump is of a newer format")
	// ErrCutOff says that a file is truncated.
	ErrCutOff = errors.New("the dump is cut off")
	// ErrDamaged says that a file has been changed since it was written, or was
	// written incorrectly.
	ErrDamaged = errors.New("the dump is damaged")
)

// Info describes the content of a file.
type Info struct {
	Version   int     `json:"version"`
	Schema    int     `json:"schema"`
	CreatedBy string  `json:"created_by"`
	Tables    []Count `json:"tables"` // all tables of the schema, in order
	// SHA256 is the checksum of the content, in lower-case hex. It depends only on
	// the rows and CreatedBy, not on the compression.
	SHA256 string `json:"sha256"`
}

// Count is the number of rows of a table.
type Count struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// The lines of the content other than rows.
type (
	header struct {
		Format    string `json:"format"`
		Version   int    `json:"version"`
		Schema    int    `json:"schema"`
		CreatedBy string `json:"created_by"`
	}
	mark struct {
		Table   string   `json:"table,omitempty"`
		Columns []string `json:"columns,omitempty"`
		End     *end     `json:"end,omitempty"`
	}
	end struct {
		Rows   map[string]int `json:"rows"`
		SHA256 string         `json:"sha256"`
	}
)

const (
	name = "tasktwin dump"
	// maxMark limits the length of lines other than rows.
	maxMark = 64 << 10
	// maxTitle limits the text of the first frame, in any version.
	maxTitle = 64
	// window is the window size of the compression.
	window = 4 << 20
)

// The magic numbers of the skippable frames.
var (
	firstMagic = []byte{0x50, 0x2a, 0x4d, 0x18}
	lastMagic  = []byte{0x51, 0x2a, 0x4d, 0x18}
)

// title returns the text of the first frame.
func title(version int) string { return name + " " + strconv.Itoa(version) + "\n" }

// frame returns a skippable frame.
func frame(magic []byte, text string) []byte {
	out := binary.LittleEndian.AppendUint32(bytes.Clone(magic), uint32(len(text)))
	return append(out, text...)
}

// lastFrame returns the last frame of a file.
func lastFrame(sum []byte) []byte { return frame(lastMagic, "sha256 "+hex.EncodeToString(sum)+"\n") }

// lastSize is the size of the last frame.
var lastSize = len(lastFrame(make([]byte, 32)))

// parseTitle returns the version in the text of the first frame.
func parseTitle(text []byte) (int, error) {
	digits, ok := bytes.CutPrefix(text, []byte(name+" "))
	if !ok {
		return 0, ErrNotADump
	}
	version, err := strconv.Atoi(string(bytes.TrimSuffix(digits, []byte("\n"))))
	switch {
	case err != nil || version < 1 || title(version) != string(text):
		return 0, fmt.Errorf("%w: its version cannot be read: %q", ErrDamaged, text)
	case version > Version:
		return version, fmt.Errorf("%w: it is in version %d, and this program reads up to version %d", ErrNewer, version, Version)
	}
	return version, nil
}
