package figure

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Scatter shows one quantity over another, a dot for each pair: predictions
// over targets, the deviation of each feature. Pairs that are not finite, or
// ≤ 0 on the log axis, are left out and counted in a note.
type Scatter struct {
	Title    string // default: YLabel over XLabel
	Subtitle string
	XLabel   string // default: "x"
	YLabel   string // default: "y"
	X, Y     []float64
	LogY     bool
	// Diagonal draws the line y = x and gives both axes the same range:
	// predictions without an error lie on it.
	Diagonal bool
	Counts   bool // X counts something: its axis has no fractions
	Marks    []Reference
}

// mostDots keeps an SVG small. Of more pairs every n-th is drawn, the text is
// about all of them.
const mostDots = 600

// Draw implements [Figure].
func (s Scatter) Draw(c draw.Canvas) error { return s.frame().draw(c) }

func (s Scatter) frame() frame {
	f := frame{
		title: s.title(), subtitle: s.Subtitle,
		x: axis{label: or(s.XLabel, "x")},
		y: axis{label: or(s.YLabel, "y") + logSuffix(s.LogY), log: s.LogY},
	}
	if s.Counts {
		f.x.ticker = func(want int) plot.Ticker { return linearTicks{Want: want, Integer: true} }
	}
	points, bad, hidden := s.points()
	e := newExtent()
	for _, p := range points {
		e.add(p.X, p.Y)
	}
	if e.empty() {
		f.empty = "no pair of finite values to show"
		return f
	}
	if s.Diagonal && !s.LogY {
		e.add(e.ymin, e.xmin)
		e.add(e.ymax, e.xmax)
		f.marks = append(f.marks, diagonal{})
		f.key = append(f.key, keyEntry{label: "equal", color: softInk, dotted: true})
	}
	f.addReferences(&e, s.Marks)
	f.setRange(e)
	if e.xmax-e.xmin >= tiniest {
		air := 0.03 * (e.xmax - e.xmin)
		f.x.lo, f.x.hi = e.xmin-air, e.xmax+air
	}
	if s.Diagonal && !s.LogY {
		f.y.lo, f.y.hi = f.x.lo, f.x.hi
	}
	thin := 1 + (len(points)-1)/mostDots
	var shown plotter.XYs
	for i := 0; i < len(points); i += thin {
		shown = append(shown, points[i])
	}
	f.marks = append(f.marks, dots{at: shown, color: seriesColors[0]})
	var notes []string
	if thin > 1 {
		notes = append(notes, fmt.Sprintf("%d of %d pairs are drawn.", len(shown), len(points)))
	}
	if bad > 0 {
		notes = append(notes, plural(bad, "pair")+" not finite.")
	}
	if hidden > 0 {
		notes = append(notes, plural(hidden, "value")+" ≤ 0 cannot be shown on a log axis.")
	}
	f.note = strings.Join(notes, " ")
	return f
}

func (s Scatter) title() string {
	return or(s.Title, or(s.YLabel, "y")+" over "+or(s.XLabel, "x"))
}

// points returns the pairs that can be shown, and how many can't.
func (s Scatter) points() (points plotter.XYs, bad, hidden int) {
	for i := range min(len(s.X), len(s.Y)) {
		switch {
		case !finite(s.X[i]) || !finite(s.Y[i]):
			bad++
		case s.LogY && !onLog(s.Y[i]):
			hidden++
		default:
			points = append(points, plotter.XY{X: s.X[i], Y: s.Y[i]})
		}
	}
	return points, bad, hidden
}

// Text implements [Figure]: the ranges of both quantities.
func (s Scatter) Text() string {
	text := s.title() + "\n  "
	points, bad, hidden := s.points()
	if len(points) == 0 {
		return text + "nothing finite to show"
	}
	xmin, xmax, ymin, ymax := plotter.XYRange(points)
	text += fmt.Sprintf("%s; %s from %s to %s, %s from %s to %s", plural(len(points), "pair"),
		or(s.XLabel, "x"), exact(xmin), exact(xmax), or(s.YLabel, "y"), exact(ymin), exact(ymax))
	if bad > 0 {
		text += ", " + plural(bad, "pair") + " not finite"
	}
	if hidden > 0 {
		text += ", " + plural(hidden, "value") + " ≤ 0"
	}
	return strings.Join(append([]string{text}, referenceLines(s.Marks)...), "\n")
}

// exact writes four digits: predictions that hardly differ are a finding.
func exact(v float64) string { return tidyExponent(strconv.FormatFloat(v, 'g', 4, 64)) }

// dots are drawn as one path, which keeps an SVG small; where they overlap they
// don't darken.
type dots struct {
	at    plotter.XYs
	color color.RGBA
}

func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	const radius = vg.Length(2)
	var path vg.Path
	for _, xy := range d.at {
		at := vg.Point{X: toX(xy.X), Y: toY(xy.Y)}
		path.Move(vg.Point{X: at.X + radius, Y: at.Y})
		path.Arc(at, radius, 0, 2*math.Pi)
		path.Close()
	}
	c.SetColor(color.NRGBA{R: d.color.R, G: d.color.G, B: d.color.B, A: 0xA0})
	c.Fill(path)
}

// diagonal is the line y = x.
type diagonal struct{}

func (diagonal) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	low, high := max(p.X.Min, p.Y.Min), min(p.X.Max, p.Y.Max)
	if low < high {
		c.StrokeLine2(referenceStyle, toX(low), toY(low), toX(high), toY(high))
	}
}
