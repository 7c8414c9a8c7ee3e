package figure

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// referenceLine draws a Reference across the panel, its label above the line
// at the left, or below it when the line is near the top.
type referenceLine struct{ Reference }

func (r referenceLine) Plot(c draw.Canvas, p *plot.Plot) {
	_, toY := p.Transforms(&c)
	y := toY(r.Value)
	line := draw.LineStyle{Color: softInk, Width: 0.9, Dashes: []vg.Length{1.2, 2.2}}
	c.StrokeLine2(line, c.Min.X, y, c.Max.X, y)
	if r.Label == "" {
		return
	}
	style := textStyle(smallSize, softInk)
	label := fit(r.Label+" "+number(r.Value), style, c.Rectangle.Size().X-8)
	top := y + style.Font.Size + 2.5
	if top > c.Max.Y {
		top = y - 2
	}
	x, width := c.Min.X+4, style.Width(label)
	c.FillPolygon(background, []vg.Point{ // no grid line crosses the words
		{X: x - 2, Y: top - style.Font.Size - 1}, {X: x + width + 2, Y: top - style.Font.Size - 1},
		{X: x + width + 2, Y: top + 0.5}, {X: x - 2, Y: top + 0.5},
	})
	c.FillText(style, vg.Point{X: x, Y: top}, label)
}
