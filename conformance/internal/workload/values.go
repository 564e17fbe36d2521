package workload

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/generator"
	"github.com/tasktwin/tasktwin/conformance/internal/program"
)

// time returns one of a few instants, so that rows tie. Some are between two
// microseconds, or rarely at the limits of timestamptz.
func (g *Generator) time() time.Time {
	t := program.Epoch.Add(time.Duration(g.Int(240)) * 30 * time.Second)
	switch g.Int(g.preset.oddly(60)) {
	case 0:
		t = t.Add(time.Duration(g.Int(3000)))
	case 1:
		t = t.Add(time.Duration(g.Int64(int64(time.Hour))))
	case 2:
		t = t.In(time.FixedZone("", 5*3600+1800))
	case 3:
		if g.OneIn(4) {
			t = generator.Pick(g.Generator, Extremes)
		}
	}
	return t
}

// Extremes are times at the limits of timestamptz, and beyond them.
var Extremes = []time.Time{
	{},
	time.Date(-4713, 11, 24, 0, 0, 0, 0, time.UTC),
	time.Date(-4713, 11, 23, 23, 59, 59, 999_999_000, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	time.Date(294276, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	time.Date(294277, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(1969, 12, 31, 23, 59, 59, 999_999_500, time.UTC),
}

func (g *Generator) nullTime(oneIn int) sql.NullTime {
	if g.OneIn(oneIn) {
		return sql.NullTime{}
	}
	return sql.NullTime{Time: g.time(), Valid: true}
}

// oddNames are limits and special cases of text, varchar and lower().
var oddNames = []string{
	"", " ", "Ä", "ä", "ÄÖÜ", "äöü", "İ", "i̇", "ΑΣ", "ας", "ασ", "ß", "ẞ", "Ǆ", "ǆ", "ǅ", "K", "k", "日本", "😀",
	"a\x00b", "\xff", "a\xc3", "\xed\xa0\x80", "it's", `back\slash`, "tab\t", "a ", "A ",
	strings.Repeat("x", 64), strings.Repeat("x", 65), strings.Repeat("x", 64) + "  ",
	strings.Repeat("ü", 64), strings.Repeat("ü", 65), strings.Repeat("y", 127), strings.Repeat("y", 128),
	strings.Repeat("y", 127) + " ",
}

// caseNames are names that differ only by case, in several scripts.
var caseNames = []string{
	"Ärger", "ärger", "ΟΔΟΣ", "οδος", "οδοσ", "Яма", "яма", "STRASSE", "straße", "İzmir", "i̇zmir", "Ǆ", "ǆ",
}

// name returns one of n plain names, in upper or lower case, or rarely an odd one.
func (g *Generator) name(prefix string, n int) string {
	if g.preset.plain {
		return prefix + g.Fresh().String()
	}
	if g.OneIn(g.preset.oddly(25)) {
		return generator.Pick(g.Generator, oddNames)
	}
	if g.OneIn(12) {
		return generator.Pick(g.Generator, caseNames)
	}
	if g.OneIn(4) {
		prefix = strings.ToUpper(prefix)
	}
	return fmt.Sprintf("%s%d", prefix, g.Int(n))
}

var objects = []string{
	`{}`, `{"b":1,"a":2}`, `{"aa":1,"b":2,"a":3,"a":4}`, ` { "x" : [ 1 , 2.50 , 1e2 , -0 , true , null ] } `,
	`{"ä":"é\u00e9","\ud83d\ude00":"\n\t\"\\\/"}`, `{"n":0.0000001,"m":123456789012345678901234567890.5}`, `{"":{}}`,
	`{"nested":{"z":1,"y":{"x":[[],{}]}}}`,
}

// tooDeep is JSON that nests deeper than any server allows. How deep that is depends on the
// server's build, its version and max_stack_depth: of arrays, from 14,545 to 21,816 with
// the default, and in memdb 10,000. So no value nests deeper than that and less deep than
// this one.
var tooDeep = strings.Repeat("[", 60_000)

var oddJSON = []string{
	`null`, `[]`, `1`, `"text"`, `true`, `{`, `{"a":}`, `nul`, ``, ` `, `{"a":"\u0000"}`, `"\ud800"`, `{"a":1}x`, `01`, `1.`,
	"\"\x01\"", "{\"a\":\"\xff\"}", "{\"a\":\"\x00\"}", `{"a":1,}`, `"\x"`, `1e400`, `-`, `[1,]`, `1e200000`, tooDeep,
}

func (g *Generator) json() json.RawMessage {
	switch g.Int(g.preset.oddly(30)) {
	case 0:
		return json.RawMessage(generator.Pick(g.Generator, oddJSON))
	case 1:
		return nil
	}
	return json.RawMessage(generator.Pick(g.Generator, objects))
}

// longMessages are at lengths from which an engine may store a text differently.
var longMessages = []string{strings.Repeat("ü", 511), strings.Repeat("ü", 512), strings.Repeat("long ", 800)}

func (g *Generator) message() string {
	if g.OneIn(g.preset.oddly(200)) {
		return generator.Pick(g.Generator, longMessages)
	}
	if g.OneIn(g.preset.oddly(30)) {
		return generator.Pick(g.Generator, oddNames)
	}
	return generator.Pick(g.Generator, []string{"", "reading the code", "running tests", "Done. ✓", "line\nline"})
}

func (g *Generator) nullMessage() sql.NullString {
	if g.OneIn(2) {
		return sql.NullString{}
	}
	return sql.NullString{String: g.message(), Valid: true}
}

// value returns a value of an enum, or rarely an invalid one.
func value[E ~string](g *Generator, from []E) E {
	if g.OneIn(g.preset.oddly(150)) {
		return generator.Pick(g.Generator, []E{"", "bogus", E(strings.ToUpper(string(from[0])))})
	}
	return generator.Pick(g.Generator, from)
}

func (g *Generator) buildNumber() int32 {
	if g.preset.plain {
		return int32(g.Int(math.MaxInt32))
	}
	if g.OneIn(g.preset.oddly(50)) {
		return generator.Pick(g.Generator, []int32{0, -1, 1 << 30, -1 << 31, 1<<31 - 1})
	}
	return int32(g.Int(7)) + 1
}

// txOptions returns the options of a generated transaction, a *tasktwin.TxOptions.
func (g *Generator) txOptions() any {
	if g.OneIn(2) {
		return nil
	}
	return &tasktwin.TxOptions{
		Isolation: generator.Pick(g.Generator, []tasktwin.IsolationLevel{
			"", tasktwin.ReadCommitted, tasktwin.RepeatableRead, tasktwin.Serializable,
		}),
		ReadOnly: g.OneIn(8),
	}
}

func (g *Generator) nullable(id uuid.UUID, oneIn int) uuid.NullUUID {
	if g.OneIn(oneIn) {
		return uuid.NullUUID{}
	}
	return uuid.NullUUID{UUID: id, Valid: true}
}

// list returns a list of ids, which is rarely empty or nil. Some are listed twice.
func (g *Generator) list(kind int) []uuid.UUID {
	if g.OneIn(20) {
		return nil
	}
	ids := []uuid.UUID{}
	for range g.Int(6) {
		id := g.Known(kind)
		if ids = append(ids, id); g.OneIn(8) {
			ids = append(ids, id)
		}
	}
	return ids
}
