package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/tasktwin/tasktwin/cmd/internal/comparison"
	"github.com/tasktwin/tasktwin/cmd/internal/number"
	"github.com/tasktwin/tasktwin/cmd/internal/term"
)

// maxWidth is the most columns of a terminal that the text of a sweep takes. Names of
// policies are cut to longName characters and, if the table is still too wide without its
// optional columns, to shortName.
const (
	maxWidth  = 100
	longName  = 24
	shortName = 12
)

// text returns the results as text.
func (o *sweepOutput) text(style term.Style) string {
	var b strings.Builder
	if o.Log != nil {
		printWarnings(&b, o.Log)
	}
	b.WriteString(wrap(o.summary()+".") + "\n\n" + o.table(style) + "\n")
	b.WriteString("* on the front: no other policy is both cheaper and waits less\n\n")
	for i, sentence := range o.Advice {
		if i == 0 {
			sentence = style.Bold(wrap(sentence))
		} else {
			sentence = wrap(sentence)
		}
		b.WriteString(sentence + "\n")
	}
	fmt.Fprintf(&b, "\nsimulated in %.2f s\n", o.Seconds)
	return b.String()
}

// wrap breaks a text into lines, but not between a number and its unit.
func wrap(sentence string) string {
	const space = "\u00a0"
	wrapped := text.WrapSoft(strings.ReplaceAll(sentence, " %", space+"%"), maxWidth)
	lines := strings.Split(strings.ReplaceAll(wrapped, space, " "), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return strings.Join(lines, "\n")
}

// summary says what was simulated: whose work, how much of it, and the price.
func (o *sweepOutput) summary() string {
	seeds := fmt.Sprintf("seed %d", o.Seeds[0])
	if n := len(o.Seeds); n > 1 {
		seeds = fmt.Sprintf("seeds %d to %d, figures are means of them", o.Seeds[0], o.Seeds[n-1])
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, p := range o.Policies {
		least, most = min(least, p.Answers), max(most, p.Answers)
	}
	replies := number.Plural(round(least), "reply")
	if round(least) != round(most) {
		replies = fmt.Sprintf("%s to %s replies, depending on the policy", number.Count(round(least)), number.Count(round(most)))
	}
	tasks := number.Plural(round(o.Policies[0].Tasks), "task")
	return fmt.Sprintf("%s: %s and %s, at %s an hour, %s", span(o.params, o.Log), tasks, replies, o.price, seeds)
}

// round rounds a mean of numbers of things.
func round(mean float64) int { return int(math.Round(mean)) }

// sweepColumn is a column of the table.
type sweepColumn struct {
	name  string
	cells []string
	// optional says that the column may be left out if the table is too wide. The last
	// such column is left out first.
	optional bool
}

// table returns the table of the policies, in maxWidth columns at most.
func (o *sweepOutput) table(style term.Style) string {
	columns := o.columns()
	width := func() int {
		sum := 2 * (len(columns) - 1)
		for _, c := range columns {
			sum += c.width()
		}
		return sum
	}
	columns[0].cut(longName)
	for width() > maxWidth {
		last := -1
		for i, c := range columns {
			if c.optional {
				last = i
			}
		}
		if last < 0 {
			break
		}
		columns = slices.Delete(columns, last, last+1)
	}
	if over := width() - maxWidth; over > 0 {
		columns[0].cut(max(columns[0].width()-over, shortName))
	}
	table := term.NewTable(append(append([]text.Align{term.Left}, slices.Repeat([]text.Align{term.Right}, len(columns)-2)...), term.Left)...)
	row := func(cell func(sweepColumn) string) []string {
		cells := make([]string, len(columns))
		for i, c := range columns {
			cells[i] = cell(c)
		}
		return cells
	}
	table.PaintedRow(style.Bold, row(func(c sweepColumn) string { return c.name })...)
	for i, p := range o.Policies {
		paint := func(text string) string { return text }
		if p.Pareto {
			paint = style.Green
		}
		if p.Policy == o.Recommended {
			paint = style.Bold
		}
		table.PaintedRow(paint, row(func(c sweepColumn) string { return c.cells[i] })...)
	}
	return table.String()
}

// cut shortens the cells of the column.
func (c *sweepColumn) cut(length int) {
	for i, cell := range c.cells {
		c.cells[i] = number.Cut(cell, length)
	}
}

func (c *sweepColumn) width() int {
	most := text.StringWidthWithoutEscSequences(c.name)
	for _, cell := range c.cells {
		most = max(most, text.StringWidthWithoutEscSequences(cell))
	}
	return most
}

func (o *sweepOutput) columns() []sweepColumn {
	cells := func(cell func(*comparison.Policy) string) []string {
		out := make([]string, len(o.Policies))
		for i := range o.Policies {
			out[i] = cell(&o.Policies[i])
		}
		return out
	}
	cost := "cost"
	if o.Currency != "" {
		cost += " " + o.Currency
	}
	return []sweepColumn{
		{name: "policy", cells: cells(func(p *comparison.Policy) string { return printable(p.Policy) })},
		{name: cost, cells: cells(func(p *comparison.Policy) string { return costText(p.Cost) })},
		{name: "running h", cells: cells(func(p *comparison.Policy) string { return number.Hours(p.RunningMS) })},
		{name: "idle h", optional: true, cells: cells(func(p *comparison.Policy) string { return number.Hours(p.IdleMS) })},
		{name: "waited %", cells: cells(func(p *comparison.Policy) string { return number.Percent(p.WaitShare) })},
		{name: "wait p95", cells: cells(func(p *comparison.Policy) string { return waitTime(p.WaitP95MS, p.Waited > 0) })},
		{name: "wait p50", optional: true, cells: cells(func(p *comparison.Policy) string { return waitTime(p.WaitP50MS, p.Waited > 0) })},
		{name: "pauses", optional: true, cells: cells(func(p *comparison.Policy) string { return number.Count(round(p.Pauses)) })},
		{name: "front", cells: cells(o.marks)},
	}
}

// costText formats a cost, and one that is too large to be read as a power of ten.
func costText(cost float64) string {
	if cost >= 1e13 {
		return strconv.FormatFloat(cost, 'e', 3, 64)
	}
	return number.Fixed(cost, 2)
}

// marks says whether a policy is on the front, recommended or the current one.
func (o *sweepOutput) marks(p *comparison.Policy) string {
	var marks []string
	if p.Pareto {
		marks = append(marks, "*")
	}
	if p.Policy == o.Recommended {
		marks = append(marks, "recommended")
	}
	if p.Policy == o.marked {
		marks = append(marks, "current")
	}
	return strings.Join(marks, " ")
}
