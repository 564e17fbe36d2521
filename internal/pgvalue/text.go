package pgvalue

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tasktwin/tasktwin"
)

// Text checks that a text column can store s. NUL characters and invalid UTF-8 are
// SQLSTATE 22021.
func Text(s string) error {
	if strings.IndexByte(s, 0) < 0 && utf8.ValidString(s) {
		return nil
	}
	return invalidEncoding(s)
}

// invalidEncoding returns the error of the first character of s that is NUL or invalid
// UTF-8. Like PostgreSQL, it prints as many bytes as the character's first byte announces,
// even if they do not belong to the character.
func invalidEncoding(s string) error {
	for i := 0; i < len(s); {
		if s[i] != 0 {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		bad := s[i:min(i+announcedLength(s[i]), len(s))]
		return fail(tasktwin.CharacterNotInRepertoire, fmt.Sprintf(`invalid byte sequence for encoding "UTF8": % #x`, bad))
	}
	return nil
}

// announcedLength returns the length that the first byte of a character announces.
func announcedLength(b byte) int {
	switch {
	case b&0xe0 == 0xc0:
		return 2
	case b&0xf0 == 0xe0:
		return 3
	case b&0xf8 == 0xf0:
		return 4
	}
	return 1
}

// Varchar returns the value that a varchar(n) column stores for s, which must be valid by
// Text. It removes trailing spaces beyond n characters. Any other excess is SQLSTATE 22001.
func Varchar(s string, n int) (string, error) {
	if len(s) <= n {
		return s, nil
	}
	cut := 0
	for range n {
		if cut == len(s) {
			return s, nil
		}
		if s[cut] < utf8.RuneSelf {
			cut++
			continue
		}
		_, size := utf8.DecodeRuneInString(s[cut:])
		cut += size
	}
	for _, b := range []byte(s[cut:]) {
		if b != ' ' {
			return "", fail(tasktwin.StringDataRightTruncation, fmt.Sprintf("value too long for type character varying(%d)", n))
		}
	}
	return s[:cut], nil
}
