package term

import (
	"strings"
	"unicode/utf8"
)

// Cell is a field of a table.
type Cell struct {
	Text string
	// Paint, if set, colours the text without its padding.
	Paint func(string) string
}

// Align is the alignment of a column.
type Align bool

// The alignments.
const (
	Left  Align = false
	Right Align = true
)

// Table has rows with aligned columns, two spaces apart. A text/tabwriter would
// count the bytes of escape sequences.
type Table struct {
	align []Align
	rows  [][]Cell
}

// NewTable returns a table with a column for each alignment.
func NewTable(align ...Align) *Table { return &Table{align: align} }

// Row adds a row of plain texts.
func (t *Table) Row(texts ...string) {
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i].Text = text
	}
	t.Cells(cells...)
}

// Cells adds a row. It may have fewer cells than the table has columns, not more.
func (t *Table) Cells(cells ...Cell) { t.rows = append(t.rows, cells) }

// Paint colours all cells of the last row.
func (t *Table) Paint(paint func(string) string) {
	for i := range t.rows[len(t.rows)-1] {
		t.rows[len(t.rows)-1][i].Paint = paint
	}
}

// String returns the table as text.
func (t *Table) String() string {
	widths := make([]int, len(t.align))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell.Text))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		for i, cell := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell.Text))
			if i > 0 {
				b.WriteString("  ")
			}
			if t.align[i] == Right {
				b.WriteString(padding)
			}
			if cell.Paint != nil {
				b.WriteString(cell.Paint(cell.Text))
			} else {
				b.WriteString(cell.Text)
			}
			if t.align[i] == Left && i < len(row)-1 {
				b.WriteString(padding)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
