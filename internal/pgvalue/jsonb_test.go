package pgvalue_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func TestJSONBText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"empty object", `{}`, `{}`},
		{"empty array", `[]`, `[]`},
		{"scalars", `[true,false,null,"a",1]`, `[true, false, null, "a", 1]`},
		{"scalar at the root", ` "a" `, `"a"`},
		{"null is a value", `null`, `null`},
		{"separators", `{"a":[1,{"b":2}],"c":{}}`, `{"a": [1, {"b": 2}], "c": {}}`},
		{"white space", "\t{ \"a\" \n:\r1 }\n", `{"a": 1}`},
		{
			"keys by length, then bytewise", `{"bb":1,"b":2,"aa":3,"":4,"é":5,"z":6,"Z":7}`,
			`{"": 4, "Z": 7, "b": 2, "z": 6, "aa": 3, "bb": 1, "é": 5}`,
		},
		{"length of a key is in bytes", `{"é":1,"zz":2,"aaa":3}`, `{"zz": 2, "é": 1, "aaa": 3}`},
		{"the last of equal keys", `{"a":1,"b":{"x":1},"a":[2],"b":3,"a":4}`, `{"a": 4, "b": 3}`},
		{"two equal keys in order", `{"a":1,"a":2}`, `{"a": 2}`},
		{"keys equal by escapes", `{"a":1,"\u0061":2,"b":3}`, `{"a": 2, "b": 3}`},
		{"escaped keys sort unescaped", `{"\u00e9":1,"bc":2,"a":3}`, `{"a": 3, "bc": 2, "é": 1}`},
		{"inner objects", `[{"b":{"d":1,"c":2},"a":[{"f":1,"e":2}]}]`, `[{"a": [{"e": 2, "f": 1}], "b": {"c": 2, "d": 1}}]`},
		{"short escapes", `"\b\f\n\r\t\"\\\/"`, `"\b\f\n\r\t\"\\/"`},
		{"control characters", `"\u0001\u000B\u001f\u007f"`, "\"\\u0001\\u000b\\u001f\x7f\""},
		{"escapes of short escapes", `"\u0008\u000c\u000a\u000d\u0009\u0022\u005c\u002f"`, `"\b\f\n\r\t\"\\/"`},
		{"raw characters", "\"é日😀\x7f\u2028\ufeff<>&\"", "\"é日😀\x7f\u2028\ufeff<>&\""},
		{"code points", `"\u00E9\u65e5\uffff\uFFFD"`, "\"é日\uffff\ufffd\""},
		{"surrogates", `"\ud83d\ude00\uDBFF\uDFFFx"`, "\"😀\U0010ffffx\""},
		{"text after an escape", `{"a\n":"x\ty","b":"z"}`, `{"b": "z", "a\n": "x\ty"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := pgvalue.JSONB([]byte(test.in))
			assertError(t, err, "", "")
			if string(got) != test.want {
				t.Errorf("%s gives\n%s, want\n%s", test.in, got, test.want)
			}
		})
	}
}

func TestJSONBRefuses(t *testing.T) {
	t.Parallel()
	var (
		syntax   = "invalid input syntax for type json"
		escape   = "unsupported Unicode escape sequence"
		depth    = "stack depth limit exceeded"
		encoding = func(b string) string { return `invalid byte sequence for encoding "UTF8": ` + b }
	)
	refused := func(code tasktwin.SQLState, message string, texts ...string) {
		t.Helper()
		for _, in := range texts {
			got, err := pgvalue.JSONB([]byte(in))
			if got != nil {
				t.Errorf("%.60q gives %.60q, want nothing", in, got)
			}
			assertError(t, err, code, message)
			if t.Failed() {
				t.Fatalf("at %.60q", in)
			}
		}
	}
	refused(tasktwin.InvalidTextRepresentation, syntax,
		"", " ", "{", "}", "[", "]", ",", ":", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1:2]", "[1}", "{]", "1 2", "{}{}",
		`{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a"}`, `{"a",1}`, `{1:2}`, `{a:1}`, `{"a":1]`, `{"a":1 "b":2}`,
		`{"a":1,2}`, `{{}:1}`,
		"nul", "nulll", "True", "NaN", "Infinity", "truex", "é", "'a'", "//", "\f1", "\v1", "\u00a01", "\ufeff1",
		"01", "-01", "-", "--1", "+1", "1.", "1.e1", ".5", "1e", "1e+", "1ea", "1a", "1_0", "0x1", "1é", "- 1",
		`"`, `"a`, `"\`, `"\"`, `"\x"`, `"\u"`, `"\u12"`, `"\u123g"`, `"\U0041"`, "\"\n\"", "\"\x01\"", "\"\x1f\"", "\"\\n\x1f\"",
		`"\n`, `"\u0041`,
		`"\ud83d"`, `"\ude00"`, `"\ud83dx"`, `"\ud83d\n"`, `"\ud83d\ud83d"`, `"\ud83d\u0041"`, `"\ud83d\u0000"`, `"\ud83d`,
	)
	refused(tasktwin.UntranslatableCharacter, escape,
		`"\u0000"`, `{"\u0000":1}`, `["a\u0000b"]`, `"\u0000`, `"\u0000\x"`, `[1e999999"\u0000"`)
	refused(tasktwin.CharacterNotInRepertoire, encoding("0x00"), "\x00", "{\x00}", "\"\x00\"", "\\\x00")
	refused(tasktwin.CharacterNotInRepertoire, encoding("0xff"), "\"\xff\"", "[1e999999, \xff")
	refused(tasktwin.CharacterNotInRepertoire, encoding("0xc3 0x22"), "\"\xc3\"")
	refused(tasktwin.StatementTooComplex, depth,
		strings.Repeat("[", pgvalue.MaxJSONBDepth+1), strings.Repeat(`{"a":`, pgvalue.MaxJSONBDepth+1), strings.Repeat("[", 1<<20))
}

