package report

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// linear is a colour in linear RGB.
type linear [3]float64

func parseColor(t *testing.T, hex string) linear {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 32)
	require.NoError(t, err)
	var out linear
	for i := range out {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			out[i] = c / 12.92
		} else {
			out[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return out
}

func (c linear) luminance() float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }

// contrast returns the contrast ratio of the Web Content Accessibility
// Guidelines, from 1 to 21.
func contrast(a, b linear) float64 {
	x, y := a.luminance()+0.05, b.luminance()+0.05
	return max(x, y) / min(x, y)
}

// lab returns the colour in CIELAB, whose differences are perceptual.
func (c linear) lab() [3]float64 {
	r, g, b := min(1, max(0, c[0])), min(1, max(0, c[1])), min(1, max(0, c[2]))
	f := func(v float64) float64 {
		if v > 0.008856 {
			return math.Cbrt(v)
		}
		return 7.787*v + 16.0/116
	}
	x, y, z := f((0.4124*r+0.3576*g+0.1805*b)/0.95047), f(0.2126*r+0.7152*g+0.0722*b), f((0.0193*r+0.1192*g+0.9505*b)/1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func difference(a, b linear) float64 {
	x, y := a.lab(), b.lab()
	return math.Sqrt((x[0]-y[0])*(x[0]-y[0]) + (x[1]-y[1])*(x[1]-y[1]) + (x[2]-y[2])*(x[2]-y[2]))
}

// colorBlindness has the matrices of Machado, Oliveira and Fernandes (2009) for
// the three kinds of colour blindness, in linear RGB.
var colorBlindness = map[string][3]linear{
	"full":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

func (c linear) seenBy(m [3]linear) linear {
	var out linear
	for i := range out {
		out[i] = m[i][0]*c[0] + m[i][1]*c[1] + m[i][2]*c[2]
	}
	return out
}

// colorsOf returns the colours that a style sheet defines.
func colorsOf(t *testing.T, css string) map[string]linear {
	t.Helper()
	colors := map[string]linear{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		colors[m[1]] = parseColor(t, m[2])
	}
	return colors
}

// The colours of the states differ from the background and from each other, with
// every kind of colour blindness too.
func TestColors(t *testing.T) {
	t.Parallel()
	light, dark, found := strings.Cut(style, "@media (prefers-color-scheme: dark)")
	require.True(t, found)
	dark, _, found = strings.Cut(dark, ":root.paper")
	require.True(t, found)
	for scheme, css := range map[string]string{"light": light, "dark": dark} {
		colors := colorsOf(t, css)
		names := pageStates[1:]
		for i, a := range names {
			require.Contains(t, colors, a, scheme)
			for _, background := range []string{"surface", "raised"} {
				require.GreaterOrEqual(t, contrast(colors[a], colors[background]), 3.0, "%s: %s on %s", scheme, a, background)
			}
			for _, b := range names[:i] {
				for sight, m := range colorBlindness {
					d := difference(colors[a].seenBy(m), colors[b].seenBy(m))
					require.GreaterOrEqual(t, d, 15.0, "%s, %s: %s and %s", scheme, sight, a, b)
				}
			}
		}
		require.GreaterOrEqual(t, contrast(colors["control"], colors["surface"]), 3.0, "%s: borders of controls", scheme)
	}
}
