package twin

import (
	"context"
	"fmt"

	"github.com/tasktwin/tasktwin/internal/pgvalue"
	"github.com/tasktwin/tasktwin/memdb"
	"github.com/tasktwin/tasktwin/pgdb"
)

// lowerMode returns the mode of a database's lower(). It fails if none of them makes of the
// probes what the server does.
func lowerMode(ctx context.Context, db *pgdb.DB) (memdb.LowerMode, error) {
	texts := lowerProbes()
	var lowered []string
	err := db.Pool().QueryRow(ctx, `SELECT array_agg(lower(v) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS x(v, n)`, texts).
		Scan(&lowered)
	if err != nil {
		return 0, fmt.Errorf("conformance: ask what lower() does: %w", err)
	}
	// The first three tell the modes apart.
	mode := memdb.LowerCUTF8
	switch {
	case lowered[0] == texts[0]:
		mode = memdb.LowerC
	case lowered[2] == ".ς":
		mode = memdb.LowerUnicodeFast
	case lowered[1] == "ας":
		mode = memdb.LowerICU
	}
	for i, text := range texts {
		if want := pgvalue.Lower(mode, text); lowered[i] != want {
			var locale string
			err := db.Pool().QueryRow(ctx, "SELECT datctype FROM pg_database WHERE datname = current_database()").Scan(&locale)
			if err != nil {
				return 0, fmt.Errorf("conformance: ask for the database's locale: %w", err)
			}
			return 0, fmt.Errorf("conformance: lower(%+q) is %+q in the database, and %+q in memdb, which has no rules of a language: "+
				"compare with a database that has none, either (lc_ctype is %s)", text, lowered[i], want, locale)
		}
	}
	return mode, nil
}

// lowerProbes returns texts of whose lower() the modes and languages differ. All of their
// letters are older than any server's version of Unicode.
func lowerProbes() []string {
	probes := []string{
		"Ä", "ΑΣ", ".Σ",
		// Turkish and Azerbaijani have a letter I without a dot, Lithuanian keeps the dot
		// below an accent.
		"I", "İ", "I\u0307", "I\u0300", "J\u0300", "Į\u0300", "Ì", "Í", "Ĩ",
	}
	for r := 'A'; r < 'Ʌ'; r++ { // Latin
		probes = append(probes, string(r))
	}
	for r := 'Α'; r <= 'Я'; r++ { // Greek and Cyrillic
		probes = append(probes, string(r))
	}
	return probes
}
