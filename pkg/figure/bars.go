package figure

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars compares a number of many things by name, such as the ratio of updates of each parameter: a horizontal bar for each, its
// name above it, so that long names are read whole. Of more than [MostBars] those are shown that are furthest from the mark, zeros
// first, in the order in which they are given, and a note says of the rest how many there are and between which values.
type Bars struct {
	Title    string
	Subtitle string
	XLabel   string // what is measured, with its unit; default: "Value"
	Names    []string
	Values   []float64 // none below 0; what isn't finite has no bar
	Words    []string  // in the place of a number that isn't finite; default: "not measured"
	Mark     Reference // a vertical line to compare with; at 0: none
}

// MostBars is how many bars a figure shows.
const MostBars = 20

// barRow is the room of a name and its bar.
const barRow = vg.Length(23)

// Size implements [Sizer]: it grows with the number of bars.
func (b Bars) Size() (width, height vg.Length) {
	return DefaultWidth, 90 + barRow*vg.Length(max(2, min(len(b.Values), MostBars)))
}

// Draw implements [Figure].
func (b Bars) Draw(c draw.Canvas) error { return b.frame().draw(c) }

func (b Bars) frame() frame {
	f := frame{title: b.Title, subtitle: b.Subtitle, noGrid: true, x: axis{label: or(b.XLabel, "Value")}}
	shown, rest := b.shown()
	if len(shown) == 0 {
		f.empty = "nothing to show"
		return f
	}
	f.note = rest
	f.y.lo, f.y.hi = -0.5, float64(len(shown))-0.5
	f.y.bare, f.y.ticker = true, func(int) plot.Ticker { return plot.ConstantTicks{} }
	low, high := math.Inf(1), 0.0
	for _, v := range append(b.values(shown), b.Mark.Value) {
		if onLog(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	switch {
	case high == 0:
		f.x.lo, f.x.hi = 0, 1
	case high > 50*low: // zeros are bars without a length
		f.x.log = true
		decades := math.Log10(high) - math.Log10(low)
		f.x.lo, f.x.hi = math.Pow(10, math.Floor(math.Log10(low)-0.2)), math.Pow(10, min(305, math.Log10(high)+decades/4))
		f.x.label += logSuffix(true)
	default:
		f.x.lo, f.x.hi = 0, 1.3*high // with room for the numbers
	}
	f.marks = []plot.Plotter{barMarks{b, shown}}
	if onLog(b.Mark.Value) {
		f.key = []keyEntry{{label: or(b.Mark.Label, number(b.Mark.Value)), color: softInk, dotted: true}}
	}
	return f
}

func (b Bars) values(of []int) []float64 {
	values := make([]float64, len(of))
	for k, i := range of {
		values[k] = b.Values[i]
	}
	return values
}

// shown are the bars by index, and what is said of those that there is no room for.
func (b Bars) shown() (shown []int, rest string) {
	for i := range b.Values {
		shown = append(shown, i)
	}
	if len(shown) <= MostBars {
		return shown, ""
	}
	away := func(i int) float64 {
		switch v := b.Values[i]; {
		case v == 0:
			return math.Inf(1)
		case !onLog(v):
			return -1
		default:
			return math.Abs(math.Log(v / orNumber(b.Mark.Value, 1)))
		}
	}
	slices.SortStableFunc(shown, func(i, j int) int {
		switch a, b := away(i), away(j); {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	left := shown[MostBars:]
	shown = slices.Sorted(slices.Values(shown[:MostBars]))
	rest = fmt.Sprintf("%d more, nearer to %s", len(left), or(b.Mark.Label, number(orNumber(b.Mark.Value, 1))))
	if low, high := finiteRange(b.values(left)); finite(low) {
		rest += fmt.Sprintf(": from %s to %s", number(low), number(high))
	}
	return shown, rest + "."
}

// word is what stands behind a bar.
func (b Bars) word(i int) string {
	switch {
	case finite(b.Values[i]):
		return number(b.Values[i])
	case i < len(b.Words) && b.Words[i] != "":
		return b.Words[i]
	}
	return "not measured"
}

// Text implements [Figure]: each bar that is shown, a line for each.
func (b Bars) Text() string {
	lines := []string{b.Title}
	shown, rest := b.shown()
	for _, i := range shown {
		lines = append(lines, "  "+label(b.Names, i)+": "+b.word(i))
	}
	if len(shown) == 0 {
		lines = append(lines, "  nothing to show")
	}
	if rest != "" {
		lines = append(lines, "  "+rest)
	}
	return strings.Join(lines, "\n")
}

type barMarks struct {
	Bars
	shown []int
}

func (m barMarks) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
		if !t.IsMinor() {
			c.StrokeLine2(draw.LineStyle{Color: gridColor, Width: hairline}, toX(t.Value), c.Min.Y, toX(t.Value), c.Max.Y)
		}
	}
	if v := m.Mark.Value; onLog(v) && v <= p.X.Max {
		c.StrokeLine2(referenceStyle, toX(v), c.Min.Y, toX(v), c.Max.Y)
	}
	name, value := textStyle(bodySize, ink), textStyle(bodySize, softInk)
	name.YAlign, value.YAlign = draw.YBottom, draw.YCenter
	const thick = vg.Length(7)
	for k, i := range m.shown {
		middle := toY(float64(len(m.shown) - 1 - k))
		end := c.Min.X
		if v := m.Values[i]; onLog(v) {
			end = max(c.Min.X+1, toX(v))
		}
		top := middle - 1.5
		if end > c.Min.X {
			c.FillPolygon(seriesColors[0], rectangle(c.Min.X, top-thick, end, top))
		}
		word := fit(m.word(i), value, c.Max.X-end-4)
		at := vg.Point{X: end + 4, Y: top - thick/2 + 0.8}
		c.FillPolygon(background, rectangle(at.X-2, at.Y-bodySize/2, at.X+value.Width(word)+2, at.Y+bodySize/2)) // no line through a number
		c.FillText(value, at, word)
		c.FillText(name, vg.Point{X: c.Min.X, Y: top + 1.5}, fit(label(m.Names, i), name, c.Max.X-c.Min.X))
	}
}
