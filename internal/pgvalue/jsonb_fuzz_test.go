package pgvalue_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// FuzzJSONB checks that a result is canonical and equivalent to its input, and that
// an error has one of the documented codes.
func FuzzJSONB(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `null`, `{"b":1,"a":{"d":[1e2,-0.00,1.50],"c":"\ud83d\ude00\n"}}`, `{"a":1,"\u0061":2}`,
		`[1e131072]`, `"\u0000"`, `"\ud83d"`, "\"\x00\"", "\"\xc3\"", `[[[{"x":[[]]}]]]`, `0e-16384`, `{"a" :1 , "a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		before := bytes.Clone(in)
		out, err := pgvalue.JSONB(in)
		if !bytes.Equal(in, before) {
			t.Fatalf("%q was changed", before)
		}
		if err != nil {
			e, ok := errors.AsType[*tasktwin.Error](err)
			if !ok || out != nil {
				t.Fatalf("%q gives %q and %v", in, out, err)
			}
			switch e.Code {
			case "22003", "54001":
			case tasktwin.CharacterNotInRepertoire:
				if utf8.Valid(in) && !bytes.ContainsRune(in, 0) {
					t.Fatalf("%q gives %v", in, err)
				}
			case tasktwin.UntranslatableCharacter:
				if !bytes.Contains(in, []byte(`\u0000`)) {
					t.Fatalf("%q gives %v", in, err)
				}
			case tasktwin.InvalidTextRepresentation:
				// Go reads half a surrogate pair as U+FFFD.
				if json.Valid(in) && !bytes.Contains(bytes.ToLower(in), []byte(`\ud`)) {
					t.Fatalf("%q is JSON and gives %v", in, err)
				}
			default:
				t.Fatalf("%q gives %v", in, err)
			}
			return
		}
		again, err := pgvalue.JSONB(out)
		if err != nil || !bytes.Equal(out, again) {
			t.Fatalf("%q gives %q, and that %q, %v", in, out, again, err)
		}
		if !sameMeaning(t, in, out) {
			t.Fatalf("%q gives %q, which means something else", in, out)
		}
	})
}

func sameMeaning(t *testing.T, a, b []byte) bool {
	t.Helper()
	var forms [2][]byte
	for i, text := range [][]byte{a, b} {
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
				return true // a number beyond float64
			}
			t.Fatalf("%q is accepted: %v", text, err)
		}
		var err error
		if forms[i], err = json.Marshal(noNegativeZero(v)); err != nil {
			t.Fatal(err)
		}
	}
	return bytes.Equal(forms[0], forms[1])
}

func noNegativeZero(v any) any {
	switch v := v.(type) {
	case float64:
		return v + 0
	case []any:
		for i := range v {
			v[i] = noNegativeZero(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = noNegativeZero(v[k])
		}
	}
	return v
}
