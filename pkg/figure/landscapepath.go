package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// way is the path of a training.
type way []Step

// Plot implements plot.Plotter.
func (w way) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	inside := func(s Step) bool {
		return finite(s.A) && finite(s.B) && s.A >= p.X.Min && s.A <= p.X.Max && s.B >= p.Y.Min && s.B <= p.Y.Max
	}
	var lines [][]vg.Point
	var points []vg.Point
	for _, s := range w {
		if !inside(s) {
			lines, points = append(lines, points), nil
			continue
		}
		points = append(points, vg.Point{X: toX(s.A), Y: toY(s.B)})
	}
	lines = append(lines, points)
	for _, under := range []draw.LineStyle{{Color: background, Width: 3.4}, {Color: seriesColors[1], Width: 1.6}} {
		for _, line := range lines {
			if len(line) > 1 {
				c.StrokeLines(under, line)
			}
		}
	}
	for i, s := range w {
		if !inside(s) {
			continue
		}
		at := vg.Point{X: toX(s.A), Y: toY(s.B)}
		radius := vg.Length(2.2)
		if i == 0 || i == len(w)-1 {
			radius = 3.6
		}
		for _, ring := range []struct {
			radius vg.Length
			tint   color.RGBA
		}{{radius + 1.2, background}, {radius, seriesColors[1]}} {
			c.SetColor(ring.tint)
			c.Fill(circle(at, ring.radius))
		}
	}
	for i, s := range w {
		if i > 0 && i < len(w)-1 || !inside(s) || s.Name == "" {
			continue
		}
		w.sign(c, vg.Point{X: toX(s.A), Y: toY(s.B)}, s, i > 0)
	}
}

// sign writes a step's name on a plate, beside it where there is room.
func (way) sign(c draw.Canvas, at vg.Point, s Step, below bool) {
	words := s.Name
	if finite(s.Loss) {
		words += "  " + number(s.Loss)
	}
	style := boldStyle(bodySize, ink)
	width, height := style.Width(words)+8, style.Font.Size+5
	y := at.Y + 7
	if below || y+height > c.Max.Y {
		y = at.Y - 7 - height
	}
	if y < c.Min.Y {
		y = at.Y + 7
	}
	x := clampLength(at.X-width/2, c.Min.X+1, c.Max.X-width-1)
	c.FillPolygon(background, rectangle(x, y, x+width, y+height))
	c.FillText(style, vg.Point{X: x + 4, Y: y + height - 2}, words)
}

// circle is a filled dot's edge.
func circle(at vg.Point, radius vg.Length) (path vg.Path) {
	path.Move(vg.Point{X: at.X + radius, Y: at.Y})
	path.Arc(at, radius, 0, 2*math.Pi)
	path.Close()
	return path
}

func clampLength(v, lo, hi vg.Length) vg.Length { return max(lo, min(hi, v)) }
