package tasktest

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
)

// Diff returns the rows that differ between two dumps, or "" if none does: by table, first
// those that are gone (-), with a value for each column, then, in the order of their keys,
// those that are new (+) and those that have changed (~), with the old and the new value of
// each column that has. Ids have what they are of: see [Describe].
//
//	tasks
//	  ~ id 00000000-0011-4000-8000-000000000001 (task 1)
//	      deleted_at: NULL → 2026-03-02 10:00:00+00
func Diff(before, after *tasktwin.Dump) string {
	var b strings.Builder
	old := dumpedTables(before)
	for i, t := range dumpedTables(after) {
		if text := diffTable(old[i], t); text != "" {
			fmt.Fprintf(&b, "%s\n%s", t.name, text)
		}
	}
	return b.String()
}

func diffTable(before, after dumpedTable) string {
	var b strings.Builder
	old, kept := map[string][]any{}, map[string]bool{}
	for n := range before.rows {
		row := before.row(n)
		old[keyOf(before, row)] = row
	}
	for n := range after.rows {
		kept[keyOf(after, after.row(n))] = true
	}
	for n := range before.rows {
		if row := before.row(n); !kept[keyOf(before, row)] {
			writeRow(&b, "-", before, row)
		}
	}
	for n := range after.rows {
		row := after.row(n)
		was, ok := old[keyOf(after, row)]
		if !ok {
			writeRow(&b, "+", after, row)
			continue
		}
		writeChanges(&b, after, was, row)
	}
	return b.String()
}

// keyOf returns the text of a row's key.
func keyOf(t dumpedTable, row []any) string {
	var parts []string
	for i, c := range t.columns {
		if c.key {
			parts = append(parts, c.name+" "+shown(row[i]))
		}
	}
	return strings.Join(parts, ", ")
}

// writeRow writes a row that is new or gone, without the columns that are NULL.
func writeRow(b *strings.Builder, sign string, t dumpedTable, row []any) {
	fmt.Fprintf(b, "  %s %s\n", sign, keyOf(t, row))
	for i, c := range t.columns {
		if _, _, valid := valueText(row[i]); valid && !c.key {
			fmt.Fprintf(b, "      %s: %s\n", c.name, shown(row[i]))
		}
	}
}

// writeChanges writes the columns in which a row has changed.
func writeChanges(b *strings.Builder, t dumpedTable, before, after []any) {
	changed := false
	for i, c := range t.columns {
		if literal(before[i]) == literal(after[i]) {
			continue
		}
		if !changed {
			fmt.Fprintf(b, "  ~ %s\n", keyOf(t, after))
			changed = true
		}
		fmt.Fprintf(b, "      %s: %s\n", c.name, change(before[i], after[i]))
	}
}

// change returns the old and the new value of a column. Of long values it shows where they
// begin to differ.
func change(before, after any) string {
	x, _, validX := valueText(before)
	y, _, validY := valueText(after)
	if validX && validY && max(len(x), len(y)) > longest {
		n := 0
		for n < min(len(x), len(y)) && x[n] == y[n] {
			n++
		}
		for n > 0 && (n < len(x) && !utf8.RuneStart(x[n]) || n < len(y) && !utf8.RuneStart(y[n])) {
			n--
		}
		if n > longest/2 {
			return fmt.Sprintf("from byte %d on, %s → %s", n, quote(x[n:]), quote(y[n:]))
		}
	}
	return shown(before) + " → " + shown(after)
}

// longest is how many bytes of a value are shown.
const longest = 200

// shown returns a value for readers.
func shown(value any) string {
	text, _, valid := valueText(value)
	if !valid {
		return "NULL"
	}
	switch value.(type) {
	case uuid.UUID, uuid.NullUUID:
		if of := describe(text); of != "" {
			return text + " (" + of + ")"
		}
	case sql.NullString, json.RawMessage:
		return quote(text)
	}
	if reflect.TypeOf(value).Kind() == reflect.String {
		return quote(text)
	}
	return text
}

func quote(text string) string {
	if len(text) <= longest {
		return strconv.Quote(text)
	}
	cut := longest
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(text[:cut]), len(text))
}
