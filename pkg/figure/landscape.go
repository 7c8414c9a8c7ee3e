package figure

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Landscape shows the loss over a plane through the space of weights, with the way a training went through it: whether that runs down one valley,
// jumps from side to side, or stands on a plain. Lines have equal losses. Where the loss is NaN, infinite, or on the log scale ≤ 0, it is grey.
//
// The plane is two directions of thousands: a valley in it can be a slope in another one.
type Landscape struct {
	Title        string // default: "Loss landscape"
	Subtitle     string // what the directions are
	AName, BName string // of the directions, to the right and up; default: "direction a" and "direction b"
	A, B         []float64
	Loss         [][]float64 // [b][a], b as in B: rising
	Linear       bool        // colours by value; default: by its logarithm, where the finite ones are positive and differ more than tenfold
	Path         []Step
	Low, High    float64 // losses at the ends of the colours, to compare figures, see [Alike]; both 0: those of the plane
	Across, Up   float64 // how far the axes go, with the plane in their middle, to compare distances; less than the plane, as 0: as far as it goes
}

// Step is a point of the way through a [Landscape].
type Step struct {
	A, B float64
	Name string // "epoch 3"; of the first and the last it stands beside the point
	Loss float64
}

func (Landscape) shaded() {}

// Size implements [Sizer].
func (l Landscape) Size() (width, height vg.Length) { return 5.2 * vg.Inch, 5.9 * vg.Inch }

func (l Landscape) log() bool {
	low, high := l.span()
	return !l.Linear && low >= tiniest && high > 10*low
}

// span is from where to where the colours go; NaN: no loss is finite.
func (l Landscape) span() (low, high float64) {
	if l.Low < l.High && finite(l.High-l.Low) {
		return l.Low, l.High
	}
	return finiteRange(l.all())
}

func (l Landscape) all() (all []float64) {
	for _, row := range l.Loss {
		all = append(all, row...)
	}
	return all
}

// check tells what doesn't fit.
func (l Landscape) check() error {
	if len(l.Loss) != len(l.B) {
		return fmt.Errorf("figure: landscape has %s of losses for %d values of B", plural(len(l.Loss), "row"), len(l.B))
	}
	for i, row := range l.Loss {
		if len(row) != len(l.A) {
			return fmt.Errorf("figure: row %d of the landscape has %s for %d of A", i+1, plural(len(row), "loss"), len(l.A))
		}
	}
	for _, axis := range [][]float64{l.A, l.B} {
		for i, v := range axis {
			if !finite(v) || i > 0 && !(v > axis[i-1]) {
				return fmt.Errorf("figure: the places of a landscape must be finite and rise: %g is number %d", v, i+1)
			}
		}
	}
	return nil
}

func (l Landscape) frame() frame {
	f := frame{title: or(l.Title, "Loss landscape"), subtitle: l.Subtitle, noGrid: true, square: true,
		x: axis{label: or(l.AName, "direction a")}, y: axis{label: or(l.BName, "direction b")}}
	switch low, high := finiteRange(l.all()); {
	case len(l.A) < 2 || len(l.B) < 2:
		f.empty = "no loss was computed"
		return f
	case !(low <= high):
		f.empty = "no loss is finite"
		return f
	}
	f.x.lo, f.x.hi, f.y.lo, f.y.hi = l.A[0], l.A[len(l.A)-1], l.B[0], l.B[len(l.B)-1]
	if !finite(f.x.hi-f.x.lo) || !finite(f.y.hi-f.y.lo) {
		f.empty = "the places are too far apart"
		return f
	}
	f.x.widen(l.Across)
	f.y.widen(l.Up)
	ticker := func(want int) plot.Ticker { return linearTicks{Want: want} }
	f.x.ticker, f.y.ticker = ticker, ticker
	f.marks = []plot.Plotter{ground{l, f}, way(l.Path)}
	if len(l.Path) > 0 {
		f.key = []keyEntry{{label: "the training's path", color: seriesColors[1]}}
	}
	return f
}

func (l Landscape) scale() colorScale {
	label := "loss"
	if l.log() {
		label = "loss (log)"
	}
	if low, high := l.span(); finite(low) {
		return newColorScale(label, []float64{low, high}, false, l.log())
	}
	return newColorScale(label, l.all(), false, l.log())
}

// Draw implements [Figure]. It is an error when Loss is not as large as A and B, or these don't rise.
func (l Landscape) Draw(c draw.Canvas) error { return l.drawFrame(c, l.frame()) }

// drawFrame draws the frame above the scale of colours.
func (l Landscape) drawFrame(c draw.Canvas, f frame) error {
	if err := l.check(); err != nil {
		return err
	}
	if f.empty != "" {
		return f.draw(c)
	}
	c.SetColor(background)
	c.Fill(c.Rectangle.Path())
	grey := ""
	for _, v := range l.all() {
		if !finite(v) {
			grey = "NaN, Inf"
		}
	}
	bar := draw.Crop(c, margin, -margin, margin, -margin)
	above := l.scale().drawColorBar(bar, grey)
	return f.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: above.Min.Y - 2}, Max: c.Max}})
}

// widen has a linear axis go as far as length, if that is more, with its middle where it was.
func (a *axis) widen(length float64) {
	if more := length - (a.hi - a.lo); more > 0 && finite(more) {
		a.lo, a.hi = a.lo-more/2, a.hi+more/2
	}
}

