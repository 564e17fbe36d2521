package sessions

import (
	"reflect"

	"github.com/tasktwin/tasktwin/internal/optext"
)

// ValueText returns the text of an answer: a row on a line, its key before the other
// columns, without those that are zero and those that omit names.
func ValueText(value any, omit func(row reflect.Value, column string, text string) bool) string {
	return optext.Answer(value, omit)
}

// RowText returns the text of a row.
func RowText(v reflect.Value, omit func(row reflect.Value, column string, text string) bool) string {
	return optext.Row(v, omit)
}

// ScalarText returns the text of a column's value.
func ScalarText(v reflect.Value) string { return optext.Column(v) }
