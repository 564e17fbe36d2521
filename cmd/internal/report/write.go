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
	"strings"

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
	t := p.Totals()
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
		"Tasks":    t.Tasks,
	})
	if err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	return page.WriteTo(w)
}

func stamp(i pageTime) string { return i.time().Format("2006-01-02 15:04:05.000") }

// headings are the figures at the top. Simulations print the same ones as text.
func (t *Totals) headings() []heading {
	share := func(part, whole int64, of string) string {
		if whole == 0 {
			return ""
		}
		return number.Percent(float64(part)/float64(whole)) + " % of " + of
	}
	hours := func(ms int64) string { return number.Hours(ms) + " h" }
	owners := number.Plural(t.Owners, "owner")
	if t.Deleted > 0 {
		owners = number.Count(t.Deleted) + " deleted, " + owners
	}
	idle := share(t.IdleMS, t.RunningMS, "running")
	if t.FailedMS > 0 {
		idle += ", " + hours(t.FailedMS) + " of it failed"
	}
	return []heading{
		{"Tasks", number.Count(t.Tasks), owners},
		{"Running", hours(t.RunningMS), share(t.RunningMS, t.LifetimeMS, "the lifetime")},
		{"Active", hours(t.ActiveMS), share(t.ActiveMS, t.RunningMS, "running")},
		{"Idle", hours(t.IdleMS), idle},
		{"Building", hours(t.BuildingMS), share(t.BuildingMS, t.RunningMS, "running")},
		{"Paused", hours(t.PausedMS), share(t.PausedMS, t.LifetimeMS, "the lifetime")},
		{"Pauses", number.Count(t.Pauses), number.Plural(t.Resumes, "resume")},
	}
}