// share is where on a linear axis v lies, from 0 to 1.
func (a axis) share(v float64) float64 { return (v - a.lo) / (a.hi - a.lo) }

// taller is how much higher than a usual panel of a [Grid] one of that width is, for a square as wide as the panel and the scale below.
func (l Landscape) taller(width vg.Length) vg.Length {
	const usualSquare = vg.Length(100)
	return colorBarHeight + max(0, width-2*margin-axisColumn-usualSquare)
}

// ground is the plane in colours with lines of equal loss.
type ground struct {
	Landscape
	f frame
}

// levels is how many steps of colour, with a line between two, the plane has.
const levels = 12

// Plot implements plot.Plotter.
func (g ground) Plot(c draw.Canvas, _ *plot.Plot) {
	scale := g.scale()
	pixels := max(8, int(perPoint*min(c.Max.X-c.Min.X, c.Max.Y-c.Min.Y)))
	// Between places a loss that spans decades is their geometric mean: a straight line would hide the floor of a valley.
	still, back := Still{Values: g.Loss}, func(v float64) float64 { return v }
	if scale.log {
		still.Values, back = nil, math.Exp
		for _, row := range g.Loss {
			logs := make([]float64, len(row))
			for i, v := range positive(row) {
				logs[i] = math.Log(v)
			}
			still.Values = append(still.Values, logs)
		}
	}
	// The places of A and B need not be equally far from each other.
	rows, columns := betweens(g.B, pixels), betweens(g.A, pixels)
	level := make([][]float64, pixels)
	values := make([][]float64, pixels)
	for y := range pixels {
		for x := range pixels {
			v := back(still.value(rows[pixels-1-y], columns[x], true))
			values[y] = append(values[y], v)
			level[y] = append(level[y], scale.level(v))
		}
	}
	picture := raster(pixels, pixels, pixels, func(y, x int) color.RGBA {
		tint := scale.color(values[y][x])
		if y > 0 && crosses(level[y][x], level[y-1][x]) || x > 0 && crosses(level[y][x], level[y][x-1]) {
			tint = mixed(tint, color.RGBA{A: 0xFF}, 0.3)
			if luminance(tint) < 0.1 {
				tint = mixed(tint, background, 0.45)
			}
		}
		return tint
	})
	plane := vg.Rectangle{Min: vg.Point{X: c.X(g.f.x.share(g.A[0])), Y: c.Y(g.f.y.share(g.B[0]))},
		Max: vg.Point{X: c.X(g.f.x.share(g.A[len(g.A)-1])), Y: c.Y(g.f.y.share(g.B[len(g.B)-1]))}}
	c.DrawImage(plane, withPalette(picture, 0))
	box := rectangle(plane.Min.X, plane.Min.Y, plane.Max.X, plane.Max.Y)
	c.StrokeLines(draw.LineStyle{Color: axisColor, Width: hairline}, append(box, box[0]))
}

// level is where on the scale v lies, in steps; NaN: nowhere.
func (s colorScale) level(v float64) float64 {
	if !finite(v) || s.log && !onLog(v) {
		return math.NaN()
	}
	if s.log {
		return levels * plot.LogScale{}.Normalize(s.lo, s.hi, clamp(v, s.lo, s.hi))
	}
	return levels * plot.LinearScale{}.Normalize(s.lo/4, s.hi/4, clamp(v, s.lo, s.hi)/4)
}

// crosses tells whether a line of equal loss goes between two levels. On a plain, which rounding makes bumpy, there is none.
func crosses(a, b float64) bool { return math.Abs(a-b) > alike && math.Floor(a) != math.Floor(b) }

// betweens are the indices into rising places, with fractions, of the middles of so many equal steps over them.
func betweens(places []float64, steps int) []float64 {
	at, out := 0, make([]float64, steps)
	low, high := places[0], places[len(places)-1]
	for i := range out {
		x := low + (high-low)*(float64(i)+0.5)/float64(steps)
		for at < len(places)-2 && x > places[at+1] {
			at++
		}
		out[i] = float64(at) + (x-places[at])/(places[at+1]-places[at])
	}
	return out
}

// Text implements [Figure]: the lowest loss of the plane, how much of it has none, and the path.
func (l Landscape) Text() string {
	lines := []string{or(l.Title, "Loss landscape")}
	if err := l.check(); err != nil {
		return lines[0] + "\n  " + err.Error()
	}
	if empty := l.frame().empty; empty != "" {
		return lines[0] + "\n  " + empty
	}
	low, high := finiteRange(l.all())
	lines = append(lines, fmt.Sprintf("  %d × %d places; loss from %s to %s", len(l.A), len(l.B), number(low), number(high)))
	bad := 0
	for _, v := range l.all() {
		if !finite(v) {
			bad++
		}
	}
	if bad > 0 {
		lines = append(lines, fmt.Sprintf("  at %s the loss is NaN or infinite", plural(bad, "place")))
	}
	for _, s := range l.Path {
		lines = append(lines, fmt.Sprintf("  %s at (%s, %s): loss %s", or(s.Name, "step"), number(s.A), number(s.B), number(s.Loss)))
	}
	return strings.Join(lines, "\n")
}
