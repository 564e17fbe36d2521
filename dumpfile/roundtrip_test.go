package dumpfile

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/tasktwin/tasktwin"
)

func TestInstants(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2024-01-02T03:04:05Z":           time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC),
		"2024-01-02T03:04:05.000006Z":    time.Date(2024, 1, 2, 3, 4, 5, 6000, time.UTC),
		"2024-01-02T03:04:05.1Z":         time.Date(2024, 1, 2, 3, 4, 5, 100_000_000, time.UTC),
		"0000-01-01T00:00:00Z":           time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
		"0001-01-01T00:00:00Z":           {},
		"-0001-02-28T00:00:00Z":          time.Date(-1, 2, 28, 0, 0, 0, 0, time.UTC),
		"-4713-11-24T00:00:00Z":          first,
		"+10000-01-01T00:00:00Z":         time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
		"+294276-12-31T23:59:59.999999Z": last,
	} {
		equal(t, text, string(appendInstant(nil, want)))
		got, ok := parseInstant([]byte(text))
		holds(t, ok, text)
		equal(t, want, got)
	}
	elsewhere := time.Date(2024, 1, 2, 3, 4, 5, 0, time.FixedZone("", 3600))
	equal(t, "2024-01-02T02:04:05Z", string(appendInstant(nil, elsewhere)))
	for _, text := range []string{
		"", "2", "Z", "+", "2024-01-02", "2024-01-02T03:04:05", "2024-01-02T03:04:05+01:00", "2024-01-02t03:04:05Z", "2024-01-02 03:04:05Z",
		"2024-01-02T03:04:05.10Z", "2024-01-02T03:04:05.Z", "2024-01-02T03:04:05.", "2024-01-02T03:04:05.1234567891Z",
		"2024-01-02T03:04:60Z", "2024-13-02T03:04:05Z",
		"2023-02-29T03:04:05Z", "24-01-02T03:04:05Z", "+2024-01-02T03:04:05Z", "10000-01-01T00:00:00Z", "-0000-01-01T00:00:00Z",
		"+0010000-01-01T00:00:00Z", "99999999999999999999-01-01T00:00:00Z", "2024-01-02T03:04:05Z ", "2024-01-02T03:04:0xZ", "infinity",
	} {
		_, ok := parseInstant([]byte(text))
		holds(t, !ok, text)
	}
}

// Strings are written as JSON, and other JSON encodings of the same string can be
// read.
func TestTextIsJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", sampleRows().Organizations[0].Name, "\x00", "\b\f"} {
		line := appendText(nil, text)
		var back string
		noError(t, json.Unmarshal(line, &back))
		equal(t, text, back)

		others, err := json.Marshal(text)
		noError(t, err)
		s := scanner{line: append(append([]byte("[ "), others...), " ]"...)}
		k, got, err := s.next('[')
		noError(t, err)
		equal(t, kindText, k)
		equal(t, text, string(got))
		holds(t, s.end())
	}
	s := scanner{line: []byte(`["\ud83d\ude00\/\b\f"]`)}
	_, got, err := s.next('[')
	noError(t, err)
	equal(t, "😀/\b\f", string(got))
}

func TestBadText(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		``, `[`, `["`, `["a`, `["\`, `["\"`, `["\x"]`, `["\u12"]`, `["\uzzzz"]`, `["\ud800"]`, `["\ud800\u0041"]`, `["\udc00\ud800"]`,
		"[\"\xff\"]", "[\"\n\"]", `"a"`, `[a"`, `[]`, `[,]`,
	} {
		s := scanner{line: []byte(line)}
		k, _, err := s.next('[')
		holds(t, err != nil || k == kindNumber, line)
	}
}

// The rows and their bytes come back.
func TestRowsComeBack(t *testing.T) {
	t.Parallel()
	for name, rows := range map[string]*tasktwin.Dump{"none": empty(), "ends of types": sampleRows(), "many": statuses()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := file(t, rows)
			back, info, err := ReadWithInfo(bytes.NewReader(data))
			noError(t, err)
			holds(t, reflect.DeepEqual(filled(rows), back), "other rows")
			equal(t, by, info.CreatedBy)
			equal(t, reflect.TypeFor[tasktwin.Dump]().NumField(), len(info.Tables))
			equal(t, Count{"users", len(rows.Users)}, info.Tables[1])

			verified, err := Verify(bytes.NewReader(data))
			noError(t, err)
			equal(t, info, verified)
			equal(t, data, file(t, back), "the same rows give the same bytes")

			var out bytes.Buffer
			noError(t, Write(&out, rows))
			back, err = Read(&out)
			noError(t, err)
			holds(t, reflect.DeepEqual(filled(rows), back), "other rows")
		})
	}
}

// filled returns rows with empty slices instead of nil ones.
func filled(d *tasktwin.Dump) *tasktwin.Dump {
	out := *d
	for _, rows := range reflect.ValueOf(&out).Elem().Fields() {
		if rows.IsNil() {
			rows.Set(reflect.MakeSlice(rows.Type(), 0, 0))
		}
	}
	return &out
}

// Files of version 1 must remain readable. These contain the rows of sampleRows.
// The first was written before the header had the schema's version.
func TestVersion1(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"version1.jsonl", "version1_schema1.jsonl"} {
		data, err := os.ReadFile("testdata/" + name)
		noError(t, err)
		back, info, err := ReadWithInfo(bytes.NewReader(data))
		noError(t, err)
		equal(t, sampleRows(), back)
		equal(t, 1, info.Version)
		equal(t, 1, info.Schema)
	}
}
