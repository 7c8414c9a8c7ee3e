package figure

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	boxFill   = color.RGBA{R: 0xF3, G: 0xF5, B: 0xF8, A: 0xFF}
	frameFill = color.RGBA{R: 0xFA, G: 0xFB, B: 0xFC, A: 0xFF}
	markColor = color.RGBA{R: 0xB4, G: 0x23, B: 0x3A, A: 0xFF} // crimson, that of no series
	markFill  = pale(markColor, 0.1)
)

func (p *drawing) draw(c draw.Canvas) {
	s := p.scale
	left := (c.Min.X + c.Max.X - p.width*s) / 2
	to := func(at vg.Point) vg.Point { return vg.Point{X: left + at.X*s, Y: c.Max.Y - at.Y*s} }
	for i, f := range p.Frames { // the outer ones come first
		r := vg.Rectangle{Min: to(p.frameAt[i].Min), Max: to(p.frameAt[i].Max)}
		fill, edge := groupColors(f.Group, frameFill, gridColor)
		if f.Group > 0 {
			fill = pale(edge, 0.06)
		}
		p.panel(c, r, 4*s, fill, edge, f.Muted)
	}
	arrow := draw.LineStyle{Color: softInk, Width: 0.9 * s}
	for _, line := range p.lines {
		points := make([]vg.Point, len(line.points))
		for i, at := range line.points {
			points[i] = to(at)
		}
		if line.head {
			tip := points[len(points)-1]
			points[len(points)-1].Y += 3 * s
			c.FillPolygon(softInk, []vg.Point{tip, {X: tip.X - 2.6*s, Y: tip.Y + 5.5*s}, {X: tip.X + 2.6*s, Y: tip.Y + 5.5*s}})
		}
		c.StrokeLines(arrow, points)
	}
	for i, f := range p.Frames {
		p.frameTitle(c, to(p.frameAt[i].Min), (p.frameAt[i].Max.X-p.frameAt[i].Min.X)*s, f)
	}
	for i, b := range p.Boxes {
		p.box(c, vg.Rectangle{Min: to(p.boxAt[i].Min), Max: to(p.boxAt[i].Max)}, b)
	}
	label := wordStyle(0.9 * s)
	label.XAlign, label.YAlign = draw.XCenter, draw.YCenter
	for _, m := range p.marks {
		at := to(m.at)
		c.SetColor(background)
		c.Fill(rounded(at.X-markRadius*s, at.Y-markRadius*s, at.X+markRadius*s, at.Y+markRadius*s, markRadius*s))
		c.SetLineStyle(draw.LineStyle{Color: softInk, Width: 0.7 * s})
		c.Stroke(rounded(at.X-markRadius*s, at.Y-markRadius*s, at.X+markRadius*s, at.Y+markRadius*s, markRadius*s))
		c.FillText(label, at, m.label)
	}
}

func groupColors(group int, fill, edge color.RGBA) (inside, border color.RGBA) {
	if group <= 0 {
		return fill, edge
	}
	border = seriesColor(group - 1)
	return pale(border, 0.16), border
}

func (p *drawing) panel(c draw.Canvas, r vg.Rectangle, radius vg.Length, fill, edge color.RGBA, dashed bool) {
	outline := rounded(r.Min.X, r.Max.Y, r.Max.X, r.Min.Y, radius)
	c.SetColor(fill)
	c.Fill(outline)
	style := draw.LineStyle{Color: edge, Width: 0.9 * p.scale}
	if dashed {
		style.Dashes = []vg.Length{3 * p.scale, 2 * p.scale}
		if edge == gridColor {
			style.Color = axisColor
		}
	}
	c.SetLineStyle(style)
	c.Stroke(outline)
}

func (p *drawing) box(c draw.Canvas, r vg.Rectangle, b Box) {
	s := p.scale
	fill, edge := groupColors(b.Group, boxFill, axisColor)
	if b.Marked {
		fill, edge = markFill, markColor
	}
	radius := 3 * s
	if b.End {
		fill, radius = background, min(12*s, (r.Min.Y-r.Max.Y)/2)
	}
	p.panel(c, r, radius, fill, edge, b.Muted)
	name, word := nameStyle(s), wordStyle(s)
	name.XAlign, word.XAlign = draw.XCenter, draw.XCenter
	room := r.Max.X - r.Min.X - boxSides*s
	at := vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: r.Min.Y - boxEnds*s + 0.5*s}
	c.FillText(name, at, fit(b.Name, name, room))
	at.Y -= (bodySize + lineGap) * s
	for _, n := range b.Notes {
		c.FillText(word, at, fit(n, word, room))
		at.Y -= (smallSize + lineGap) * s
	}
}

// frameTitle names a frame in its upper left corner.
func (p *drawing) frameTitle(c draw.Canvas, at vg.Point, width vg.Length, f Frame) {
	s := p.scale
	name, word := nameStyle(s), wordStyle(s)
	room := min(widestText*s, width-2*framePadding*s)
	at.X, at.Y = at.X+framePadding*s, at.Y-4*s
	note, below := f.beside()
	title := fit(f.Name, name, room)
	c.FillText(name, at, title)
	if rest := room + 1 - name.Width(title); note != "" && rest > 20*s {
		c.FillText(word, vg.Point{X: at.X + name.Width(title), Y: at.Y - 0.8*s}, fit(note, word, rest))
	}
	for _, n := range below {
		at.Y -= (smallSize + lineGap) * s
		c.FillText(word, at, fit(n, word, room+1))
	}
}

// rounded is a rectangle with round corners.
func rounded(x0, y0, x1, y1, radius vg.Length) vg.Path {
	var path vg.Path
	path.Move(vg.Point{X: x0 + radius, Y: y0})
	corner := func(x, y vg.Length, from float64) {
		path.Arc(vg.Point{X: x, Y: y}, radius, from, math.Pi/2)
	}
	path.Line(vg.Point{X: x1 - radius, Y: y0})
	corner(x1-radius, y0+radius, -math.Pi/2)
	path.Line(vg.Point{X: x1, Y: y1 - radius})
	corner(x1-radius, y1-radius, 0)
	path.Line(vg.Point{X: x0 + radius, Y: y1})
	corner(x0+radius, y1-radius, math.Pi/2)
	path.Line(vg.Point{X: x0, Y: y0 + radius})
	corner(x0+radius, y0+radius, math.Pi)
	path.Close()
	return path
}
