package lockstep

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// comparing says how answers are compared. Times are compared including their
// zone, and nil differs from empty. IDs, times and nullable values are compared, and
// so printed, as a whole; so are JSON texts, unless they are long.
var comparing = cmp.Options{
	cmp.Comparer(sameTime),
	cmp.Comparer(func(a, b uuid.UUID) bool { return a == b }),
	cmp.Comparer(func(a, b sql.NullTime) bool { return a.Valid == b.Valid && sameTime(a.Time, b.Time) }),
	cmp.FilterValues(areShort, cmp.Comparer(func(a, b json.RawMessage) bool {
		return (a == nil) == (b == nil) && bytes.Equal(a, b)
	})),
	cmp.FilterPath(isNullable, cmp.Comparer(func(a, b any) bool { return a == b })),
}

// areShort reports whether two JSON texts are short enough to be printed as a whole.
func areShort(a, b json.RawMessage) bool { return max(len(a), len(b)) <= 256 }

func sameTime(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() }

// isNullable reports whether the type at a path is a nullable one, other than that of
// times.
func isNullable(p cmp.Path) bool {
	t := p.Last().Type()
	return t == reflect.TypeFor[uuid.NullUUID]() || t != nil && t.PkgPath() == "database/sql" && t != reflect.TypeFor[sql.NullTime]()
}

// Compare returns a readable difference between two values, lines of the reference
// with a minus and lines of the subject with a plus, and "" where they are
// identical.
func Compare(ref, sub any) string {
	if reflect.DeepEqual(ref, sub) {
		return ""
	}
	return cmp.Diff(ref, sub, comparing)
}
