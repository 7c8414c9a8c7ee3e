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

// GradientFlow shows for each layer, input on top, how large its gradient was
// at the first step (ring), at the last (disc), and between which values it
// lay; measured once, it is a disc alone. A line of discs that leans to the left at the top is a vanishing
// gradient; the layers differ by decades. What is zero, and so infinitely far
// left, is named in the note.
type GradientFlow struct {
	Title     string // default: "Gradient flow"
	Subtitle  string
	Layers    []string    // from input to output
	Norms     [][]float64 // [layer][k], L2, k in the order of measurement
	Low, High float64     // ends of the axis, to compare figures; 0: as the norms need
}

// Size implements [Sizer]: it grows with the number of layers.
func (g GradientFlow) Size() (width, height vg.Length) {
	return DefaultWidth, min(maxHeight, max(2.6*vg.Inch, 1.4*vg.Inch+vg.Length(16*len(g.Norms))))
}

// Draw implements [Figure].
func (g GradientFlow) Draw(c draw.Canvas) error { return g.frame().draw(c) }

func (g GradientFlow) frame() frame {
	f := frame{
		title: or(g.Title, "Gradient flow"), subtitle: g.Subtitle,
		x: axis{label: "L2 norm of the gradient (log scale)", log: true},
		y: axis{label: "Layer, input on top", lo: -0.6, hi: float64(len(g.Norms)) - 0.4},
	}
	low, high := math.Inf(1), math.Inf(-1)
	var ticks []plot.Tick
	var fates []fate
	for i, norms := range g.Norms {
		row := float64(len(g.Norms) - 1 - i)
		ticks = append(ticks, plot.Tick{Value: row, Label: g.layer(i)})
		d := dumbbell{row: row, color: depthColor(i, len(g.Norms))}
		var shown []float64
		for _, v := range norms {
			if onLog(v) {
				shown = append(shown, v)
			}
		}
		if left := len(norms) - len(shown); left > 0 {
			fates = append(fates, fate{g.layer(i), plural(left, "value") + " zero or not finite"})
		}
		if len(shown) == 0 {
			continue
		}
		d.low, d.high = finiteRange(shown)
		d.first, d.last = shown[0], shown[len(shown)-1]
		low, high = min(low, d.low), max(high, d.high)
		f.marks = append(f.marks, d)
	}
	if low > high {
		f.empty = "no gradient above zero was measured"
		return f
	}
	if g.Low > 0 && g.High > g.Low {
		low, high = min(low, g.Low), max(high, g.High)
	}
	f.x.lo, f.x.hi = padded(low, high, true)
	f.y.ticker = func(want int) plot.Ticker { return everyNth(ticks, want) }
	if g.measured() > 1 {
		f.key = []keyEntry{
			{label: "lowest to highest", color: pale(softInk, 0.4)},
			{label: "first step", color: softInk, ring: true}, {label: "last step", color: softInk, dot: true},
		}
	}
	f.note = strings.Join(tell(fates), " ")
	return f
}

// everyNth leaves out the names of rows for which the axis is too short: 36
// points of it are wanted for a number, and a name needs 10.
func everyNth(ticks []plot.Tick, want int) plot.ConstantTicks {
	room := 36 * (2*want + 1) / 20
	n := (len(ticks) + room - 1) / room
	var out plot.ConstantTicks
	for i := 0; i < len(ticks); i += n {
		out = append(out, ticks[i])
	}
	return out
}

// measured is how often the norms were measured.
func (g GradientFlow) measured() (times int) {
	for _, norms := range g.Norms {
		times = max(times, len(norms))
	}
	return times
}

func (g GradientFlow) layer(i int) string { return layerLines{layers: g.Layers}.layer(i) }

// Text implements [Figure].
func (g GradientFlow) Text() string {
	if g.measured() == 1 {
		lines := []string{or(g.Title, "Gradient flow")}
		for i, norms := range g.Norms {
			for _, v := range norms {
				lines = append(lines, fmt.Sprintf("  %s: gradient norm %s", g.layer(i), number(v)))
			}
		}
		return strings.Join(lines, "\n")
	}
	l := layerLines{title: or(g.Title, "Gradient flow"), layers: g.Layers, values: g.Norms, quantity: "gradient norm"}
	return l.text()
}

// dumbbell is one row of a GradientFlow.
type dumbbell struct {
	row                    float64
	low, high, first, last float64
	color                  color.RGBA
}

func (d dumbbell) Plot(c draw.Canvas, p *plot.Plot) {
	toX, toY := p.Transforms(&c)
	y := toY(d.row)
	c.StrokeLine2(draw.LineStyle{Color: pale(d.color, 0.4), Width: 3}, toX(d.low), y, toX(d.high), y)
	drawDot(c, vg.Point{X: toX(d.first), Y: y}, d.color, true)
	c.DrawGlyph(draw.GlyphStyle{Color: d.color, Radius: 3.6, Shape: draw.CircleGlyph{}}, vg.Point{X: toX(d.last), Y: y})
}
