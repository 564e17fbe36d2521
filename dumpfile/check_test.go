package dumpfile

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// noError fails the test on an error.
func noError(t testing.TB, err error, about ...any) {
	t.Helper()
	if err != nil {
		t.Fatal(append(about, err)...)
	}
}

// isError fails the test if an error is not the wanted one.
func isError(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// errorContains fails the test if there is no error, or one without this text.
func errorContains(t testing.TB, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("error %v, want one with %q", err, text)
	}
}

// contains fails the test if a text does not have a part.
func contains(t testing.TB, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Fatalf("%q does not have %q", text, part)
	}
}

// equal fails the test if two values differ.
func equal(t testing.TB, want, got any, about ...any) {
	t.Helper()
	if !reflect.DeepEqual(want, got) {
		t.Fatal(append([]any{"got ", got, ", want ", want, " "}, about...)...)
	}
}

// holds fails the test if something does not hold.
func holds(t testing.TB, ok bool, about ...any) {
	t.Helper()
	if !ok {
		t.Fatal(about...)
	}
}
