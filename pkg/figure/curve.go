package figure

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// curve is a line through points, interrupted where values cannot be shown. A
// point between two gaps is a dot, so that nothing measured goes missing.
type curve struct {
	segments []plotter.XYs
	color    color.RGBA
	width    vg.Length
	dashed   bool
	hidden   int   // values ≤ 0 that a log axis cannot show
	bad      []int // indices of the NaN and infinite values
	before   int   // how many segments end before the first of these
}

// newCurve pairs x and y up to the shorter length.
func newCurve(x, y []float64, log bool, c color.RGBA) *curve {
	out := &curve{color: c, width: curveWidth}
	var open plotter.XYs
	for i := 0; i < min(len(x), len(y)); i++ {
		show := finite(y[i]) && finite(x[i])
		if !show {
			if len(out.bad) == 0 {
				out.before = len(out.segments) + min(1, len(open))
			}
			out.bad = append(out.bad, i)
		}
		if show && log && !onLog(y[i]) {
			show = false
			out.hidden++
		}
		if show {
			open = append(open, plotter.XY{X: x[i], Y: y[i]})
			continue
		}
		if len(open) > 0 {
			out.segments = append(out.segments, open)
			open = nil
		}
	}
	if len(open) > 0 {
		out.segments = append(out.segments, open)
	}
	for i, s := range out.segments {
		out.segments[i] = decimate(s, maxPoints)
	}
	return out
}

// last returns the last point that is shown.
func (c *curve) last() (plotter.XY, bool) {
	if len(c.segments) == 0 {
		return plotter.XY{}, false
	}
	s := c.segments[len(c.segments)-1]
	return s[len(s)-1], true
}

// beforeBad returns the last point before the first value that is not finite.
func (c *curve) beforeBad() (plotter.XY, bool) {
	if c.before == 0 {
		return plotter.XY{}, false
	}
	s := c.segments[c.before-1]
	return s[len(s)-1], true
}

// DataRange implements plot.DataRanger; an empty curve leaves the axes alone.
func (c *curve) DataRange() (xmin, xmax, ymin, ymax float64) {
	e := newExtent()
	for _, s := range c.segments {
		for _, p := range s {
			e.add(p.X, p.Y)
		}
	}
	return e.xmin, e.xmax, e.ymin, e.ymax
}

func (c *curve) Plot(canvas draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&canvas)
	style := draw.LineStyle{Color: c.color, Width: c.width}
	if c.dashed {
		style.Dashes = dashes
	}
	for _, s := range c.segments {
		points := make([]vg.Point, len(s))
		for i, xy := range s {
			points[i] = vg.Point{X: toX(xy.X), Y: toY(xy.Y)}
		}
		if len(points) == 1 {
			drawDot(canvas, points[0], c.color, c.dashed)
			continue
		}
		canvas.StrokeLines(style, canvas.ClipLinesXY(points)...)
	}
}

// drawDot marks a lone point; the dashed twin gets a ring instead of a disc.
func drawDot(canvas draw.Canvas, at vg.Point, c color.Color, ring bool) {
	glyph := draw.GlyphStyle{Color: c, Radius: 2.6, Shape: draw.CircleGlyph{}}
	if ring {
		glyph.Shape = draw.RingGlyph{}
	}
	canvas.DrawGlyph(glyph, at)
}

// cross marks the last value before a run diverged.
type cross struct {
	at    plotter.XY
	color color.RGBA
}

func (m cross) Plot(canvas draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&canvas)
	x, y := toX(m.at.X), toY(m.at.Y)
	const r = vg.Length(3.6)
	style := draw.LineStyle{Color: m.color, Width: 1.8}
	canvas.StrokeLine2(style, x-r, y-r, x+r, y+r)
	canvas.StrokeLine2(style, x-r, y+r, x+r, y-r)
}
