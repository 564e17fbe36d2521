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
	"time"
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
	var page bytes.Buffer
	err = layout.Execute(&page, map[string]any{
		"Title":         p.title,
		"DocumentTitle": p.documentTitle(),
		"Summary":       p.summary,
		"Advice":        p.advice,
		"Policy":        policy(),
		"Style":         template.CSS(style), //nolint:gosec // it is a file of this package
		"Script":        template.JS(script), //nolint:gosec // likewise
		"Data":          template.JS(data),   //nolint:gosec // JSON escapes everything that could end the element
		"From":          stamp(p.from),
		"To":            stamp(p.to),
		"Sweep":         len(p.sweep) > 0,
		"Tasks":         len(p.tasks),
	})
	if err != nil {
		return 0, fmt.Errorf("report: %w", err)
	}
	return page.WriteTo(w)
}

func stamp(i pageTime) string { return i.time().Format("2006-01-02 15:04:05.000") }

// documentTitle returns the title of the browser's window and of bookmarks: the
// page's heading with its summary or, if there is none, its first and last day.
func (p *Page) documentTitle() string {
	switch {
	case p.summary != "":
		return p.title + ": " + p.summary
	case len(p.tasks) == 0:
		return p.title
	}
	first, last := p.from.time().Format(time.DateOnly), p.to.time().Format(time.DateOnly)
	if first == last {
		return p.title + ": " + first
	}
	return p.title + ": " + first + " to " + last
}
