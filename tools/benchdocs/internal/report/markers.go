package report

import (
	"fmt"
	"regexp"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

// marked matches the text between the markers of a table.
var marked = regexp.MustCompile(`(?s)(<!-- table: ([a-z0-9-]+) -->\n)(.*?)(<!-- end -->)`)

// Fill replaces the text between the lines <!-- table: NAME --> and <!-- end --> by
// the table with that name. An unknown name is an error.
func Fill(document string, s *results.Set) (string, error) { return fill(document, s, tables()) }

func fill(document string, s *results.Set, tables map[string]Table) (string, error) {
	var err error
	filled := marked.ReplaceAllStringFunc(document, func(block string) string {
		m := marked.FindStringSubmatch(block)
		table, ok := tables[m[2]]
		if !ok {
			err = fmt.Errorf("report: there is no table %q", m[2])
			return block
		}
		// Without the empty lines some Markdown parsers treat the comments as a part
		// of the table.
		return m[1] + "\n" + table(s) + "\n" + m[4]
	})
	return filled, err
}
