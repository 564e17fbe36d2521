package replay

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"

	"github.com/tasktwin/tasktwin/memdb"
)

// namedLog returns a log of ten minutes of work by actors with these names.
func namedLog(names ...string) string {
	var b strings.Builder
	b.WriteString(head)
	for i, name := range names {
		at := time.Date(2025, 3, 3, 10, i, 0, 0, time.UTC)
		b.WriteString(name + " #1,activity of " + name + "," + name + "," + at.Format(time.DateTime) + "," +
			at.Add(10*time.Minute).Format(time.DateTime) + "\n")
	}
	return b.String()
}

func encoded(t *testing.T, text string, in encoding.Encoding) string {
	t.Helper()
	out, err := in.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

// requireNames requires that a log has the work of actors with these names.
func requireNames(t *testing.T, log string, opts Options, names ...string) *Summary {
	t.Helper()
	db, sum, report := replayed(t, log, opts)
	require.Equal(t, [3]int{len(names), len(names), 0}, [3]int{sum.Rows, sum.Work, sum.Skipped})
	require.Equal(t, time.Duration(len(names))*10*time.Minute, time.Duration(report.Active.SumMS)*time.Millisecond)
	dump, err := db.Dump(t.Context())
	require.NoError(t, err)
	var got []string
	for _, task := range dump.Tasks {
		got = append(got, strings.TrimSuffix(task.DisplayName, " #1"))
	}
	require.ElementsMatch(t, names, got)
	return sum
}

var bom16 = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)

// A log whose bytes leave no doubt is read in its encoding, which is a warning if
// it is not Unicode.
func TestEncodingsThatAreClear(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    encoding.Encoding
		names []string
		found string // or empty for Unicode
	}{
		"UTF-16":               {bom16, []string{"Müller", "Иванов", "山田"}, ""},
		"UTF-16, big end":      {unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM), []string{"Müller", "山田"}, ""},
		"UTF-16, no mark":      {unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), []string{"Müller", "山田"}, ""},
		"UTF-16BE, no mark":    {unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), []string{"Müller", "山田"}, ""},
		"UTF-32":               {utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), []string{"Müller", "山田"}, ""},
		"German":               {charmap.Windows1252, []string{"Müller", "Groß", "Jäger", "Öztürk"}, "windows-1252"},
		"one letter":           {charmap.ISO8859_1, []string{"Müller"}, "windows-1252"},
		"German, on OS X":      {charmap.Macintosh, []string{"Müller", "Groß", "Jäger"}, "macintosh"},
		"German, DOS":          {charmap.CodePage850, []string{"Müller", "Jäger", "Köhler"}, "ibm850"},
		"French":               {charmap.Windows1252, []string{"Michèle", "François", "Zoé", "Benoît"}, "windows-1252"},
		"Spanish":              {charmap.ISO8859_1, []string{"Muñoz", "Pérez", "García", "Martín", "Ibáñez"}, "windows-1252"},
		"Portuguese":           {charmap.Windows1252, []string{"João", "Conceição", "Magalhães"}, "windows-1252"},
		"Swedish":              {charmap.ISO8859_1, []string{"Åsa", "Björk", "Söderström", "Hägglund", "Måns"}, "windows-1252"},
		"Danish":               {charmap.ISO8859_1, []string{"Jørgen", "Kjær", "Åse", "Pålsson"}, "windows-1252"},
		"Polish":               {charmap.Windows1250, []string{"Paweł", "Łukasz", "Kamińska", "Dąbrowski", "Wiśniewski"}, "windows-1250"},
		"Polish, ISO":          {charmap.ISO8859_2, []string{"Paweł", "Kamińska", "Dąbrowski", "Wiśniewski"}, "iso-8859-2"},
		"Turkish":              {charmap.Windows1254, []string{"Şahin", "Yıldız", "Gökçe", "Ağaoğlu"}, "windows-1254"},
		"typographic":          {charmap.Windows1252, []string{"O’Brien", "Müller"}, "windows-1252"},
		"a euro sign":          {charmap.Windows1252, []string{"5 € Müller"}, "windows-1252"},
		"a euro sign, Latin-9": {charmap.ISO8859_15, []string{"5 € Müller"}, "iso-8859-15"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := encoded(t, namedLog(c.names...), c.in)
			sum := requireNames(t, log, Options{}, c.names...)
			requireNames(t, zipped(t, log), Options{}, c.names...)
			if c.found == "" {
				require.Empty(t, sum.Warnings)
				return
			}
			require.Len(t, sum.Warnings, 1)
			require.Contains(t, sum.Warnings[0], "the log is not UTF-8; it is read as "+c.found+", such as ")

			// What cannot be read twice is refused, and says which encoding it has.
			_, _, err := Record(t.Context(), io.MultiReader(strings.NewReader(log)), Options{})
			require.ErrorContains(t, err, "use --encoding "+c.found)
			_, _, err = Record(t.Context(), io.MultiReader(strings.NewReader(log)), Options{Encoding: Encoding(c.found)})
			require.NoError(t, err)
		})
	}
}

