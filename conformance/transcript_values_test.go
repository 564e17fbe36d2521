package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/conformance/internal/program"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// valueInput is an input of one of the rules for values.
type valueInput struct{ rule, input string }

// The rules for values. The rule for lower() is followed by a mode.
const (
	ruleJSONB   = "jsonb"
	ruleVarchar = "varchar"
	ruleLower   = "lower"
	ruleTime    = "timestamptz"
	ruleRound   = "round"
)

// rules returns functions that apply this module's implementation of each rule, as a major
// version of PostgreSQL does.
func rules(t *testing.T, version int) map[string]func(string) (string, error) {
	t.Helper()
	var milliseconds func(int64) int64
	out := map[string]func(string) (string, error){
		ruleJSONB: ourJSONB(version), ruleVarchar: ourVarchar,
		ruleTime: func(s string) (string, error) {
			at, err := program.ParseTime(s)
			if err != nil {
				return "", err
			}
			held, err := pgvalue.Timestamptz(at)
			return program.TimeText(held), err
		},
		ruleRound: func(s string) (string, error) {
			if milliseconds == nil {
				milliseconds = activeMilliseconds(t)
			}
			n, err := strconv.ParseInt(s, 10, 64)
			return strconv.FormatInt(milliseconds(n), 10), err
		},
	}
	for mode := range lowerModes {
		out[ruleLower+fmt.Sprint(mode)] = func(s string) (string, error) { return pgvalue.Lower(mode, s), nil }
	}
	return out
}

// recordValues generates about n inputs for each rule. It returns them with the
// sums of the server's results, and requires this module to have the same results.
func recordValues(t *testing.T, seed uint64, n int) ([]valueInput, []sum) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	pool := valueServer(t)
	var values []valueInput
	var answers []string
	record := func(rule, sql string, inputs []string) {
		for part := range slices.Chunk(inputs, batch) {
			var sent [][]byte
			for _, input := range part {
				sent = append(sent, []byte(input))
				values = append(values, valueInput{rule, input})
			}
			answers = append(answers, ask[string](t, pool, sql, sent)...)
		}
	}
	record(ruleJSONB, askJSONB, append(repeat(n, func() string { return document(r) }), specialDocuments()...))
	record(ruleVarchar, askVarchar, repeat(n, func() string { return varcharText(r) }))
	for _, mode := range slices.Sorted(maps.Keys(lowerModes)) {
		collation := lowerModes[mode]
		if lacksLower(t, pool, collation) == "" {
			texts := append(specialLetters(), repeat(n, func() string { return lowerText(r) })...)
			unknown := unknownToOne(t, pool, mode, collation)
			texts = slices.DeleteFunc(texts, func(s string) bool { return strings.ContainsAny(s, unknown) })
			record(ruleLower+fmt.Sprint(mode), askLower(collation), texts)
		}
	}
	times, held := recordTimes(t, pool, repeat(n, func() time.Time { return instant(r) }))
	values, answers = append(values, times...), append(answers, held...)
	micros := repeat(n, func() int64 { return roundedMicros(r) })
	rounded := ask[int64](t, pool, askRounded, micros)
	for i := range micros {
		values = append(values, valueInput{ruleRound, strconv.FormatInt(micros[i], 10)})
		answers = append(answers, strconv.FormatInt(rounded[i], 10))
	}

	ours := rules(t, twinOptions(t).PostgresVersion)
	sums := make([]sum, len(values))
	for i, v := range values {
		got := answerText(ours[v.rule](v.input))
		if !isAcceptedValue(t, got, answers[i]) {
			require.Equal(t, answers[i], got, "%s of %q", v.rule, v.input)
		}
		sums[i] = sumOf(got)
	}
	return values, sums
}

func repeat[T any](n int, next func() T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = next()
	}
	return out
}

// recordTimes asks for many times at once, and for the first few that are out of
// range one at a time: a bad value fails its whole batch.
func recordTimes(t *testing.T, pool *pgxpool.Pool, times []time.Time) (values []valueInput, answers []string) {
	t.Helper()
	var sent []time.Time
	refused := 0
	for _, at := range append(specialTimes(), times...) {
		if _, err := pgvalue.Timestamptz(at); err == nil {
			sent = append(sent, at)
			values = append(values, valueInput{ruleTime, program.TimeText(at.UTC())})
			continue
		}
		if refused++; refused < 50 {
			requireOutOfRange(t, pool, at)
			values, answers = append([]valueInput{{ruleTime, program.TimeText(at.UTC())}}, values...), append(answers, "!22008")
		}
	}
	for _, at := range ask[time.Time](t, pool, askTimes, sent) {
		answers = append(answers, program.TimeText(at.UTC()))
	}
	return values, answers
}

// specialTimes returns times at the limits.
func specialTimes() []time.Time {
	var out []time.Time
	for _, micros := range []int64{-211813488000_000000, 9223371331200_000000, 0} {
		for d := int64(-2); d <= 2; d++ {
			out = append(out, time.Unix(946684800+micros/1_000_000, (micros%1_000_000+d)*1000))
		}
	}
	return out
}

