package dumpfile

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// Version is the version of the format that is written, and the highest that is
// read.
const Version = 1

// MaxRow is how many bytes a line of the content may have. It bounds the memory
// that a file can ask for before its checksum is known.
const MaxRow = 64 << 20

// Why a file is refused.
var (
	// ErrNotADump says that a file is something else.
	ErrNotADump = errors.New("not a tasktwin dump")
	// ErrNewer says that a file's version is higher than Version.
	ErrNewer = errors.New("the dump is of a newer format")
	// ErrCutOff says that a file ends before its end.
	ErrCutOff = errors.New("the dump is cut off")
	// ErrDamaged says that a file is not as it was written, or was not written
	// as it should be.
	ErrDamaged = errors.New("the dump is damaged")
)

// Info says what a file holds.
type Info struct {
	Version   int     `json:"version"`
	Schema    int     `json:"schema"`
	CreatedBy string  `json:"created_by"`
	Tables    []Count `json:"tables"` // all of the schema's, in their order
	// SHA256 is that of the content, in lower-case hex. It is the same for the
	// same rows and CreatedBy, however they were compressed.
	SHA256 string `json:"sha256"`
}

// Count is the number of rows of a table.
type Count struct {
	Table string `json:"table"`
	Rows  int    `json:"rows"`
}

// The lines of the content that are not rows.
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
	// maxMark bounds the lines that are not rows.
	maxMark = 64 << 10
	// maxTitle bounds the text of the first frame, whatever the version.
	maxTitle = 64
	// window is how far back the compressed content refers.
	window = 4 << 20
)

// The magic numbers of the skippable frames.
var (
	firstMagic = []byte{0x50, 0x2a, 0x4d, 0x18}
	lastMagic  = []byte{0x51, 0x2a, 0x4d, 0x18}
)

// title is the text of the first frame.
func title(version int) string { return name + " " + strconv.Itoa(version) + "\n" }

// frame returns a skippable frame.
func frame(magic []byte, text string) []byte {
	out := binary.LittleEndian.AppendUint32(bytes.Clone(magic), uint32(len(text)))
	return append(out, text...)
}

// lastFrame is the frame at the end of a file.
func lastFrame(sum []byte) []byte { return frame(lastMagic, "sha256 "+hex.EncodeToString(sum)+"\n") }

// lastSize is how long that frame is.
var lastSize = len(lastFrame(make([]byte, 32)))

// parseTitle returns the version that the text of the first frame tells.
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
