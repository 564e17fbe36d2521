package pgvalue_test

import (
	"testing"
	"unicode"
	"unsafe"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

func TestLower(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ in, c, cutf8, icu string }{
		{"", "", "", ""},
		{"already-lower_1", "already-lower_1", "already-lower_1", "already-lower_1"},
		{"ABCxyzXYZ[]@`{}", "abcxyzxyz[]@`{}", "abcxyzxyz[]@`{}", "abcxyzxyz[]@`{}"},
		{"Ünïcödé ÄÖ", "Ünïcödé ÄÖ", "ünïcödé äö", "ünïcödé äö"},
		{"日本 Й ẞ Dž ǅ", "日本 Й ẞ dž ǅ", "日本 й ß dž ǆ", "日本 й ß dž ǆ"},
		{"İI", "İi", "ii", "i\u0307i"},
		{"K\u212a\u212b\u2126", "k\u212a\u212b\u2126", "kkå\u03c9", "kkå\u03c9"}, // Kelvin, Angstrom, Ohm
		{"Σ", "Σ", "σ", "σ"},
		{"ΟΔΥΣΣΕΥΣ ΑΣ", "ΟΔΥΣΣΕΥΣ ΑΣ", "οδυσσευσ ασ", "οδυσσευς ας"},
		{"AΣ.", "aΣ.", "aσ.", "aς."},
		{"AΣ.b", "aΣ.b", "aσ.b", "aσ.b"},
		{"A\u0301'Σ\u0301", "a\u0301'Σ\u0301", "a\u0301'σ\u0301", "a\u0301'ς\u0301"},
		{"1Σ Σ1 ʰΣ AΣʰ", "1Σ Σ1 ʰΣ aΣʰ", "1σ σ1 ʰσ aσʰ", "1σ σ1 ʰσ aςʰ"},
		{"ǅΣ ªΣ ⒶΣ", "ǅΣ ªΣ ⒶΣ", "ǆσ ªσ ⓐσ", "ǆς ªς ⓐς"}, // title case, and cased without being letters
		{"AΣΣ", "aΣΣ", "aσσ", "aσς"},
		{"\U00010400\U0001e900\u2c2f", "\U00010400\U0001e900\u2c2f", "\U00010428\U0001e922\u2c5f", "\U00010428\U0001e922\u2c5f"},
	} {
		for mode, want := range map[pgvalue.LowerMode]string{pgvalue.LowerC: test.c, pgvalue.LowerCUTF8: test.cutf8, pgvalue.LowerICU: test.icu} {
			if got := pgvalue.Lower(mode, test.in); got != want {
				t.Errorf("mode %d: lower(%q) is %q, want %q", mode, test.in, got, want)
			}
		}
	}
}

// PostgreSQL's own full mapping differs from ICU's where nothing but case-ignorable characters
// precedes a Σ. What is expected is from PostgreSQL 18.4.
func TestLowerUnicodeFast(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Σ": "σ", ".Σ": ".ς", "..Σ": "..ς", "\u0307Σ": "\u0307ς", ".Σa": ".σa", ".Σ日": ".ς日", "日.Σ": "日.σ", ".ΣΣ": ".σς", "a.Σ.": "a.ς.",
		"Σ.": "σ.", "aΣ.a": "aσ.a", "1Σ": "1σ", "\u00adΣ": "\u00adς", "aΣ\u00ada": "aσ\u00ada", "ʰΣ": "ʰς", "'Σ": "'ς", "İ": "i\u0307",
	} {
		if got := pgvalue.Lower(pgvalue.LowerUnicodeFast, in); got != want {
			t.Errorf("lower(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestLowerDefaultsToCUTF8(t *testing.T) {
	t.Parallel()
	var mode pgvalue.LowerMode
	if mode != pgvalue.LowerCUTF8 {
		t.Errorf("the zero mode is not LowerCUTF8")
	}
}

// newerThanUnicode15 has the capital letters of later versions. The comment of LowerMode
// names the version of Go's tables and must be updated with it.
var newerThanUnicode15 = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1c89, Hi: 0x1c89, Stride: 1},
		{Lo: 0xa7cb, Hi: 0xa7cc, Stride: 1},
		{Lo: 0xa7ce, Hi: 0xa7ce, Stride: 1},
		{Lo: 0xa7d2, Hi: 0xa7d4, Stride: 2},
		{Lo: 0xa7da, Hi: 0xa7dc, Stride: 2},
	},
	R32: []unicode.Range32{
		{Lo: 0x10d50, Hi: 0x10d65, Stride: 1},
		{Lo: 0x16ea0, Hi: 0x16eb8, Stride: 1},
	},
}

func TestLowerMapsTheLettersOfUnicode15(t *testing.T) {
	t.Parallel()
	// The numbers of PostgreSQL 15 with glibc 2.36 and, including İ, with ICU 72.
	const letters = 1433
	for _, mode := range []pgvalue.LowerMode{pgvalue.LowerCUTF8, pgvalue.LowerICU, pgvalue.LowerUnicodeFast} {
		mapped := 0
		for r := rune(1); r <= unicode.MaxRune; r++ {
			if r >= 0xd800 && r < 0xe000 || unicode.Is(newerThanUnicode15, r) {
				continue
			}
			if s := string(r); pgvalue.Lower(mode, s) != s {
				mapped++
			}
		}
		if mapped != letters {
			t.Errorf("mode %d maps %d code points, want %d", mode, mapped, letters)
		}
	}
	if pgvalue.Lower(pgvalue.LowerCUTF8, "\u1c89") != "\u1c89" {
		t.Error("Go's tables are of Unicode 16 or later: check them against a server and update LowerMode's comment")
	}
}

func TestLowerAllocatesOnlyForWhatChanges(t *testing.T) {
	t.Parallel()
	for _, mode := range []pgvalue.LowerMode{pgvalue.LowerCUTF8, pgvalue.LowerC, pgvalue.LowerICU, pgvalue.LowerUnicodeFast} {
		in := "a-workspace-name"
		if got := pgvalue.Lower(mode, in); unsafe.StringData(got) != unsafe.StringData(in) {
			t.Errorf("mode %d copies %q", mode, in)
		}
	}
}
