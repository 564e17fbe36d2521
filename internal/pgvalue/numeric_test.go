package pgvalue_test

import (
	"strings"
	"testing"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func TestJSONBNumbers(t *testing.T) {
	t.Parallel()
	zeros := func(n int) string { return strings.Repeat("0", n) }
	for in, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0.0", "-0.00": "0.00", "-0e5": "0", "0e-3": "0.000", "-0.0e-1": "0.00",
		"1": "1", "-1": "-1", "12345678901234567890": "12345678901234567890", "-0.50": "-0.50",
		"1.50": "1.50", "100.00": "100.00", "1.0": "1.0", "0.10": "0.10",
		"1e2": "100", "1E+2": "100", "1e-2": "0.01", "1E-5": "0.00001", "1e0": "1", "1.5e0": "1.5",
		"1.50e1": "15.0", "1.5e1": "15", "1.5e3": "1500", "150e-1": "15.0", "-150e-4": "-0.0150",
		"0.001e5": "100", "0.00123e2": "0.123", "0.0e2": "0", "0.000e2": "0.0", "12.34e-3": "0.01234",
		"1e0000000000000000000000005": "100000", "1e-0000000000000000000000002": "0.01",
		// The limits: 131,072 digits before the point and 16,383 after it.
		"1e131071": "1" + zeros(131071), "0.01e131073": "1" + zeros(131071), "9.5e131071": "95" + zeros(131070),
		"1e-16383": "0." + zeros(16382) + "1", "0e-16383": "0." + zeros(16383), "0.0e-16382": "0." + zeros(16383),
		"0e1073741823": "0", "-0.0e1073741823": "0", "0.00e131072": "0",
		"1" + zeros(131071): "1" + zeros(131071), "0." + zeros(16383): "0." + zeros(16383),
	} {
		got, err := pgvalue.JSONB([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%.40s gives %.40s (%d bytes), %v, want %.40s (%d bytes)", in, got, len(got), err, want, len(want))
		}
	}
}

// Up to version 15 the largest exponent is one less.
func TestJSONBUntil15(t *testing.T) {
	t.Parallel()
	if got, err := pgvalue.JSONBUntil15([]byte("0e1073741822")); err != nil || string(got) != "0" {
		t.Errorf("0e1073741822 gives %s, %v", got, err)
	}
	for _, in := range []string{"0e1073741823", "[-0.0e1073741823]"} {
		_, err := pgvalue.JSONBUntil15([]byte(in))
		assertError(t, err, "22003", "value overflows numeric format")
		if _, err := pgvalue.JSONB([]byte(in)); err != nil {
			t.Errorf("%s from 16 on: %v", in, err)
		}
	}
}

func TestJSONBRefusesNumbersThatOverflow(t *testing.T) {
	t.Parallel()
	zeros := func(n int) string { return strings.Repeat("0", n) }
	for _, in := range []string{
		"1e131072", "10e131071", "-1e131072", "0.1e131073", "1" + zeros(131072),
		"1e-16384", "0e-16384", "-0.0e-16383", "0." + zeros(16384), "1." + zeros(16384),
		"0e1073741824", "1e1073741823", "0e-1073741823", "1e2147483648", "1e99999999999999999999", "0e-99999999999999999999",
	} {
		for _, text := range []string{in, "[" + in + "]", `{"a":` + in + `,"a":1}`} {
			_, err := pgvalue.JSONB([]byte(text))
			assertError(t, err, "22003", "value overflows numeric format")
			if t.Failed() {
				t.Fatalf("at %.40s", text)
			}
		}
	}
}
