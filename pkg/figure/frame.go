package figure

import (
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
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
	focus    focus
	flags    []signpost
	flagged  *curve // the one that flags point to; nil without flags
	note     string
	readNote bool   // the note is needed to read the picture
	empty    string // the reason why nothing is shown; "" when something is
	noGrid   bool
	// flatNames: names at the horizontal axis are shortened rather than turned
	flatNames bool
	square    bool // the data stand in a square

	right      vg.Length // room beside the data for marks that name themselves
	head, foot vg.Length // least room above and below, which lines panels up
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
	if c.Rectangle.Size().Y < 40 || c.Rectangle.Size().X < 60 {
		return nil // nothing can be read at such a size
	}
	room, ends := f.ends, f.named()
	if c.Rectangle.Size().X < narrow {
		room, ends = nil, nil // named in the key
	}
	// gonum centres the label of a log axis far right of the middle.
	label := textStyle(bodySize, softInk)
	label.XAlign, label.YAlign = draw.XCenter, draw.YBottom
	foot := c.Min.Y
	if f.x.label != "" {
		c.Min.Y += label.Font.Size + 4
	}
	p := f.plot(c)
	area := draw.Crop(c, 0, -max(f.right, labelColumn(room, c)), 0, 0)
	// Panels side by side or above each other line up as long as their numbers
	// are short.
	if used := p.DataCanvas(area).Min.X - area.Min.X; used < axisColumn {
		area = draw.Crop(area, axisColumn-used, 0, 0, 0)
	}
	style := textStyle(bodySize, ink)
	data := p.DataCanvas(area)
	toX, _ := p.Transforms(&data)
	placed, rows := plant(f.flags, style, data, toX)
	if c.Rectangle.Size().X < narrow {
		rows = 0 // named in the key
	}
	if rows > 0 {
		area.Max.Y -= vg.Length(rows) * flagRow
		data = p.DataCanvas(area)
	}
	if size := data.Rectangle.Size(); f.square {
		// The second round takes up that fewer or shorter ticks need less room.
		area = draw.Crop(area, 0, -max(0, size.X-size.Y), 0, -max(0, size.Y-size.X))
		data = p.DataCanvas(area)
	}
	p.Draw(area)
	drawFlags(c, data, placed, rows, f.flagged, p)
	f.drawXLabel(c, label, vg.Point{X: (data.Min.X + data.Max.X) / 2, Y: foot})
	drawEndLabels(c, data, p, ends)
	return nil
}

// drawXLabel centres the label of the horizontal axis, or keeps it in the panel.
func (f frame) drawXLabel(c draw.Canvas, style text.Style, at vg.Point) {
	room := c.Rectangle.Size().X
	s := f.x.label
	if style.Width(s) > room {
		s = fit(strings.TrimSuffix(s, logSuffix(true)), style, room)
	}
	half := style.Width(s) / 2
	at.X = max(c.Min.X+half, min(at.X, c.Max.X-half))
	c.FillText(style, at, s)
}

// plot sets up gonum's axes; the frame draws titles and labels itself.
func (f frame) plot(c draw.Canvas) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	size := c.Rectangle.Size()
	f.x.apply(&p.X, max(3, int(size.X/46)))
	f.y.apply(&p.Y, max(3, int(size.Y/36)))
	p.Y.Tick.Marker = shortNames{p.Y.Tick.Marker, p.Y.Tick.Label, 0.34 * size.X}
	if f.x.bare {
		f.fitNames(&p.X, 0.85*size.X/vg.Length(f.x.hi-f.x.lo))
	}
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
		to.LineStyle.Width, to.Tick.LineStyle.Width, to.Tick.Length = 0, 0, 2
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

// setRange fits both axes to e: the horizontal one exactly, so that curves
// start at the axis, the vertical one with some air.
func (f *frame) setRange(e extent) {
	f.y.lo, f.y.hi = padded(e.ymin, e.ymax, f.y.log)
	f.x.lo, f.x.hi = e.xmin, e.xmax
	switch {
	case e.xmin == e.xmax && f.x.log:
		f.x.lo, f.x.hi = e.xmin/2, e.xmax*2
	case e.xmax-e.xmin < tiniest:
		f.x.lo, f.x.hi = e.xmin-0.5, e.xmax+0.5
	}
}

func logSuffix(log bool) string {
	if log {
		return " (log scale)"
	}
	return ""
}
