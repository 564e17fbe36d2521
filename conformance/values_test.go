package conformance

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/parity"
	"github.com/tasktwin/tasktwin/conformance/pgtest"
	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/tasktest"
)

// batch is the number of values in one round trip.
const batch = 1000

// tryFunctions creates functions that return what a value becomes, or an
// exclamation mark, the SQLSTATE and the detail.
const tryFunctions = `
CREATE FUNCTION try_jsonb(b bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE detail text;
BEGIN RETURN convert_from(b, 'UTF8')::jsonb::text;
EXCEPTION WHEN OTHERS THEN GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL; RETURN '!' || SQLSTATE || detail; END $$;
CREATE FUNCTION try_varchar(b bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE v varchar(8);
BEGIN v := convert_from(b, 'UTF8'); RETURN v; EXCEPTION WHEN OTHERS THEN RETURN '!' || SQLSTATE; END $$;
CREATE FUNCTION text_in_utc(v timestamptz[]) RETURNS text[] LANGUAGE sql SET timezone = 'UTC' SET datestyle = 'ISO' AS
$$ SELECT v::text[] $$;`

func valueServer(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := pgtest.Open(t).Pool()
	_, err := pool.Exec(t.Context(), tryFunctions)
	require.NoError(t, err)
	return pool
}

// short returns n or, in a short run, a thousandth of it, but at least a batch.
func short(n int) int {
	if testing.Short() {
		return max(batch, n/1000)
	}
	return n
}

func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	seed := setting(t, envSeed, rand.Uint64())
	t.Logf("replay with %s=%d", envSeed, seed)
	return rand.New(rand.NewPCG(seed, 1))
}

// agree asserts for n values that ours gives the same result as the server.
func agree(t *testing.T, pool *pgxpool.Pool, sql string, n int, next func() string, ours func(string) (string, error)) {
	t.Helper()
	for done := 0; done < n; done += batch {
		values := make([][]byte, batch)
		for i := range values {
			values[i] = []byte(next())
		}
		for i, want := range ask[string](t, pool, sql, values) {
			got := answerText(ours(string(values[i])))
			if got != want && !isAcceptedValue(t, got, want) {
				t.Fatalf("%q: PostgreSQL makes %q of it, and memdb %q", values[i], want, got)
			}
		}
	}
}

// isAcceptedValue reports whether two results are errors that differ in an
// accepted way.
func isAcceptedValue(t *testing.T, got, want string) bool {
	t.Helper()
	const code = tasktwin.InvalidTextRepresentation
	detail, isError := strings.CutPrefix(want, "!"+string(code))
	ours, isOurs := strings.CutPrefix(got, "!"+string(code))
	if !isError || !isOurs {
		return false
	}
	ref, sub := parity.ErrorFacts{Code: string(code), Detail: detail}, parity.ErrorFacts{Code: string(code), Detail: ours}
	return slices.ContainsFunc(acceptedOfTwins(t), func(d Difference) bool { return d.Matches(parity.Op{}, ref, sub) })
}

// ask returns the server's results for some values.
func ask[T, V any](t *testing.T, pool *pgxpool.Pool, sql string, values []V) []T {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql, values)
	require.NoError(t, err)
	answers, err := pgx.CollectRows(rows, pgx.RowTo[T])
	require.NoError(t, err)
	require.Len(t, answers, len(values))
	return answers
}

// answerText returns a result in the format of tryFunctions.
func answerText(got string, err error) string {
	if e, ok := errors.AsType[*tasktwin.Error](err); ok {
		return "!" + string(e.Code) + e.Detail
	}
	return got
}

// ourJSONB returns the function that makes jsonb as a major version does.
func ourJSONB(version int) func(string) (string, error) {
	parse := pgvalue.JSONB
	if version < 16 {
		parse = pgvalue.JSONBUntil15
	}
	return func(s string) (string, error) {
		out, err := parse([]byte(s))
		return string(out), err
	}
}

// ourVarchar does what try_varchar does.
func ourVarchar(s string) (string, error) {
	if err := pgvalue.Text(s); err != nil {
		return "", err
	}
	return pgvalue.Varchar(s, 8)
}

