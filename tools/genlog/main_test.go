package main

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedLogIsCurrent(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("../../cmd/tasktwin/testdata/support-tickets.csv")
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := write(&got, 1, 150); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("cmd/tasktwin/testdata/support-tickets.csv is not what genlog writes: run make generate")
	}
}

func TestSeedsDiffer(t *testing.T) {
	t.Parallel()
	var a, b bytes.Buffer
	if err := write(&a, 1, 3); err != nil {
		t.Fatal(err)
	}
	if err := write(&b, 2, 3); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two seeds wrote the same log")
	}
}
