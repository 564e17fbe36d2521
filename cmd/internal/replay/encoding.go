package replay

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// Encoding is the name of the encoding of a log. An empty name means that it is
// detected.
type Encoding string

const encodingUTF8 Encoding = "utf-8"

// UnmarshalText sets the encoding. It returns an error if the name is not known.
func (e *Encoding) UnmarshalText(text []byte) error {
	if _, err := Encoding(text).decoder(); err != nil {
		return err
	}
	*e = Encoding(text)
	return nil
}

// decoder returns the decoder of the encoding, or nil for UTF-8.
func (e Encoding) decoder() (*encoding.Decoder, error) {
	name := strings.ToLower(string(e))
	switch name {
	case "", "auto", "utf-8", "utf8":
		return nil, nil
	case "utf-16", "utf16", "utf-16le", "utf16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), nil
	case "utf-16be", "utf16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder(), nil
	case "utf-32", "utf-32le":
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM).NewDecoder(), nil
	case "utf-32be":
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM).NewDecoder(), nil
	}
	found, err := htmlindex.Get(name)
	if err != nil || found == encoding.Replacement {
		if found, err = ianaindex.IANA.Encoding(name); err != nil || found == nil {
			return nil, fmt.Errorf("%q is no encoding that is known: use a name such as windows-1252, iso-8859-2 or utf-16", shorten(string(e)))
		}
	}
	return found.NewDecoder(), nil
}

func (e Encoding) given() bool { return e != "" && !strings.EqualFold(string(e), "auto") }

// declared finds the encoding in the declaration of an XML document.
var declared = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._:-]+)["']`)

// encodingOf detects the encoding of a log by its first bytes: a byte order mark,
// the zero bytes of UTF-16, or an XML declaration. It returns UTF-8 for anything
// else.
func encodingOf(head []byte) Encoding {
	for _, mark := range []struct {
		bytes    string
		encoding Encoding
	}{
		{byteOrderMark, encodingUTF8},
		{"\xff\xfe\x00\x00", "utf-32le"},
		{"\x00\x00\xfe\xff", "utf-32be"},
		{"\xff\xfe", "utf-16le"},
		{"\xfe\xff", "utf-16be"},
	} {
		if bytes.HasPrefix(head, []byte(mark.bytes)) {
			return mark.encoding
		}
	}
	zero := [4]bool{}
	for i := range min(len(head), len(zero)) {
		zero[i] = head[i] == 0
	}
	switch zero {
	case [4]bool{false, true, false, true}:
		return "utf-16le"
	case [4]bool{true, false, true, false}:
		return "utf-16be"
	}
	if found := declared.FindSubmatch(head); found != nil {
		// What can be read as ASCII is not in an encoding of two or four bytes.
		if name := strings.ToLower(string(found[1])); !strings.HasPrefix(name, "utf-16") && !strings.HasPrefix(name, "utf-32") {
			return Encoding(name)
		}
	}
	return encodingUTF8
}

// decoded returns the text of a log in UTF-8.
func decoded(in io.Reader, head []byte, want Encoding) (*textReader, error) {
	e := want
	if !want.given() {
		e = encodingOf(head)
	}
	decoder, err := e.decoder()
	if err != nil {
		return nil, err
	}
	if decoder == nil {
		given := want.given() || bytes.HasPrefix(head, []byte(byteOrderMark))
		return &textReader{in: in, given: given}, nil
	}
	return &textReader{in: transform.NewReader(in, decoder), given: true, decoded: e}, nil
}
