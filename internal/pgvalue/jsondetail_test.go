package pgvalue_test

import (
	"errors"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// The details of the errors of invalid JSON are PostgreSQL's.
func TestJSONBDetails(t *testing.T) {
	t.Parallel()
	const (
		ended      = "The input string ended unexpectedly."
		hex        = `"\u" must be followed by four hexadecimal digits.`
		low        = "Unicode low surrogate must follow a high surrogate."
		high       = "Unicode high surrogate must not follow a high surrogate."
		value      = `Expected JSON value, but found "`
		arrayNext  = `Expected "," or "]", but found "`
		objectNext = `Expected "," or "}", but found "`
		key        = `Expected string, but found "`
		firstKey   = `Expected string or "}", but found "`
		colon      = `Expected ":", but found "`
		end        = `Expected end of input, but found "`
	)
	invalid := func(token string) string { return `Token "` + token + `" is invalid.` }
	for in, want := range map[string]string{
		"": ended, " ": ended, "[": ended, "[1": ended, "[1,": ended, "{": ended, `{"a"`: ended, `{"a":`: ended, `{"a":1`: ended,
		`{"a":1, `: ended,
		"}":        value + `}".`, "[1,]": value + `]".`, "[}": value + `}".`, `{"a":}`: value + `}".`, "[,1]": value + `,".`, ":": value + `:".`,
		"[1 2]": arrayNext + `2".`, "[1}": arrayNext + `}".`, `["a" "b\n" 1]`: arrayNext + `"b\n"".`, "[1 -2.5e1]": arrayNext + `-2.5e1".`,
		`{"a":1]`: objectNext + `]".`, `{"a":1 "b":2}`: objectNext + `"b"".`, `{"a":1 "\u0041":2}`: objectNext + `"\u0041"".`,
		`{"a":1,}`: key + `}".`, `{"a":1,2}`: key + `2".`, "{,}": firstKey + `,".`, "{]": firstKey + `]".`,
		"{1:2}": firstKey + `1".`, "{{}:1}": firstKey + `{".`,
		`{"a",1}`: colon + `,".`, `{"a"}`: colon + `}".`, `{"a" "é"}`: colon + `"é"".`,
		"1 2": end + `2".`, "{}{}": end + `{".`, "[] true": end + `true".`,
		"nul": invalid("nul"), "nulll ": invalid("nulll"), "[True]": invalid("True"), "é!": invalid("é"), "[=]": invalid("="),
		"\v1": invalid("\v"), "'a'": invalid("'"),
		"01": invalid("01"), "-01.5": invalid("-01"), "-": invalid("-"), "--1": invalid("-"), "+1": invalid("+"),
		"1.": invalid("1."), "1.e1": invalid("1.e1"),
		"[1.,": invalid("1."), "[-.5]": invalid("-.5"), ".5": invalid("."), "1e": invalid("1e"), "1e+": invalid("1e+"),
		"1ea": invalid("1ea"), "1_0": invalid("1_0"), "0x1": invalid("0x1"),
		"[1é]": invalid("1é"), "[-e5]": invalid("-e5"), "-a": invalid("-a"), "00.5": invalid("00"),
		`"`: invalid(`"`), `[ "a`: invalid(`"a`), `["\`: invalid(`"\`), `["\"`: invalid(`"\"`), `"\u`: invalid(`"\u`),
		`"\u004`: invalid(`"\u004`), `"\n`: invalid(`"\n`),
		`"\ud83d\`: invalid(`"\ud83d\`), `"\u0041`: invalid(`"\u0041`), `"\ud83d`: invalid(`"\ud83d`),
		`"\x"`: `Escape sequence "\x" is invalid.`, `"a\é"`: `Escape sequence "\é" is invalid.`, `"\U0041"`: `Escape sequence "\U" is invalid.`,
		`"\u12"`: hex, `"\u123g"`: hex, `"\u 123"`: hex, `"\ud83d\u"`: hex,
		"\"a\n\"": "Character with value 0x0a must be escaped.", "\"\\n\x1f\"": "Character with value 0x1f must be escaped.",
		`"\ud83d"`: low, `"\ude00"`: low, `"\ud83dx"`: low, `"\ud83d\n"`: low, `"\ud83d\x"`: low, `"\ud83d\u0041"`: low, `"\ud83d\u0000"`: low,
		`"\ud83d\ud83d"`: high, `"\ud83d\udbff`: high,
		`"\u0000"`: `\u0000 cannot be converted to text.`,
	} {
		_, err := pgvalue.JSONB([]byte(in))
		if e, ok := errors.AsType[*tasktwin.Error](err); !ok || e.Detail != want {
			t.Errorf("%q gives %v, want the detail %s", in, err, want)
		}
	}
}
