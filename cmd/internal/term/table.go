package term

import (
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// The alignments of a column.
const (
	Left  = text.AlignLeft
	Right = text.AlignRight
)

// Tables do not depend on the locale. In some, go-pretty would take characters of
// ambiguous width, such as é, as wide, which today's terminals show as narrow.
func init() { text.OverrideRuneWidthEastAsianWidth(false) }

// Table has rows with aligned columns, two spaces apart, and no lines. Cells may
// have colours and wide characters: their width is that on a terminal.
type Table struct{ writer table.Writer }

// NewTable returns a table with a column for each alignment.
func NewTable(align ...text.Align) Table {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box = table.BoxStyle{PaddingRight: "  "}
	columns := make([]table.ColumnConfig, len(align))
	for i, a := range align {
		columns[i] = table.ColumnConfig{Number: i + 1, Align: a}
	}
	t := Table{table.NewWriter()}
	t.writer.SetStyle(style)
	t.writer.SetColumnConfigs(columns)
	t.writer.SuppressTrailingSpaces()
	return t
}

// Row adds a row. It may have fewer cells than the table has columns.
func (t Table) Row(cells ...string) {
	row := make(table.Row, len(cells))
	for i, cell := range cells {
		row[i] = cell
	}
	t.writer.AppendRow(row)
}

// PaintedRow adds a row and paints each cell.
func (t Table) PaintedRow(paint func(string) string, cells ...string) {
	painted := make([]string, len(cells))
	for i, cell := range cells {
		painted[i] = paint(cell)
	}
	t.Row(painted...)
}

// String returns the table as text. Each row ends with a newline.
func (t Table) String() string { return t.writer.Render() + "\n" }