// The lexer reads one token ahead: an error in the next token is found before an error in
// the number before it.
func TestJSONBReportsTheErrorThatComesFirst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in   string
		code tasktwin.SQLState
	}{
		{`[1e999999, x`, "22003"},
		{`[1e999999 x`, "22P02"},
		{`[1e999999 "\u0000"`, "22P05"},
		{`{"\u0000" x`, "22P05"},
		{`x "\u0000"`, "22P02"},
		{`[1, "\x\u0000"]`, "22P02"},
		{strings.Repeat("[", pgvalue.MaxJSONBDepth) + `["\u0000"`, "54001"},
		{strings.Repeat("[", pgvalue.MaxJSONBDepth) + `"\u0000"`, "22P05"},
	} {
		_, err := pgvalue.JSONB([]byte(test.in))
		if e, ok := err.(*tasktwin.Error); !ok || e.Code != test.code { //nolint:errorlint // the error itself is asked for
			t.Errorf("%.40q gives %v, want SQLSTATE %s", test.in, err, test.code)
		}
	}
}

func TestJSONBHoldsItsDepth(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		strings.Repeat("[", pgvalue.MaxJSONBDepth) + strings.Repeat("]", pgvalue.MaxJSONBDepth),
		strings.Repeat(`{"a": `, pgvalue.MaxJSONBDepth) + "1" + strings.Repeat("}", pgvalue.MaxJSONBDepth),
	} {
		got, err := pgvalue.JSONB([]byte(in))
		assertError(t, err, "", "")
		if string(got) != in {
			t.Errorf("%.20s… comes back as %.20s…", in, got)
		}
	}
	wide := "[" + strings.Repeat("[], ", 3*pgvalue.MaxJSONBDepth) + "{}]"
	if got, err := pgvalue.JSONB([]byte(wide)); err != nil || string(got) != wide {
		t.Errorf("many arrays in one: %.20s…, %v", got, err)
	}
}

func TestJSONBLimitsTheText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		in    string
		limit int
		fits  bool
	}{
		{`[1,2]`, 6, true},
		{`[1,2]`, 5, false},
		{`[1]   `, 5, false},
		{`[1e50]`, 60, true},
		{`[1e50,1e50]`, 60, false},
		{`"\u0001\n"`, 10, true},
	} {
		got, err := pgvalue.JSONBLimit([]byte(test.in), test.limit)
		if test.fits {
			assertError(t, err, "", "")
			continue
		}
		assertError(t, err, "54000", "out of memory")
		if got != nil {
			t.Errorf("%s gives %s beyond %d bytes", test.in, got, test.limit)
		}
	}
}