// A log that could be in several encodings, or in none that is known, is refused,
// unless its encoding is given.
func TestEncodingsThatAreNotClear(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    encoding.Encoding
		given Encoding
		names []string
		wants []string
	}{
		"French or Czech": {charmap.Windows1252, "ISO-8859-1", []string{"Michèle"}, []string{
			`"Michèle" in windows-1252`, `"Michčle" in windows-1250`,
		}},
		"Czech": {charmap.Windows1250, "windows-1250", []string{"Novotný", "Svoboda", "Dvořák"}, []string{"windows-1250"}},
		"Russian": {
			charmap.Windows1251, "windows-1251", []string{"Иванов", "Петров"}, []string{`"Иванов" in windows-1251`, `in koi8-r`},
		},
		"Russian, KOI8": {charmap.KOI8R, "koi8-r", []string{"Иванов", "Петров"}, []string{`"Иванов" in koi8-r`, "in windows-1251"}},
		"Greek":         {charmap.Windows1253, "windows-1253", []string{"Γιώργος", "Νίκος"}, []string{"in windows-1253"}},
		"Japanese":      {japanese.ShiftJIS, "shift_jis", []string{"山田", "佐藤"}, []string{"not clear"}},
		"Chinese":       {simplifiedchinese.GBK, "gbk", []string{"张伟", "王芳"}, []string{"not clear"}},
		"Korean":        {korean.EUCKR, "euc-kr", []string{"김철수", "이영희"}, []string{"not clear"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := encoded(t, namedLog(c.names...), c.in)
			_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(log), Options{SkipBad: true})
			require.Error(t, err)
			for _, want := range append(c.wants, "not clear", "--encoding") {
				require.ErrorContains(t, err, want)
			}
			require.Empty(t, requireNames(t, log, Options{Encoding: c.given}, c.names...).Warnings)
		})
	}
}

// A given encoding is not second-guessed.
func TestGivenEncoding(t *testing.T) {
	t.Parallel()
	log := encoded(t, namedLog("Müller"), charmap.Windows1252)
	_, err := Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(log), Options{Encoding: "utf-8"})
	require.ErrorContains(t, err, "line 2, byte 2: byte 0xFC is not UTF-8 (1 of 2 lines have such bytes): correct the file")
	requireNames(t, log, Options{Encoding: "windows-1251"}, "Mьller")
	requireNames(t, encoded(t, namedLog("Müller"), bom16), Options{Encoding: "UTF-16"}, "Müller")
	_, err = Run(t.Context(), memdb.New(memdb.Options{}), strings.NewReader(namedLog("a")+"\xff\xff\n"), Options{Encoding: "shift_jis"})
	require.ErrorContains(t, err, "line 3: a character is not shift_jis (1 of 3 lines have such)")

	var e Encoding
	for _, name := range []string{
		"utf-8", "UTF8", "auto", "latin1", "windows-1252", "IBM850", "cp1250", "macintosh", "GB18030", "utf-16be", "utf-32",
	} {
		require.NoError(t, e.UnmarshalText([]byte(name)), name)
		require.Equal(t, Encoding(name), e)
	}
	for _, name := range []string{"utf-9", "x", "replacement"} {
		require.Error(t, e.UnmarshalText([]byte(name)), name)
	}
}

// An XML declaration says which encoding an XES log has.
func TestDeclaredEncoding(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("UTF-8", "ISO-8859-1", "ada", "Michèle").Replace(xesLog)
	db, sum, _ := replayed(t, encoded(t, text, charmap.ISO8859_1), Options{})
	require.Equal(t, 7, sum.Rows)
	require.Empty(t, sum.Warnings[1:]) // but that of the row without a counterpart
	dump, err := db.Dump(t.Context())
	require.NoError(t, err)
	require.Contains(t, []string{dump.Users[0].Name, dump.Users[1].Name, dump.Users[2].Name}, "Michèle")

	text = strings.NewReplacer("UTF-8", "UTF-16", "ada", "Michèle").Replace(xesLog)
	_, sum, _ = replayed(t, encoded(t, text, bom16), Options{})
	require.Equal(t, 7, sum.Rows)
}

// What the bytes tell does not depend on the rest of the log, and no text is read
// in an encoding in which another text is as likely.
func FuzzGuess(f *testing.F) {
	f.Add([]byte("M\xfcller"))
	f.Add([]byte("Mich\xe8le, Zo\xe9"))
	f.Add([]byte("\xc8\xe2\xe0\xed\xee\xe2"))
	f.Fuzz(func(t *testing.T, line []byte) {
		var e evidence
		e.add(line)
		found, _ := e.decide()
		if found == "" {
			return
		}
		decoder, err := found.decoder()
		require.NoError(t, err)
		want, err := decoder.Bytes(line)
		require.NoError(t, err)
		for i := range candidates {
			if _, ok := candidates[i].reads(&e); ok {
				got, err := candidates[i].chars.NewDecoder().Bytes(line)
				require.NoError(t, err)
				require.Equal(t, want, got)
			}
		}
	})
}
