package figure

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// frame is the layout every panel shares: title and key on top, the vertical
// axis' label above its numbers where it can be read without turning the head,
// labels at the ends of the curves, and a note at the foot.
type frame struct {
	title    string
	subtitle string
	x, y     axis
	behind   []plot.Plotter // under the grid
	marks    []plot.Plotter
	key      []keyEntry
	ends     []endLabel
	note     string
	empty    string // the reason why nothing is shown; "" when something is
	noGrid   bool
}

// axis describes one axis of a frame; its range must be finite, and positive
// when log is set.
type axis struct {
	label  string
	log    bool
	lo, hi float64
	ticker func(want int) plot.Ticker // nil: chosen by log
	bare   bool                       // names without a line and tick marks
}

// keyEntry explains a line style or a fill.
type keyEntry struct {
	label  string
	color  color.RGBA
	dashed bool
	filled bool
	dot    bool
	ring   bool
}

// axisColumn is the least room for the numbers of the vertical axis.
const axisColumn = vg.Length(26)

func (f frame) draw(c draw.Canvas) error {
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	c = draw.Crop(c, margin, -margin, margin, -margin)
	c = f.drawHeader(c)
	c = f.drawNote(c)
	if f.empty != "" {
		return f.drawEmpty(c)
	}
	p := f.plot(c)
	reserved := labelColumn(f.ends, c)
	area := draw.Crop(c, 0, -reserved, 0, 0)
	// Panels side by side or above each other line up as long as their numbers
	// are short.
	if used := p.DataCanvas(area).Min.X - area.Min.X; used < axisColumn {
		area = draw.Crop(area, axisColumn-used, 0, 0, 0)
	}
	p.Draw(area)
	data := p.DataCanvas(area)
	drawEndLabels(c, data, p, f.ends)
	return nil
}

// plot sets up gonum's axes; the frame draws titles and labels itself.
func (f frame) plot(c draw.Canvas) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	size := c.Rectangle.Size()
	f.x.apply(&p.X, max(3, int(size.X/52)))
	f.y.apply(&p.Y, max(3, int(size.Y/36)))
	p.X.Label.Text = f.x.label
	p.X.Label.Padding = 3
	p.Y.LineStyle.Width = 0
	p.Y.Tick.Length = 0
	p.Add(f.behind...)
	if !f.noGrid {
		p.Add(grid{x: f.x.log})
	}
	p.Add(f.marks...)
	// Add widens the axes to the data; the frame has already chosen them.
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = f.x.lo, f.x.hi, f.y.lo, f.y.hi
	return p
}

func (a axis) apply(to *plot.Axis, want int) {
	to.Min, to.Max = a.lo, a.hi
	to.Padding = 0
	to.LineStyle = draw.LineStyle{Color: axisColor, Width: hairline}
	to.Tick.LineStyle = draw.LineStyle{Color: axisColor, Width: hairline}
	to.Tick.Length = 3.5
	if a.bare {
		to.LineStyle.Width, to.Tick.Length = 0, 0
	}
	alignX, alignY := to.Tick.Label.XAlign, to.Tick.Label.YAlign
	to.Tick.Label = textStyle(bodySize, softInk)
	to.Tick.Label.XAlign, to.Tick.Label.YAlign = alignX, alignY
	alignX, alignY = to.Label.TextStyle.XAlign, to.Label.TextStyle.YAlign
	to.Label.TextStyle = textStyle(bodySize, softInk)
	to.Label.TextStyle.XAlign, to.Label.TextStyle.YAlign = alignX, alignY
	if a.log {
		to.Scale = plot.LogScale{}
	}
	switch {
	case a.ticker != nil:
		to.Tick.Marker = a.ticker(want)
	case a.log:
		to.Tick.Marker = logTicks{Want: want}
	default:
		to.Tick.Marker = linearTicks{Want: want}
	}
}

