package replay

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// evidence is what the bytes beyond ASCII of a log tell of its encoding. It is
// collected from the lines that are not UTF-8.
type evidence struct {
	seen [256]bool
	// inWord, and inLower, say that a byte occurs between two ASCII letters, and
	// where only a lower-case letter is likely: after a lower-case letter, or between
	// an upper-case and a lower-case one.
	inWord, inLower [256]bool
	// longest is the length of the longest run of bytes beyond ASCII.
	longest int
	// single says that a run has one byte only, alone that a longer one touches no
	// ASCII letter, and touching that a run touches one.
	single, alone, touching bool
	// utf8 says that the log has characters beyond ASCII that are UTF-8.
	utf8 bool
	// word is the first word with such a byte.
	word string
}

func isLetter(b byte) bool { return isLower(b) || b >= 'A' && b <= 'Z' }
func isLower(b byte) bool  { return b >= 'a' && b <= 'z' }

// add adds a line that is not UTF-8.
func (e *evidence) add(line []byte) {
	at := func(i int) byte {
		if i < 0 || i >= len(line) {
			return 0
		}
		return line[i]
	}
	for i := 0; i < len(line); i++ {
		if line[i] < utf8.RuneSelf {
			continue
		}
		end := i
		for end < len(line) && line[end] >= utf8.RuneSelf {
			if r, size := utf8.DecodeRune(line[end:]); r != utf8.RuneError && size > 1 {
				e.utf8 = true
			}
			end++
		}
		before, after := at(i-1), at(end)
		for j := i; j < end; j++ {
			e.seen[line[j]] = true
		}
		if end-i == 1 {
			b := line[i]
			e.inWord[b] = e.inWord[b] || isLetter(before) && isLetter(after)
			e.inLower[b] = e.inLower[b] || isLower(before) || isLetter(before) && isLower(after)
		}
		touches := isLetter(before) || isLetter(after)
		e.longest = max(e.longest, end-i)
		e.single = e.single || end-i == 1
		e.alone = e.alone || end-i > 1 && !touches
		e.touching = e.touching || touches
		if e.word == "" {
			e.word = wordAt(line, i, end)
		}
		i = end
	}
}

// wordAt returns the word around some bytes of a line.
func wordAt(line []byte, from, to int) string {
	const most = 20
	inside := func(b byte) bool { return b >= utf8.RuneSelf || isLetter(b) }
	begin, end := from, to
	for begin > 0 && from-begin < most && inside(line[begin-1]) {
		begin--
	}
	for end < len(line) && end-to < most && inside(line[end]) {
		end++
	}
	return string(line[begin:min(end, begin+3*most)])
}

// The letters beyond ASCII of languages, in lower case.
const (
	german     = "äöüß"
	french     = "àâæçèéêëîïôœùûüÿ"
	spanish    = "áéíñóúü"
	portuguese = "áàâãçéêíóôõúü"
	italian    = "àèéìíîòóùú"
	dutch      = "áéèëïíóöüú"
	danish     = "æøåéèêóòâôü"
	swedish    = "åäöéüà"
	icelandic  = "áðéíóúýþæö"
	english    = "éèêëïçñöüôâ"
	polish     = "ąćęłńóśźż"
	czech      = "áčďéěíňóřšťúůýž"
	slovak     = "áäčďéíĺľňóôŕšťúýž"
	hungarian  = "áéíóöőúüű"
	croatian   = "čćđšž"
	romanian   = "ăâîşţșț"
	turkish    = "çğıöşüâîû"
	estonian   = "äõöüšž"
	lithuanian = "ąčęėįšųūž"
	latvian    = "āčēģīķļņšūž"
	russian    = "абвгдежзийклмнопрстуфхцчшщъыьэюяё"
	ukrainian  = "абвгдежзийклмнопрстуфхцчшщьюяґєії"
	greek      = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
)

// signs are characters other than letters that texts in these languages have.
const signs = "\u00a0«»‹›„“”‚‘’–—…€£§°·•²³µ½¼¾×±®©™ªº¿¡´"

// candidate is an encoding of one byte for each character, and the languages that
// it is used for.
type candidate struct {
	name      Encoding
	chars     *charmap.Charmap
	latin     bool
	languages []string
}

var (
	western  = []string{german, french, spanish, portuguese, italian, dutch, danish, swedish, icelandic, english}
	central  = []string{german, polish, czech, slovak, hungarian, croatian, romanian}
	baltic   = []string{german, estonian, lithuanian, latvian}
	cyrillic = []string{russian, ukrainian}

	candidates = []candidate{
		{"windows-1252", charmap.Windows1252, true, western},
		{"iso-8859-15", charmap.ISO8859_15, true, western},
		{"macintosh", charmap.Macintosh, true, western},
		{"ibm850", charmap.CodePage850, true, []string{german, french, spanish, italian, dutch, danish, swedish}},
		{"windows-1250", charmap.Windows1250, true, central},
		{"iso-8859-2", charmap.ISO8859_2, true, central},
		{"ibm852", charmap.CodePage852, true, central},
		{"windows-1254", charmap.Windows1254, true, []string{turkish}},
		{"windows-1257", charmap.Windows1257, true, baltic},
		{"windows-1251", charmap.Windows1251, false, cyrillic},
		{"koi8-r", charmap.KOI8R, false, cyrillic},
		{"iso-8859-5", charmap.ISO8859_5, false, cyrillic},
		{"windows-1253", charmap.Windows1253, false, []string{greek}},
		{"iso-8859-7", charmap.ISO8859_7, false, []string{greek}},
	}
)

// reads returns the characters that the bytes of the log are in an encoding, or
// false if that is no likely text.
func (c *candidate) reads(e *evidence) (string, bool) {
	if c.latin && (e.longest > 2 || e.alone || !e.single) || !c.latin && e.touching {
		return "", false
	}
	var all, letters []rune
	for b := range 256 {
		if !e.seen[b] {
			continue
		}
		r := c.chars.DecodeByte(byte(b))
		all = append(all, r)
		switch {
		case unicode.IsLetter(r) && !strings.ContainsRune(signs, r):
			if e.inLower[b] && unicode.IsUpper(r) {
				return "", false
			}
			letters = append(letters, unicode.ToLower(r))
		case !strings.ContainsRune(signs, r) || e.inWord[b] && r != '’':
			return "", false
		}
	}
	ok := slices.ContainsFunc(c.languages, func(alphabet string) bool {
		return !slices.ContainsFunc(letters, func(r rune) bool { return !strings.ContainsRune(alphabet, r) })
	})
	return string(all), ok
}

// decide returns the encoding of the log if it is clear, which it is if all
// encodings in which it is a likely text read it alike. Otherwise it describes
// what is possible.
func (e *evidence) decide() (found Encoding, possible []string) {
	if e.utf8 {
		return "", nil
	}
	readings := map[string]bool{}
	latin := true
	for i := range candidates {
		c := &candidates[i]
		text, ok := c.reads(e)
		if !ok || readings[text] {
			continue
		}
		if len(readings) == 0 {
			found, latin = c.name, c.latin
		}
		readings[text] = true
		word, _ := c.chars.NewDecoder().String(e.word)
		possible = append(possible, fmt.Sprintf("%q in %s", word, c.name))
	}
	if len(readings) != 1 || !latin {
		return "", possible
	}
	return found, possible
}
