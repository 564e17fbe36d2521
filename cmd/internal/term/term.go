// Package term formats reports for a terminal: styles, which can be turned off, and
// aligned tables.
package term

import (
	"io"
	"os"

	xterm "golang.org/x/term"
)

// Mode says when colours are used.
type Mode string

// The modes.
const (
	Auto   Mode = "auto" // on a terminal, unless NO_COLOR or TERM=dumb is set
	Always Mode = "always"
	Never  Mode = "never"
)

// Modes returns the modes.
func Modes() []Mode { return []Mode{Auto, Always, Never} }

// Is reports whether w is a terminal.
func Is(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && xterm.IsTerminal(int(file.Fd()))
}

// Style adds colours to text. The zero Style adds none.
//
// The colours of go-pretty, which lays out the tables, are switched on and off for
// the whole process. Here they depend on the writer.
type Style struct{ on bool }

// For returns the style of text that is written to w. Getenv is os.Getenv or a
// substitute.
func For(w io.Writer, mode Mode, getenv func(string) string) Style {
	switch mode {
	case Always:
		return Style{true}
	case Never:
		return Style{}
	default:
		return Style{Is(w) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"}
	}
}

// On reports whether the style adds colours.
func (s Style) On() bool { return s.on }

// Bold returns bold text.
func (s Style) Bold(text string) string { return s.wrap("1", text) }

// Dim returns faint text.
func (s Style) Dim(text string) string { return s.wrap("2", text) }

// Red returns red text, for failures.
func (s Style) Red(text string) string { return s.wrap("31", text) }

// Green returns green text, for success.
func (s Style) Green(text string) string { return s.wrap("32", text) }

// Yellow returns yellow text, for warnings.
func (s Style) Yellow(text string) string { return s.wrap("33", text) }

func (s Style) wrap(code, text string) string {
	if !s.on || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
