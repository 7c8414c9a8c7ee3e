package figure

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// band fills the area between two curves over the same x. Where one of them is
// not finite, or ≤ 0 on a log axis, the area is interrupted; a lower edge ≤ 0
// on a log axis is drawn at the axis' end instead.
type band struct {
	x, low, high []float64
	color        color.Color
	log          bool
}

func (b band) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	var upper, lower []vg.Point
	flush := func() {
		if len(upper) > 1 {
			outline := append([]vg.Point(nil), upper...)
			for i := len(lower) - 1; i >= 0; i-- {
				outline = append(outline, lower[i])
			}
			c.FillPolygon(b.color, c.ClipPolygonXY(outline))
		}
		if len(upper) == 1 {
			const half = vg.Length(4)
			c.FillPolygon(b.color, c.ClipPolygonXY(rectangle(upper[0].X-half, lower[0].Y, upper[0].X+half, upper[0].Y)))
		}
		upper, lower = nil, nil
	}
	for i := range min(len(b.x), len(b.low), len(b.high)) {
		low, high := b.low[i], b.high[i]
		if b.log && low < tiniest {
			low = p.Y.Min
		}
		if !finite(b.x[i]) || !finite(low) || !finite(high) || (b.log && !onLog(high)) {
			flush()
			continue
		}
		upper = append(upper, vg.Point{X: toX(b.x[i]), Y: toY(high)})
		lower = append(lower, vg.Point{X: toX(b.x[i]), Y: toY(low)})
	}
	flush()
}

// stripe shades a range of the vertical axis over the whole width.
type stripe struct {
	low, high float64
	color     color.RGBA
}

func (s stripe) Plot(c draw.Canvas, p *plot.Plot) {
	_, toY := p.Transforms(&c)
	low, high := toY(clamp(s.low, p.Y.Min, p.Y.Max)), toY(clamp(s.high, p.Y.Min, p.Y.Max))
	c.FillPolygon(s.color, rectangle(c.Min.X, low, c.Max.X, high))
}
