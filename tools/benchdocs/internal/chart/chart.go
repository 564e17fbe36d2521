// Package chart draws how the time of an operation grows with the number of tasks.
package chart

import (
	"cmp"
	"fmt"
	"image/color"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/tasktwin/tasktwin/tools/benchdocs/internal/results"
)

// Series is a line: the benchmarks whose names match a pattern, whose first group is
// the number of tasks.
type Series struct {
	Label   string
	Pattern string
	look    look
}

// Chart is a chart with logarithmic axes.
type Chart struct {
	Title  string
	Series []Series
}

// The size of a chart.
const (
	width  = 7.2 * vg.Inch
	height = 4.4 * vg.Inch
)

// labelRoom is the length of the axis after the last point.
const labelRoom = 4

// labelGap is the minimum distance of two labels, as a fraction of the axis.
const labelGap = 0.065

// look is the style of a line.
type look struct {
	color color.Color
	mark  draw.GlyphDrawer
}

// The colours are based on Okabe and Ito's palette, which is safe for colour
// blindness. The marks differ, too.
var (
	vermilion = look{color.RGBA{R: 213, G: 94, B: 0, A: 255}, draw.TriangleGlyph{}}
	blue      = look{color.RGBA{R: 0, G: 114, B: 178, A: 255}, draw.CircleGlyph{}}
	purple    = look{color.RGBA{R: 170, G: 68, B: 153, A: 255}, draw.BoxGlyph{}}
	green     = look{color.RGBA{R: 0, G: 128, B: 96, A: 255}, draw.PyramidGlyph{}}
)

// grey is the colour of axes and labels.
var grey = color.Gray{Y: 225}

// points returns the medians of a series, by the number of tasks.
func (s Series) points(set *results.Set) (plotter.XYs, error) {
	re, err := regexp.Compile(s.Pattern)
	if err != nil {
		return nil, err
	}
	var points plotter.XYs
	for _, name := range set.Names() {
		m := re.FindStringSubmatch(name)
		if m == nil {
			continue
		}
		if len(m) != 2 {
			return nil, fmt.Errorf("chart: %s has not one group", s.Pattern)
		}
		tasks, err := strconv.Atoi(m[1])
		if err != nil {
			return nil, fmt.Errorf("chart: %s finds no number in %s: %w", s.Pattern, name, err)
		}
		if seconds, ok := set.Get(name, results.Seconds).Median(); ok && tasks > 0 && seconds > 0 {
			points = append(points, plotter.XY{X: float64(tasks), Y: seconds})
		}
	}
	slices.SortFunc(points, func(a, b plotter.XY) int { return int(a.X - b.X) })
	return points, nil
}

// WriteSVG draws the series that have results. It returns false, and draws nothing, if
// none has.
func (c Chart) WriteSVG(w io.Writer, set *results.Set) (bool, error) {
	p, err := c.plot(set)
	if p == nil || err != nil {
		return false, err
	}
	canvas := vgsvg.New(width, height)
	p.Draw(margin(draw.New(canvas)))
	_, err = canvas.WriteTo(w)
	return true, err
}

// margin is the margin around the chart.
func margin(c draw.Canvas) draw.Canvas {
	c.SetColor(color.White)
	c.Fill(c.Path())
	return draw.Crop(c, vg.Points(8), -vg.Points(8), vg.Points(8), -vg.Points(8))
}

func (c Chart) plot(set *results.Set) (*plot.Plot, error) {
	p := plot.New()
	p.BackgroundColor = color.White
	p.Title.Text = c.Title
	p.Title.Padding = vg.Points(4)
	p.Title.TextStyle.Font = sans(14)
	p.X.Label.Text = "tasks, with 6 builds and 60 statuses each"
	p.Y.Label.Text = "time of one call"
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Scale = plot.LogScale{}
		axis.Label.Padding, axis.Padding = vg.Points(4), vg.Points(6)
		axis.Label.TextStyle.Font, axis.Tick.Label.Font = sans(12), sans(11)
	}
	p.X.Tick.Marker = powers(plain)
	p.Y.Tick.Marker = powers(duration)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = grey, grey
	p.Add(grid)

	var labels []label
	for _, s := range c.Series {
		points, err := s.points(set)
		if err != nil {
			return nil, err
		}
		if len(points) == 0 {
			continue
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, err
		}
		line.Color, line.Width = s.look.color, vg.Points(1.8)
		marks.Color, marks.Shape, marks.Radius = s.look.color, s.look.mark, vg.Points(3.2)
		p.Add(line, marks)
		labels = append(labels, label{s.Label, points[len(points)-1], s.look.color})
	}
	if len(labels) == 0 {
		return nil, nil
	}
	// Space for the labels to the right of the last points.
	p.X.Min, p.X.Max = round(p.X.Min, math.Floor), p.X.Max*labelRoom
	p.Y.Min, p.Y.Max = round(p.Y.Min, math.Floor), round(p.Y.Max, math.Ceil)
	return p, addLabels(p, labels)
}

// round returns the next power of ten below or above.
func round(v float64, to func(float64) float64) float64 {
	// A power of ten stays the same despite rounding errors of the logarithm.
	return math.Pow(10, to(math.Round(1e9*math.Log10(v))/1e9))
}

// label is the label of a line at its last point.
type label struct {
	text  string
	at    plotter.XY
	color color.Color
}

// apart moves labels with the same number of tasks down so that they do not overlap.
func apart(labels []label, low, high float64) {
	gap := math.Pow(high/low, labelGap)
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(b.at.Y, a.at.Y) })
	for i := range labels {
		for _, above := range labels[:i] {
			if above.at.X == labels[i].at.X {
				labels[i].at.Y = min(labels[i].at.Y, above.at.Y/gap)
			}
		}
	}
}

// addLabels writes the labels at the ends of the lines.
func addLabels(p *plot.Plot, labels []label) error {
	apart(labels, p.Y.Min, p.Y.Max)
	for _, l := range labels {
		drawn, err := plotter.NewLabels(plotter.XYLabels{XYs: plotter.XYs{l.at}, Labels: []string{l.text}})
		if err != nil {
			return err
		}
		style := &drawn.TextStyle[0]
		style.Color, style.Font, style.YAlign = l.color, sans(12), text.YCenter
		drawn.Offset = vg.Point{X: vg.Points(8)}
		p.Add(drawn)
	}
	return nil
}

// sans is a sans-serif font.
func sans(points float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(points)}
}

// powers puts a tick at each power of ten.
func powers(name func(float64) string) plot.Ticker {
	return plot.TickerFunc(func(low, high float64) []plot.Tick {
		var ticks []plot.Tick
		for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
			for digit := 1; digit < 10; digit++ {
				v := float64(digit) * math.Pow(10, e)
				if v < low*0.999 || v > high*1.001 {
					continue
				}
				tick := plot.Tick{Value: v}
				if digit == 1 {
					tick.Label = name(v)
				}
				ticks = append(ticks, tick)
			}
		}
		return ticks
	})
}

// plain groups the digits of a whole number.
func plain(v float64) string {
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// duration formats a power of ten of seconds.
func duration(seconds float64) string {
	for _, u := range []struct {
		name string
		size float64
	}{{"s", 1}, {"ms", 1e-3}, {"µs", 1e-6}} {
		if seconds >= u.size*0.999 {
			return plain(seconds/u.size) + " " + u.name
		}
	}
	return plain(seconds/1e-9) + " ns"
}
