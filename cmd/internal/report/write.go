package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tasktwin/tasktwin/cmd/internal/number"
)

//go:embed page
var files embed.FS

var (
	layout = template.Must(template.ParseFS(files, "page/page.tmpl"))
	style  = concatenate("page/*.css")
	script = "(() => {\n'use strict';\n" + concatenate("page/js/*.js") + "})();\n"
)

// concatenate returns the contents of the files that match a pattern, by name.
func concatenate(pattern string) string {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		panic(err) // the pattern is a constant
	}
	var b strings.Builder
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err) // the file is embedded
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

// policy returns the page's content security policy. It allows the page's own
// style and script by their hashes, and nothing else: no requests, no other
// scripts, and no strings parsed as HTML.
func policy() string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style) +
		"; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// heading is a figure at the top of the page.
type heading struct{ Name, Value, Detail string }

// WriteTo writes the page as one HTML file and returns the number of bytes. The same
// page gives the same bytes. It writes nothing if the page cannot be encoded.
func (p *Page) WriteTo(w io.Writer) (int64, error) {
	doc, err := p.document()
	if err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	data, err := json.Marshal(doc) // escapes <, >, & and the line separators
	if err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	t := p.totals()
	var page bytes.Buffer
	err = layout.Execute(&page, map[string]any{
		"Title":    p.title,
		"Policy":   policy(),
		"Style":    template.CSS(style), //nolint:gosec // it is a file of this package
		"Script":   template.JS(script), //nolint:gosec // likewise
		"Data":     template.JS(data),   //nolint:gosec // JSON escapes everything that could end the element
		"From":     stamp(p.from),
		"To":       stamp(p.to),
		"Headings": t.headings(),
		"Sweep":    len(p.sweep) > 0,
		"Tasks":    t.tasks,
	})
	if err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	return page.WriteTo(w)
}

func stamp(i pageTime) string { return i.time().Format("2006-01-02 15:04:05.000") }

func (t *totals) headings() []heading {
	running := t.running()
	share := func(part int64) string {
		if running == 0 {
			return ""
		}
		return strconv.FormatFloat(100*float64(part)/float64(running), 'f', 1, 64) + " % of running"
	}
	out := []heading{
		{"Tasks", number.Count(t.tasks), plural(t.owners, "owner")},
		{"Running", hours(running), "building, working, idle or failed"},
		{"Active", hours(t.time[working]), share(t.time[working])},
		{"Idle", hours(t.time[idle]), share(t.time[idle])},
		{"Paused", hours(t.time[paused]), ""},
		{"Pauses", number.Count(t.pauses), plural(t.resumes, "resume")},
	}
	if still := t.time[failed]; still > 0 {
		out = append(out, heading{"Failed", hours(still), share(still)})
	}
	return out
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return number.Count(n) + " " + what
}

// hours formats milliseconds as hours.
func hours(ms int64) string {
	h := float64(ms) / float64(time.Hour.Milliseconds())
	if h < 100 {
		return strconv.FormatFloat(h, 'f', 1, 64) + " h"
	}
	return number.Count(int(math.Round(h))) + " h"
}
