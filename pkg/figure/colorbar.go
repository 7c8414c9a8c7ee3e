package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorScale gives the numbers of a picture their colours; those that aren't finite, and on a log scale those ≤ 0, are grey.
type colorScale struct {
	label  string // what the numbers are
	lo, hi float64
	log    bool
	signed bool // around 0, which is white
	colors []color.RGBA
}

// signedScale is vermillion below the middle, white there and blue above.
var signedScale = []color.RGBA{
	pale(seriesColors[1], 1), pale(seriesColors[1], 0.72), pale(seriesColors[1], 0.44), pale(seriesColors[1], 0.2), background,
	pale(seriesColors[0], 0.2), pale(seriesColors[0], 0.44), pale(seriesColors[0], 0.72), pale(seriesColors[0], 1),
}

// newColorScale spans the finite ones of the values, around 0 where it is signed.
func newColorScale(label string, values []float64, signed, log bool) colorScale {
	s := colorScale{label: label, signed: signed, log: log, colors: heatScale}
	if log {
		values = positive(values)
	}
	s.lo, s.hi = finiteRange(values)
	if signed {
		most := max(-s.lo, s.hi)
		s.lo, s.hi, s.colors = -most, most, signedScale
	}
	if s.log && s.hi < 1.001*s.lo {
		s.lo, s.hi = s.lo/2, s.hi*2
	} else if s.lo == 0 && s.hi == 0 && !signed {
		s.hi = 1 // nothing but 0 is as pale as 0 is beside others
	} else if !s.log && !(s.hi-s.lo > tiniest) {
		s.lo, s.hi = s.lo-0.5, s.hi+0.5
	}
	return s
}

func (s colorScale) color(v float64) color.RGBA {
	if !finite(v) || s.log && !onLog(v) {
		return axisColor
	}
	var norm plot.Normalizer = plot.LinearScale{}
	if s.log {
		norm = plot.LogScale{}
	} else if s.hi-s.lo > hugest {
		v, s.lo, s.hi = v/4, s.lo/4, s.hi/4
	}
	return s.step(norm.Normalize(s.lo, s.hi, clamp(v, s.lo, s.hi)))
}

// scaleSteps is how many colours a scale has: so many can't be told apart any more, and fit a PNG's palette beside those of the text.
// It is odd for 0 in the middle.
const scaleSteps = 61

// step is the colour at t, 0 to 1.
func (s colorScale) step(t float64) color.RGBA {
	return onScale(s.colors, math.Round(t*(scaleSteps-1))/(scaleSteps-1))
}

const colorBarHeight = vg.Length(36)

// drawColorBar draws the scale with its numbers at the foot, and returns what is left of the canvas above it.
func (s colorScale) drawColorBar(c draw.Canvas, grey string) draw.Canvas {
	label, style := textStyle(bodySize, softInk), textStyle(bodySize, softInk)
	label.YAlign = draw.YCenter
	style.XAlign = draw.XCenter
	bar := vg.Rectangle{Min: vg.Point{X: c.Min.X + min(label.Width(s.label)+8, 0.4*(c.Max.X-c.Min.X)), Y: c.Min.Y + 15}}
	bar.Max = vg.Point{X: c.Max.X - 14, Y: bar.Min.Y + 10}
	middle := (bar.Min.Y + bar.Max.Y) / 2
	if grey != "" {
		width := label.Width(grey)
		bar.Max.X -= width + 28
		c.FillPolygon(axisColor, rectangle(c.Max.X-width-16, bar.Min.Y, c.Max.X-width-4, bar.Max.Y))
		c.FillText(label, vg.Point{X: c.Max.X - width, Y: middle}, grey)
	}
	c.FillText(label, vg.Point{X: c.Min.X, Y: middle}, fit(s.label, label, bar.Min.X-c.Min.X-4))
	width := bar.Max.X - bar.Min.X
	for i := range scaleSteps {
		from, to := bar.Min.X+width*vg.Length(i)/scaleSteps, bar.Min.X+width*vg.Length(i+1)/scaleSteps
		c.FillPolygon(s.step(float64(i)/(scaleSteps-1)), rectangle(from, bar.Min.Y, min(bar.Max.X, to+0.2), bar.Max.Y))
	}
	edge := draw.LineStyle{Color: axisColor, Width: hairline}
	box := rectangle(bar.Min.X, bar.Min.Y, bar.Max.X, bar.Max.Y)
	c.StrokeLines(edge, append(box, box[0]))
	var norm plot.Normalizer = plot.LinearScale{}
	var ticker plot.Ticker = linearTicks{Want: int(width / 46)}
	if s.log {
		norm, ticker = plot.LogScale{}, logTicks{Want: max(3, int(width/46))}
	}
	free := c.Min.X
	for _, t := range ticker.Ticks(s.lo, s.hi) {
		x := bar.Min.X + width*vg.Length(norm.Normalize(s.lo, s.hi, t.Value))
		c.StrokeLine2(edge, x, bar.Min.Y-3, x, bar.Min.Y)
		if half := style.Width(t.Label) / 2; t.Label != "" && x-half >= free {
			c.FillText(style, vg.Point{X: x, Y: bar.Min.Y - 4}, t.Label)
			free = x + half + 6
		}
	}
	c.Min.Y += colorBarHeight
	return c
}
