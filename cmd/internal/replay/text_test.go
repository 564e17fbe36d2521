package replay

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/memdb"
)

// A byte that is not text refuses the log, wherever it is and whatever the
// options are.
func TestBytesThatAreNotTextAreRefused(t *testing.T) {
	t.Parallel()
	const header = "case,activity,actor,start\n"
	good := strings.Repeat("1,a,ada,2016-01-02\n", 3*sampleRows)
	long := strings.Repeat("x", 3*maxRecord)
	many := strings.Repeat("1,a,M\xf6ller,2016-01-02\n", 5)
	for name, c := range map[string]struct{ text, want string }{
		"in the header":              {"case,activity,actor,start,gr\xe8s\n" + good, "line 1, byte 29: byte 0xE8 is not UTF-8 (1 of 3001"},
		"in a column that is sought": {"case,activity,akt\xe8r,beginn\n" + good, "line 1, byte 18: byte 0xE8 is not UTF-8 (1 of "},
		"in a row": {
			header + "1,a,Mich\xe8le,2016-01-02\n",
			`line 2, byte 9: byte 0xE8 is not UTF-8 (1 of 2 lines have such bytes): its encoding is not clear, ` +
				`a word may be "Michèle" in windows-1252, "Michčle" in windows-1250: `,
		},
		"after a mark": {
			byteOrderMark + header + "1,a,M\xfcller,2016-01-02\n",
			"line 2, byte 6: byte 0xFC is not UTF-8 (1 of 2 lines have such bytes): correct the file",
		},
		"far behind": {
			header + good + many + good + "1,a,\xe4\xe4,2016-01-02", "line 3002, byte 6: byte 0xF6 is not UTF-8 (6 of 6007 lines",
		},
		"in a bad row":               {header + good + "\xff\n" + good, "line 3002, byte 1: byte 0xFF is not UTF-8 (1 of 6002 lines"},
		"in a line that is too long": {header + good + long + "\xff\n" + good, "line 3002, byte 3145729: byte 0xFF"},
		"in times":                   {header + "1,a,b,\xff\n", "line 2, byte 7: byte 0xFF is not UTF-8"},
		"a character cut off": {
			header + "1,a,ada,2016-01-02\n2,a,b,2016-01-02 \xe2\x82", "line 3, byte 18: byte 0xE2 is not UTF-8 (1 of 3 lines",
		},
		"overlong":              {header + "1,\xc0\xaf,ada,2016-01-02\n", "line 2, byte 3: byte 0xC0"},
		"half a surrogate pair": {header + "1,\xed\xa0\x80,ada,2016-01-02\n", "line 2, byte 3: byte 0xED"},
		"NUL":                   {header + "1,a\x00,ada,2016-01-02\n", "line 2, byte 4: a NUL byte is not text (1 of 2 lines"},
		"two encodings": {
			header + "1,a,M\xfcller,2016-01-02\n1,a,Müller,2016-01-02\n",
			"line 2, byte 6: byte 0xFC is not UTF-8 (1 of 3 lines have such bytes): its encoding is not clear, because other characters",
		},
		"two encodings, the other first": {
			header + "1,a,Müller,2016-01-02\n" + good + "1,a,M\xfcller,2016-01-02\n", "because other characters are UTF-8",
		},
		"half a UTF-16 pair": {
			"\xff\xfe" + wide(header+"1,a,ada,2016-01-02\n2,a,") + "\x00\xd8\n\x00", "line 3: a character is not utf-16le (1 of 3 lines",
		},
		"an XML declaration that is not known": {
			"<?xml version='1.0' encoding='x-nothing'?><log/>", `"x-nothing" is no encoding that is known`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, opts := range []Options{{}, {SkipBad: true}} {
				db := memdb.New(memdb.Options{})
				_, err := Run(t.Context(), db, strings.NewReader(c.text), opts)
				require.ErrorContains(t, err, c.want)
				d, err := db.Dump(t.Context())
				require.NoError(t, err)
				require.Empty(t, d.Organizations)
				require.Empty(t, d.Users)

				_, _, err = Record(t.Context(), strings.NewReader(c.text), opts)
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}

// wide returns ASCII text in UTF-16, with the low byte first.
func wide(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

// The result does not depend on how the input is split into reads.
func TestTextReader(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                      "",
		"a\nb":                  "",
		"Müller\n€\n😀":          "",
		"\ufffd\ufeff":          "",
		"ok\n😀\xff\n\xff\xff\n": "2 5 ff 2 3",
		"\xf0\x9f\x98":          "1 1 f0 1 1",
		"a\xf0\x9f\x98b\n":      "1 2 f0 1 1",
		"\n\n\x00\xff":          "3 1 00 1 3",
		"\x80":                  "1 1 80 1 1",
	} {
		for name, in := range map[string]io.Reader{
			"whole":    strings.NewReader(text),
			"by bytes": iotest.OneByteReader(strings.NewReader(text)),
			"EOF":      iotest.DataErrReader(strings.NewReader(text)),
		} {
			r := &textReader{in: in}
			got, err := io.ReadAll(r)
			require.NoError(t, err)
			require.Equal(t, text, string(got))
			if want == "" {
				require.NoError(t, r.err(), "%q %s", text, name)
				continue
			}
			require.Error(t, r.err(), "%q %s", text, name)
			bad := fmt.Sprintf("%d %d %02x %d %d", r.bad.Line, r.bad.Column, r.bad.Byte, r.bad.BadLines, r.bad.Lines)
			require.Equal(t, want, bad, "%q %s", text, name)
		}
	}
}

// The reader agrees with the standard library, however the input is split into
// reads.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"a\nb", "Müller\n€😀", "\xf0\x9f\x98", "\x00", "\xc3\n\xa4"} {
		f.Add([]byte(seed), uint8(1))
	}
	f.Fuzz(func(t *testing.T, text []byte, size uint8) {
		r := &textReader{in: strings.NewReader(string(text))}
		buf := make([]byte, int(size)+1)
		for {
			if _, err := r.Read(buf); err != nil {
				break
			}
		}
		bad := 0
		for line := range strings.SplitSeq(string(text), "\n") {
			if !utf8.ValidString(line) || strings.Contains(line, "\x00") {
				bad++
			}
		}
		require.Equal(t, bad > 0, r.bad != nil)
		if bad > 0 {
			require.Equal(t, bad, r.bad.BadLines)
		}
	})
}
