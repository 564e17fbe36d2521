package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/tasktwin/tasktwin/cmd/internal/term"
)

// newBar draws a progress bar if w is a terminal. It returns a function that sets the
// progress, up to most, which is nil without a bar, and one that removes the bar.
func newBar(w io.Writer, most int, opts ...progressbar.Option) (set func(int), done func()) {
	if !term.Is(w) {
		return nil, func() {}
	}
	bar := progressbar.NewOptions(most, append(opts, progressbar.OptionSetWriter(w),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())...)
	return func(n int) { _ = bar.Set(n) }, func() { _ = bar.Finish() }
}
