package scripts

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/tasktwin/tasktwin"
	"github.com/tasktwin/tasktwin/conformance/internal/lockstep"
	"github.com/tasktwin/tasktwin/conformance/internal/sessions"
)

// changedRows returns the differences between two sets of rows, a line for each row.
func changedRows(before, after *tasktwin.Dump) string {
	var b strings.Builder
	old, now := reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	for i := range old.NumField() {
		table := old.Type().Field(i).Tag.Get("json")
		was, is := byKey(old.Field(i)), byKey(now.Field(i))
		for _, key := range was.keys {
			row, kept := is.rows[key]
			if !kept {
				fmt.Fprintf(&b, "  %s %s: deleted\n", table, key)
			} else if changed := changedColumns(was.rows[key], row); changed != "" {
				fmt.Fprintf(&b, "  %s %s: %s\n", table, key, changed)
			}
		}
		for _, key := range is.keys {
			if _, had := was.rows[key]; !had {
				_, columns, _ := strings.Cut(sessions.RowText(is.rows[key], omitted), " ")
				fmt.Fprintf(&b, "  %s %s: inserted %s\n", table, key, columns)
			}
		}
	}
	if b.Len() == 0 {
		return "  as before\n"
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

type keyed struct {
	keys []string
	rows map[string]reflect.Value
}

// byKey returns rows by the text of their primary keys.
func byKey(rows reflect.Value) keyed {
	out := keyed{rows: map[string]reflect.Value{}}
	for i := range rows.Len() {
		row := rows.Index(i)
		key := row.Field(0).Interface().(uuid.UUID).String()
		if number := row.FieldByName("WorkspaceBuildNumber"); number.IsValid() {
			key = fmt.Sprintf("%s %v", key, number)
		}
		out.keys = append(out.keys, key)
		out.rows[key] = row
	}
	return out
}

// changedColumns returns the columns of a row that are others than they were.
func changedColumns(was, is reflect.Value) string {
	var words []string
	for i := range was.NumField() {
		if lockstep.Compare(was.Field(i).Interface(), is.Field(i).Interface()) != "" {
			words = append(words, was.Type().Field(i).Name+"="+sessions.ScalarText(is.Field(i)))
		}
	}
	return strings.Join(words, " ")
}