// drawHeader writes title, subtitle, key and the vertical axis' label, and
// returns what is left of the canvas below them.
func (f frame) drawHeader(c draw.Canvas) draw.Canvas {
	width := c.Rectangle.Size().X
	y := c.Max.Y
	if f.title != "" {
		style := boldStyle(titleSize, ink)
		if width < 4*vg.Inch {
			style = boldStyle(titleSize-1.5, ink)
		}
		c.FillText(style, vg.Point{X: c.Min.X, Y: y}, fit(f.title, style, width))
		y -= style.Font.Size + 4
	}
	body := textStyle(bodySize, softInk)
	if f.subtitle != "" {
		for _, line := range wrap(f.subtitle, body, width) {
			c.FillText(body, vg.Point{X: c.Min.X, Y: y}, line)
			y -= body.Font.Size + 3
		}
	}
	if f.title != "" || f.subtitle != "" {
		y -= 3
	}
	keyWidth := keyWidth(f.key, body)
	labelWidth := body.Width(f.y.label)
	if f.empty == "" && f.y.label != "" && len(f.key) > 0 && labelWidth+keyWidth+16 > width {
		drawKey(c, vg.Point{X: c.Min.X, Y: y}, f.key, body)
		y -= body.Font.Size + 4
	} else if f.empty == "" && len(f.key) > 0 {
		drawKey(c, vg.Point{X: c.Max.X - keyWidth, Y: y}, f.key, body)
	}
	if f.y.label != "" {
		c.FillText(body, vg.Point{X: c.Min.X, Y: y}, fit(f.y.label, body, width))
	}
	if f.y.label != "" || len(f.key) > 0 {
		y -= body.Font.Size + 6
	}
	c.Max.Y = y
	return c
}

func (f frame) drawNote(c draw.Canvas) draw.Canvas {
	if f.note == "" {
		return c
	}
	style := textStyle(smallSize, softInk)
	lines := wrap(f.note, style, c.Rectangle.Size().X)
	for i := len(lines) - 1; i >= 0; i-- {
		c.FillText(style, vg.Point{X: c.Min.X, Y: c.Min.Y + style.Font.Size}, lines[i])
		c.Min.Y += style.Font.Size + 2
	}
	c.Min.Y += 4
	return c
}

// drawEmpty says why there is no picture instead of leaving a hole.
func (f frame) drawEmpty(c draw.Canvas) error {
	c.StrokeLines(draw.LineStyle{Color: gridColor, Width: 1}, []vg.Point{
		c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}, c.Min,
	})
	style := textStyle(bodySize+1, softInk)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	c.FillText(style, c.Center(), fit(f.empty, style, c.Rectangle.Size().X-16))
	return nil
}

// grid draws quiet lines at the labelled ticks: horizontal ones always,
// vertical ones on a log axis, where positions are hard to judge.
type grid struct{ x bool }

func (g grid) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	style := draw.LineStyle{Color: gridColor, Width: hairline}
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(style, c.Min.X, toY(t.Value), c.Max.X, toY(t.Value))
		}
	}
	if !g.x {
		return
	}
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(style, toX(t.Value), c.Min.Y, toX(t.Value), c.Max.Y)
		}
	}
}

// setRange fits both axes to e: the horizontal one exactly, so that curves
// start at the axis, the vertical one with some air.
func (f *frame) setRange(e extent) {
	f.y.lo, f.y.hi = padded(e.ymin, e.ymax, f.y.log)
	f.x.lo, f.x.hi = e.xmin, e.xmax
	switch {
	case e.xmin == e.xmax && f.x.log:
		f.x.lo, f.x.hi = e.xmin/2, e.xmax*2
	case e.xmin == e.xmax:
		f.x.lo, f.x.hi = e.xmin-0.5, e.xmax+0.5
	}
}

func logSuffix(log bool) string {
	if log {
		return " (log scale)"
	}
	return ""
}
