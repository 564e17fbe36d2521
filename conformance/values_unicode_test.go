package conformance

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
)

// capitals are the capital letters that a version of Unicode has added. lower() of a
// library with an older version leaves them as they are.
type capitals struct {
	version int
	letters []rune
}

// addedCapitals are the capital letters of the versions after 10.0, the oldest that a
// server has been seen with. Versions that added none are left out.
var addedCapitals = []capitals{
	{11, runes(0x1c90, 0x1cba, 0x1cbd, 0x1cbf, 0xa7b8, 0xa7b8, 0x16e40, 0x16e5f)},
	{12, []rune{0xa7ba, 0xa7bc, 0xa7be, 0xa7c2, 0xa7c4, 0xa7c5, 0xa7c6}},
	{13, []rune{0xa7c7, 0xa7c9, 0xa7f5}},
	{14, append(runes(0x10570, 0x1057a, 0x1057c, 0x1058a, 0x1058c, 0x10592, 0x10594, 0x10595), 0x2c2f, 0xa7c0, 0xa7d0, 0xa7d6, 0xa7d8)},
	{16, append(runes(0x10d50, 0x10d65), 0x1c89, 0xa7cb, 0xa7cc, 0xa7da, 0xa7dc)},
	{17, append(runes(0x16ea0, 0x16eb8), 0xa7ce, 0xa7d2, 0xa7d4)},
}

// runes returns the code points of ranges, each with its first and its last.
func runes(bounds ...rune) []rune {
	var out []rune
	for i := 0; i < len(bounds); i += 2 {
		for r := bounds[i]; r <= bounds[i+1]; r++ {
			out = append(out, r)
		}
	}
	return out
}

// besideSigma are characters of which it depends on the version whether a sigma beside them
// is final: Armenian's abbreviation mark, which is case-ignorable since a version after 10.0,
// and the small letter turned ayb, which was added in 11.0.
const besideSigma = "\u055f\u0560"

// unknownToOne returns the characters for which lower() of a collation and ours differ,
// because one of them has an older version of Unicode: the letters that were added between
// the two versions, and, if the server's is older, those of besideSigma.
func unknownToOne(t *testing.T, pool *pgxpool.Pool, mode pgvalue.LowerMode, collation string) string {
	t.Helper()
	if mode == pgvalue.LowerC {
		return ""
	}
	ours, server := ourUnicode(t), serverUnicode(t, pool, collation)
	var out strings.Builder
	for _, added := range addedCapitals {
		if (added.version > server) != (added.version > ours) {
			out.WriteString(string(added.letters))
		}
	}
	if mode != pgvalue.LowerCUTF8 && server < ours {
		out.WriteString(besideSigma)
	}
	return out.String()
}

// ourUnicode returns the major version of Go's tables.
func ourUnicode(t *testing.T) int {
	t.Helper()
	major, _, _ := strings.Cut(unicode.Version, ".")
	version, err := strconv.Atoi(major)
	require.NoError(t, err)
	return version
}

// serverUnicode returns the newest version of Unicode whose capital letters lower() of a
// collation knows, or 10. It asks for the letters, because only some servers tell the version.
func serverUnicode(t *testing.T, pool *pgxpool.Pool, collation string) int {
	t.Helper()
	version := 10
	for _, added := range addedCapitals {
		var letters [][]byte
		for _, r := range added.letters {
			letters = append(letters, []byte(string(r)))
		}
		known := 0
		for i, got := range ask[string](t, pool, askLower(collation), letters) {
			if got != string(letters[i]) {
				known++
			}
		}
		if known == 0 {
			break
		}
		require.Equal(t, len(letters), known, "the server knows some of the letters of Unicode %d", added.version)
		version = added.version
	}
	return version
}

// The letters tell the same version as the server, if it does.
func TestUnicodeOfTheServer(t *testing.T) {
	t.Parallel()
	pool := valueServer(t)
	collation := lowerModes[pgvalue.LowerICU]
	if lacksLower(t, pool, collation) != "" || twinOptions(t).PostgresVersion < 17 {
		t.Skip("the server does not tell its version of Unicode")
	}
	var told string
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT icu_unicode_version()").Scan(&told))
	major, _, _ := strings.Cut(told, ".")
	version, err := strconv.Atoi(major)
	require.NoError(t, err)
	found := serverUnicode(t, pool, collation)
	require.LessOrEqual(t, found, version)
	for _, added := range addedCapitals {
		require.False(t, found < added.version && added.version <= version, "Unicode %d has letters that lower() does not know", added.version)
	}
}