// varcharText returns a text near the limit of a varchar(8).
func varcharText(r *rand.Rand) string {
	good := []string{"a", "b", " ", " ", "é", "日", "😀", "e\u0301", "\t", "\u00a0"}
	parts := slices.Concat(good, []string{"\xff", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x00"})
	var b strings.Builder
	for range r.IntN(12) {
		most := len(parts)
		if r.IntN(12) > 0 {
			most = len(good)
		}
		b.WriteString(parts[r.IntN(most)])
	}
	return b.String()
}

// Queries for the server's results, in the order of the values.
const (
	askJSONB   = "SELECT try_jsonb(v) FROM unnest($1::bytea[]) WITH ORDINALITY AS x(v, n) ORDER BY n"
	askVarchar = "SELECT try_varchar(v) FROM unnest($1::bytea[]) WITH ORDINALITY AS x(v, n) ORDER BY n"
	askTimes   = "SELECT v FROM unnest($1::timestamptz[]) WITH ORDINALITY AS x(v, n) ORDER BY n"
	askRounded = "SELECT round(v::numeric / 1000000 * 1000)::bigint FROM unnest($1::bigint[]) WITH ORDINALITY AS x(v, n) ORDER BY n"
)

// askLower returns the query for lower() with a collation.
func askLower(collation string) string {
	return "SELECT lower(convert_from(v, 'UTF8') " + collation + ") FROM unnest($1::bytea[]) WITH ORDINALITY AS x(v, n) ORDER BY n"
}

// lowerText returns a few letters for which lower() is interesting.
func lowerText(r *rand.Rand) string {
	letters := []rune("aAzZ \u0301\u0307ÄäßẞİıIiΣσςΑαЯяǄǅǆᾈᾳ-.'0日😀ﬀＡａⅣ𐐀ʰ\u00ad")
	if r.IntN(4) == 0 { // what a Σ becomes depends on its neighbours
		letters = []rune("ΣΣΣaA0 .'\u0301ʰ\u00ad")
	}
	text := make([]rune, r.IntN(8))
	for i := range text {
		text[i] = letters[r.IntN(len(letters))]
	}
	return string(text)
}

// roundedMicros returns microseconds, often near half a millisecond.
func roundedMicros(r *rand.Rand) int64 {
	return (r.Int64N(2_000_001)-1_000_000)*1000 + []int64{0, 499, 500, 501, -500, 999}[r.IntN(6)]
}

func TestJSONBAgainstPostgres(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	agree(t, valueServer(t), askJSONB, short(1_000_000), func() string { return document(r) }, ourJSONB(twinOptions(t).PostgresVersion))
}

func TestVarcharAgainstPostgres(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	agree(t, valueServer(t), askVarchar, short(200_000), func() string { return varcharText(r) }, ourVarchar)
}

// lowerModes maps the modes of lower() to PostgreSQL's collations.
var lowerModes = map[pgvalue.LowerMode]string{
	pgvalue.LowerCUTF8:       `COLLATE "default"`, // the database's collation
	pgvalue.LowerC:           `COLLATE "C"`,
	pgvalue.LowerICU:         `COLLATE "und-x-icu"`,
	pgvalue.LowerUnicodeFast: `COLLATE "pg_unicode_fast"`, // from 18 on
}

// lacksLower returns why a server cannot answer for a collation, or "" if it can.
func lacksLower(t *testing.T, pool *pgxpool.Pool, collation string) string {
	t.Helper()
	var own string
	require.NoError(t, pool.QueryRow(t.Context(), "SELECT datctype FROM pg_database WHERE datname = current_database()").Scan(&own))
	if collation == lowerModes[pgvalue.LowerCUTF8] && !strings.EqualFold(strings.ReplaceAll(own, "-", ""), "C.UTF8") {
		return "the database's locale is " + own
	}
	if _, err := pool.Exec(t.Context(), "SELECT lower('A' "+collation+")"); err != nil {
		return err.Error()
	}
	return ""
}

func TestLowerAgainstPostgres(t *testing.T) {
	t.Parallel()
	pool := valueServer(t)
	for _, test := range []struct {
		name, collation string
		mode            pgvalue.LowerMode
	}{
		{"database", lowerModes[pgvalue.LowerCUTF8], pgvalue.LowerCUTF8},
		{"C", lowerModes[pgvalue.LowerC], pgvalue.LowerC},
		{"ICU", lowerModes[pgvalue.LowerICU], pgvalue.LowerICU},
		{"builtin C.UTF-8", `COLLATE "pg_c_utf8"`, pgvalue.LowerCUTF8}, // from 17 on
		{"builtin PG_UNICODE_FAST", lowerModes[pgvalue.LowerUnicodeFast], pgvalue.LowerUnicodeFast},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			mode, collation := test.mode, test.collation
			if why := lacksLower(t, pool, collation); why != "" {
				t.Skip(why)
			}
			lower := func(s string) (string, error) { return pgvalue.Lower(mode, s), nil }
			unknown := unknownToOne(t, pool, mode, collation)
			t.Logf("characters of which the server or memdb does not know: %q", unknown)
			point := rune(0)
			next := func() string {
				for point++; strings.ContainsRune(unknown, point); {
					point++
				}
				if !utf8.ValidRune(point) && point <= utf8.MaxRune {
					point = 0xe000
				}
				return string(min(point, utf8.MaxRune))
			}
			agree(t, pool, askLower(collation), 1_112_064, next, lower)

			r := seeded(t)
			agree(t, pool, askLower(collation), short(100_000), func() string { return lowerText(r) }, lower)
		})
	}
}

