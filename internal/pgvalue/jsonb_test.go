package pgvalue_test

import (
	"testing"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func TestJSONBSmoke(t *testing.T) {
	for in, want := range map[string]string{
		`{}`: `{}`, ` [ ] `: `[]`, `{"b":1,"aa":2,"a":{"x":[1,2,{"y":null}]}, "b":"\u00e9\n\u001f"}`: `{"a": {"x": [1, 2, {"y": null}]}, "b": "é\n\u001f", "aa": 2}`,
		`[1e2,1.50,-0,-0.00,1E-5,0e5,150e-1]`: `[100, 1.50, 0, 0.00, 0.00001, 0, 15.0]`,
	} {
		got, err := pgvalue.JSONB([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", in, got, err, want)
		}
	}
}
