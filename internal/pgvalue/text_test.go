package pgvalue_test

import (
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "a", "é日😀", "\x01\x7f", "\ufffd", "\uffff\U0010ffff", "\ud7ff\ue000"} {
		assertError(t, pgvalue.Text(s), "", "")
	}
	for s, bytes := range map[string]string{
		"\x00":             "0x00",
		"a\x00b\xff":       "0x00",
		"\xff\x00":         "0xff",
		"é\ufffd\x80":      "0x80",
		"\xc3":             "0xc3",
		"\xc3(":            "0xc3 0x28",
		"\xc3(abc":         "0xc3 0x28",
		"\xdf\xc3\xc3":     "0xdf 0xc3",
		"\xe6abc":          "0xe6 0x61 0x62",
		"\xc0\x80":         "0xc0 0x80",
		"\xe6\x97":         "0xe6 0x97",
		"\xe6\x97x":        "0xe6 0x97 0x78",
		"\xe6ab":           "0xe6 0x61 0x62",
		"\xed\xa0\x80":     "0xed 0xa0 0x80",
		"\xe0\x80\x80":     "0xe0 0x80 0x80",
		"\xf0\x9f\x98":     "0xf0 0x9f 0x98",
		"\xf0abcd":         "0xf0 0x61 0x62 0x63",
		"\xf4\x90\x80\x80": "0xf4 0x90 0x80 0x80",
		"\xf7\xbf\xbf\xbf": "0xf7 0xbf 0xbf 0xbf",
		"\xf8\x88\x80\x80": "0xf8",
		"\xfe":             "0xfe",
	} {
		assertError(t, pgvalue.Text(s), tasktwin.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8": `+bytes)
	}
}

func TestVarchar(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in   string
		n    int
		want string
		long bool
	}{
		{in: "", n: 3, want: ""},
		{in: "abc", n: 3, want: "abc"},
		{in: "ab ", n: 3, want: "ab "},
		{in: "abc   ", n: 3, want: "abc"},
		{in: "a     ", n: 3, want: "a  "},
		{in: "      ", n: 3, want: "   "},
		{in: "abcd", n: 3, long: true},
		{in: "abc d", n: 3, long: true},
		{in: "abc d ", n: 3, long: true},
		{in: "abc\t", n: 3, long: true},
		{in: "abc\u00a0", n: 3, long: true},
		{in: "é日😀", n: 3, want: "é日😀"},
		{in: "é日😀  ", n: 3, want: "é日😀"},
		{in: "é日😀x", n: 3, long: true},
		{in: "e\u0301e\u0301", n: 3, long: true},
		{in: strings.Repeat("日", 64), n: 64, want: strings.Repeat("日", 64)},
		{in: strings.Repeat("日", 65), n: 64, long: true},
	} {
		got, err := pgvalue.Varchar(test.in, test.n)
		if test.long {
			message := map[int]string{3: "value too long for type character varying(3)", 64: "value too long for type character varying(64)"}[test.n]
			assertError(t, err, tasktwin.StringDataRightTruncation, message)
		} else {
			assertError(t, err, "", "")
		}
		if got != test.want {
			t.Errorf("varchar(%d) holds %q of %q, want %q", test.n, got, test.in, test.want)
		}
	}
}