// instant returns a time in the whole range and a little beyond it, often near a
// limit.
func instant(r *rand.Rand) time.Time {
	edges := []int64{0, -62135596800, 253402300800, 946684800, -210866803200, 9224318016000}
	seconds := edges[r.IntN(len(edges))] + r.Int64N(7) - 3
	switch r.IntN(4) {
	case 0:
		seconds = r.Int64N(9224318016000+210866803200) - 210866803200
	case 1:
		seconds = r.Int64N(2*4102444800) - 4102444800/2
	}
	return time.Unix(seconds, r.Int64N(1e9))
}

func TestTimestamptzAgainstPostgres(t *testing.T) {
	t.Parallel()
	r, pool := seeded(t), valueServer(t)
	refused := 0
	for done, n := 0, short(1_000_000); done < n; done += batch {
		var sent, want []time.Time
		for len(sent) < batch {
			at := instant(r)
			held, err := pgvalue.Timestamptz(at)
			if err == nil {
				sent, want = append(sent, at), append(want, held)
			} else if refused++; refused < 300 { // one at a time, because one bad value fails a batch
				requireOutOfRange(t, pool, at)
			}
		}
		got := ask[time.Time](t, pool, askTimes, sent)
		var texts []string
		require.NoError(t, pool.QueryRow(t.Context(), "SELECT text_in_utc($1)", sent).Scan(&texts))
		for i := range got {
			if text := pgvalue.TimestamptzText(want[i]); !got[i].Equal(want[i]) || texts[i] != text {
				t.Fatalf("%v: PostgreSQL holds %v and prints %s, and memdb %v and %s", sent[i], got[i].UTC(), texts[i], want[i], text)
			}
		}
	}
	require.Positive(t, refused)
}

func requireOutOfRange(t *testing.T, pool *pgxpool.Pool, at time.Time) {
	t.Helper()
	var back any
	err := pool.QueryRow(context.WithoutCancel(t.Context()), "SELECT $1::timestamptz", at).Scan(&back)
	var pgErr interface{ SQLState() string }
	if !errors.As(err, &pgErr) || pgErr.SQLState() != string(tasktwin.DatetimeFieldOverflow) {
		t.Fatalf("%v: memdb refuses it, and PostgreSQL says %v, %v", at, back, err)
	}
}

// Telemetry rounds milliseconds once, half away from zero.
func TestRoundingAgainstPostgres(t *testing.T) {
	t.Parallel()
	r, pool := seeded(t), pgtest.Open(t).Pool()
	ours := activeMilliseconds(t)
	for done, n := 0, short(200_000); done < n; done += batch {
		micros := make([]int64, batch)
		for i := range micros {
			micros[i] = roundedMicros(r)
		}
		want := ask[int64](t, pool, askRounded, micros)
		for i := range want {
			if got := ours(micros[i]); got != want[i] {
				t.Fatalf("%d µs: PostgreSQL rounds to %d ms, and memdb to %d", micros[i], want[i], got)
			}
		}
	}
}

// activeMilliseconds returns a function that returns what memdb's telemetry
// reports for a task that has been working for so many microseconds.
func activeMilliseconds(t *testing.T) func(micros int64) int64 {
	t.Helper()
	db := memdb.New(memdb.Options{})
	w := tasktest.New(t, db)
	w.Active().Working()
	return func(micros int64) int64 {
		now := w.Clock.Now().Add(time.Duration(micros) * time.Microsecond)
		rows, err := db.GetTelemetryTaskEvents(t.Context(), tasktwin.GetTelemetryTaskEventsParams{Now: now})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		return rows[0].ActiveDurationMS
	}
}