func TestJSONBLimitsStrings(t *testing.T) {
	t.Parallel()
	for in, fits := range map[string]bool{
		`"abc"`: true, `"abcd"`: false, `["abc",{"abc":"abc"}]`: true, `{"abcd":1}`: false, `{"a":"abcd"}`: false,
		`"\u0061bc"`: true, `"\u0061bcd"`: false, `12345`: true, `"ééé"`: false,
	} {
		_, err := pgvalue.JSONBStringLimit([]byte(in), 3)
		if fits {
			assertError(t, err, "", "")
			continue
		}
		assertError(t, err, "54000", "string too long to represent as jsonb string")
	}
}

// The memory of a large text is not kept for later small ones.
func TestLargeParsersAreNotKept(t *testing.T) {
	t.Parallel()
	for caps, want := range map[[3]int]bool{
		{4096, 4096, 4096}: false, {4097, 0, 0}: true, {0, 4097, 0}: true, {0, 0, 4097}: true, {4097, 4097, 4097}: true,
	} {
		if got := pgvalue.ParserIsLarge(caps[0], caps[1], caps[2]); got != want {
			t.Errorf("%v: %t", caps, got)
		}
	}
}

// Texts beyond the limit are refused without being parsed.
func TestJSONBRefusesHugeTexts(t *testing.T) {
	t.Parallel()
	_, err := pgvalue.JSONB(make([]byte, 1<<30-63))
	assertError(t, err, "54000", "out of memory")
}

func TestJSONBIsCanonicalOnce(t *testing.T) {
	t.Parallel()
	first, err := pgvalue.JSONB([]byte(`{"b":[1e2,"\u0001\/",{"d":-0.0,"c":1}],"a":"é"}`))
	assertError(t, err, "", "")
	second, err := pgvalue.JSONB(first)
	assertError(t, err, "", "")
	if !bytes.Equal(first, second) {
		t.Errorf("%s becomes %s", first, second)
	}
}

func TestJSONBSharesNoMemory(t *testing.T) {
	t.Parallel()
	in := []byte(`{"a": "text"}`)
	first, err := pgvalue.JSONB(in)
	assertError(t, err, "", "")
	second, err := pgvalue.JSONB(in)
	assertError(t, err, "", "")
	for i := range in {
		in[i], second[i] = 'x', 'y'
	}
	if string(first) != `{"a": "text"}` {
		t.Errorf("the result became %s when others were changed", first)
	}
}

func TestJSONBErrorsAreTheCallers(t *testing.T) {
	t.Parallel()
	_, err := pgvalue.JSONB([]byte("x"))
	err.(*tasktwin.Error).Column = "prompt" //nolint:errorlint,forcetypeassert // the error itself is changed
	_, err = pgvalue.JSONB([]byte("x"))
	assertError(t, err, tasktwin.InvalidTextRepresentation, "invalid input syntax for type json")
}

// Parsers are reused: one text must not affect the result of another.
func TestJSONBConcurrently(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 300 {
				in := fmt.Sprintf(`{"z":%d,"\n":[%s{"y":%d,"x":"\t"}]}`, i, strings.Repeat(`"\u0041",`, i%50), g)
				want := fmt.Sprintf(`{"\n": [%s{"x": "\t", "y": %d}], "z": %d}`, strings.Repeat(`"A", `, i%50), g, i)
				if got, err := pgvalue.JSONB([]byte(in)); err != nil || string(got) != want {
					t.Errorf("%s gives %s, %v, want %s", in, got, err, want)
				}
				if _, err := pgvalue.JSONB([]byte(in[:len(in)-1-i%20])); err == nil {
					t.Errorf("a part of %s is accepted", in)
				}
			}
		})
	}
	wg.Wait()
}

func TestJSONBIsObject(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]bool{`{}`: true, `{"a": 1}`: true, `[]`: false, `[{}]`: false, `"{"`: false, `null`: false, ``: false} {
		if got := pgvalue.JSONBIsObject([]byte(in)); got != want {
			t.Errorf("%q is an object: %t, want %t", in, got, want)
		}
	}
}

func TestJSONBAllocatesTheResult(t *testing.T) {
	for _, in := range []string{`{}`, `{"cpu": "4", "gpu": false}`, `{"b":1,"a":2}`} {
		text := []byte(in)
		// A garbage collection in between empties the pool, hence not 1.
		if n := testing.AllocsPerRun(1000, func() { _, _ = pgvalue.JSONB(text) }); n > 2 {
			t.Errorf("%s takes %v allocations, want 1", in, n)
		}
	}
}
