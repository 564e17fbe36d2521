package pgvalue_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func BenchmarkJSONB(b *testing.B) {
	var large strings.Builder
	large.WriteString(`{"messages":[`)
	for i := range 1000 {
		fmt.Fprintf(&large, `{"time":%d.5,"role":"agent","content":"line %d\n\tof a \"log\"","id":%d},`, i, i, i)
	}
	large.WriteString(`{}]}`)
	for _, bench := range []struct{ name, in string }{
		{"Empty", `{}`},
		{"Canonical", `{"cpu": "4", "gpu": false, "image": "ubuntu:24.04", "region": "eu-west-1"}`},
		{"Unsorted", `{"region":"eu-west-1","image":"ubuntu:24.04","gpu":false,"cpu":"4"}`},
		{"Numbers", `[1,2.50,-3,4e2,5.5e-3]`},
		{"Large", large.String()},
	} {
		b.Run(bench.name, func(b *testing.B) {
			in := []byte(bench.in)
			b.ReportAllocs()
			b.SetBytes(int64(len(in)))
			for b.Loop() {
				if _, err := pgvalue.JSONB(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := pgvalue.Text("Fix the flaky test of the parser"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVarchar(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pgvalue.Varchar("a-workspace-name", 64); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTimestamptz(b *testing.B) {
	now := time.Date(2025, 6, 1, 12, 0, 0, 123456789, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pgvalue.Timestamptz(now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLower(b *testing.B) {
	for _, bench := range []struct {
		name string
		mode pgvalue.LowerMode
		in   string
	}{
		{"LowerASCII", pgvalue.LowerCUTF8, "a-workspace-name"},
		{"MixedASCII", pgvalue.LowerCUTF8, "A-Workspace-Name"},
		{"CUTF8", pgvalue.LowerCUTF8, "Ünïcödé Ñame"},
		{"ICU", pgvalue.LowerICU, "ΟΔΥΣΣΕΥΣ"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = pgvalue.Lower(bench.mode, bench.in)
			}
		})
	}
}