// specialDocuments returns JSON documents at the limits, which random generation
// rarely finds.
func specialDocuments() []string {
	var out []string
	for _, exponent := range []int{131070, 131071, 131072, -16381, -16382, -16383, -16384} {
		for _, digits := range []string{"1", "0", "10", "0.1", "0.01", "1.5", "-1", "-0", "0.0", "0.10", "0.000001"} {
			out = append(out, fmt.Sprintf("%se%d", digits, exponent))
		}
	}
	for _, zeros := range []int{16382, 16383, 16384, 131071, 131072} {
		long := strings.Repeat("0", zeros)
		out = append(out, "0."+long, "0."+long[1:]+"1", "1"+long, "-1"+long[1:],
			"1"+long+"e-1", "1"+long+"e1", "0."+long+"e1", "0."+long+"1e1")
	}
	for _, exponent := range []string{"1073741822", "1073741823", "1073741824", "9223372036854775807", "99999999999999999999"} {
		out = append(out, "0e"+exponent, "0e-"+exponent, "1e"+exponent, "1e-"+exponent)
	}
	for r := range rune(0x180) { // each alone, and after the start of a token
		for _, before := range []string{"", `"`, `"\`, "1", "1e", "tru", `"\u000`, "[1", `{"a"`} {
			after := map[byte]string{0: "", '"': `"`}[(before + "\x00")[0]]
			out = append(out, before+string(r)+after)
		}
	}
	for r := range rune(0x180) {
		out = append(out, fmt.Sprintf(`"\u%04x"`, r), fmt.Sprintf(`"a\u%04X\n"`, r))
	}
	// Which of two errors is reported depends on where a token ends.
	for r := range rune(0x180) {
		for _, before := range []string{"", "true", "tru", "1", "-", "0.", "0.5", "1e", "1e5", "1E+", "[", "{", "]", ","} {
			out = append(out, "1e200000 "+before+string(r))
		}
	}
	for n := range 66 { // some fill their allocation, so that reading past the end is noticed
		for _, end := range []string{`\`, `\u`, `\u1`, `\u12`, `\u123`, `\u1234`, `\ud800`, `\n`, ""} {
			out = append(out, `"`+strings.Repeat("a", n)+end)
		}
		spaces := strings.Repeat(" ", n)
		out = append(out, spaces+"-", spaces+"1e", spaces+"1.", spaces+"tru")
	}
	for _, before := range []string{
		"", `"a"`, "1", "true", "[", `["a"`, "[1", "[1,", "[[]",
		"{", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":"b"`, "{}", "[]", `{"a":[]`, "[{}",
	} {
		for _, after := range []string{`"\u0000"`, `"`, "1e200000", "nul", "]", "}", ",", ":", "1", `"a"`} {
			out = append(out, before+after, before+" "+after)
		}
	}
	out = append(out, `"\ud800\ud800\udc00"`, `"\nau0041"`, `"\n\\u0041"`, `"\nu0041"`, `"\u0041u0042"`, `"\ud800u\udc00"`)
	for _, r := range []int{1, 0x1f, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff} {
		escape := fmt.Sprintf(`\u%04x`, r)
		out = append(out, `"`+escape+`"`, `"`+escape+`x"`, `"`+escape+escape+`"`, `"`+escape+`\udc00"`,
			`"\ud800`+escape+`"`, `"`+escape+`\n"`, `"`+escape)
	}
	for _, n := range []int{1, 2, 9998, 9999, 10000} {
		out = append(out, strings.Repeat("[", n)+strings.Repeat("]", n),
			strings.Repeat(`{"a":`, n)+"1"+strings.Repeat("}", n), strings.Repeat("[", n))
	}
	return append(out, `{"b":1,"a":2,"b":3,"aa":4,"a":5}`, `{"a":1,"a":2}`, `{"a":1,"b":2,"a":3}`, `{"\u0061":1,"a":2}`, `{"a":{},"b":[]}`)
}

// specialLetters returns texts in which lower() of a letter depends on its
// neighbours.
func specialLetters() []string {
	var out []string
	for _, r := range "'.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a" {
		for _, c := range []rune{r - 1, r, r + 1} {
			out = append(out, "Σ"+string(c), "AΣ"+string(c), "A"+string(c)+"Σ", "AΣ"+string(c)+"A", "A Σ"+string(c), string(c)+"Σ")
		}
	}
	for r := rune(1); r < 0x180; r++ {
		out = append(out, string(r), "a"+string(r), "AΣ"+string(r), string(r)+"Σ", string(r)+"A")
	}
	return append(out, "AΣ\u0301", "AΣ\u0488", "AΣ\u0488A", "A\u0488Σ", "AΣ\u0301A", "A\u0301Σ", "AΣʰ", "ʰΣ", "ǅΣ", "AΣǅ",
		"ªΣ", "ⅣΣ", "AΣ\u00ad", "A\u00adΣ", "Σ", "ΣΣ", "aΣ", "İ", "aİ", "Aİb")
}
