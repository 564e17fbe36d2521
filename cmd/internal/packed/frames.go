package packed

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"

	"github.com/tasktwin/tasktwin/dumpfile"
)

const (
	name = "tasktwin dump"
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
		return 0, dumpfile.ErrNotADump
	}
	version, err := strconv.Atoi(string(bytes.TrimSuffix(digits, []byte("\n"))))
	switch {
	case err != nil || version < 1 || title(version) != string(text):
		return 0, fmt.Errorf("%w: its version cannot be read: %q", dumpfile.ErrDamaged, text)
	case version > dumpfile.Version:
		return version, fmt.Errorf("%w: it is in version %d, and this program reads up to version %d",
			dumpfile.ErrNewer, version, dumpfile.Version)
	}
	return version, nil
}
