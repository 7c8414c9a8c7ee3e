package figure

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// layerLines is what several figures have in common: one curve for each layer
// over the steps of a training, coloured from input to output.
type layerLines struct {
	title, subtitle string
	yLabel          string
	log             bool
	percent         bool // values are shares from 0 to 1
	layers          []string
	steps           []int
	values          [][]float64 // [layer][k], k counts the entries of steps
	behind          []plot.Plotter
	low, high       float64 // ends of the vertical axis; 0: as the values need
	key             []keyEntry
	quantity        string // in the text: "gradient norm"
}

func (l layerLines) draw(c draw.Canvas) error { return l.frame().draw(c) }

func (l layerLines) frame() frame {
	f := frame{
		title: l.title, subtitle: l.subtitle, behind: l.behind, key: l.key,
		x: axis{label: "Step", ticker: func(want int) plot.Ticker { return linearTicks{Want: want, Integer: true} }},
		y: axis{label: l.yLabel + logSuffix(l.log), log: l.log},
	}
	e := newExtent()
	hidden := 0
	var fates []fate
	for i, values := range l.values {
		c := newCurve(l.x(len(values)), l.scaled(values), l.log, depthColor(i, len(l.values)))
		f.marks = append(f.marks, c)
		e.addCurve(c)
		hidden += c.hidden
		label := endLabel{name: l.layer(i), color: c.color}
		if at, ok := c.last(); ok {
			label.x, label.y, label.hasY = at.X, at.Y, true
			label.detail = l.value(values[len(values)-1])
		}
		if at, ok := c.beforeBad(); ok {
			f.marks = append(f.marks, cross{at: at, color: c.color})
		}
		if len(c.bad) > 0 {
			fates = append(fates, fate{l.layer(i), l.notFinite(values)})
		}
		fates = append(fates, l.outside(i, values)...)
		f.ends = append(f.ends, label)
	}
	if e.empty() {
		f.ends, f.key, f.empty = nil, nil, "no "+l.quantity+" to show"
		return f
	}
	if len(l.values) > mostLayerNames {
		f.ends = nil
		f.key = append(f.key[:len(f.key):len(f.key)], keyEntry{depth: true,
			label: fmt.Sprintf("input to output, %d layers", len(l.values))})
	}
	f.setRange(e)
	if l.low > 0 {
		f.y.lo = l.low
	}
	if l.high > 0 {
		f.y.hi = l.high
	}
	if l.percent {
		f.y.lo, f.y.hi = 0, percentCeiling(e.ymax)
		f.y.ticker = func(want int) plot.Ticker { return linearTicks{Want: min(want, 5), Integer: true} }
	}
	notes := tell(fates)
	if hidden > 0 {
		notes = append(notes, plural(hidden, "value")+" ≤ 0 cannot be shown on a log axis.")
	}
	f.note = strings.Join(notes, " ")
	return f
}

// mostLayerNames is how many layers are named one by one; the colours of more
// are explained from the first to the last.
const mostLayerNames = 10

// outside says that a layer's curve leaves an axis whose ends are fixed.
func (l layerLines) outside(i int, values []float64) []fate {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values[:min(len(values), len(l.steps))] {
		if finite(v) && (!l.log || onLog(v)) {
			low, high = min(low, v), max(high, v)
		}
	}
	var out []fate
	if l.low > 0 && low < l.low {
		out = append(out, fate{l.layer(i), "below the axis, down to " + number(low)})
	}
	if l.high > 0 && high > l.high {
		out = append(out, fate{l.layer(i), "above the axis, up to " + number(high)})
	}
	return out
}

// percentCeiling ends the axis at a round share above the highest one, so that
// a few dead units can be seen and a full axis means all of them.
func percentCeiling(highest float64) float64 {
	for _, ceiling := range []float64{5, 10, 25, 50} {
		if highest <= 0.95*ceiling {
			return ceiling
		}
	}
	return max(100, highest)
}

func (l layerLines) scaled(values []float64) []float64 {
	if !l.percent {
		return values
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = 100 * v
	}
	return out
}

func (l layerLines) value(v float64) string {
	if l.percent && finite(v) {
		return number(100*v) + "%"
	}
	return number(v)
}

// x returns the steps of the first n values; values beyond the known steps are
// not drawn, because where they belong is unknown.
func (l layerLines) x(n int) []float64 {
	x := make([]float64, min(n, len(l.steps)))
	for k := range x {
		x[k] = float64(l.steps[k])
	}
	return x
}

// place names measurement k by its step, or by its position where no steps are
// known.
func (l layerLines) place(k int) string {
	if k < len(l.steps) {
		return fmt.Sprintf("step %d", l.steps[k])
	}
	return fmt.Sprintf("measurement %d", k+1)
}

// notFinite tells where values stop being finite, or, if they are again later,
// where they were not for the first time.
func (l layerLines) notFinite(values []float64) string {
	first := firstBad(values) - 1
	if first < 0 {
		return ""
	}
	for _, v := range values[first:] {
		if finite(v) {
			return "not finite at " + l.place(first)
		}
	}
	return "not finite from " + l.place(first)
}

func (l layerLines) layer(i int) string {
	if i < len(l.layers) && l.layers[i] != "" {
		return l.layers[i]
	}
	return fmt.Sprintf("layer %d", i+1)
}

func (l layerLines) text() string {
	lines := []string{l.title}
	for i, values := range l.values {
		if len(values) == 0 {
			lines = append(lines, "  "+l.layer(i)+": nothing measured")
			continue
		}
		line := fmt.Sprintf("  %s: %s %s → %s", l.layer(i), l.quantity, l.value(values[0]), l.value(values[len(values)-1]))
		if low, high := finiteRange(values); finite(low) {
			line += fmt.Sprintf(", from %s to %s", l.value(low), l.value(high))
		}
		if firstBad(values) > 0 {
			line += ", " + l.notFinite(values)
		}
		lines = append(lines, line)
	}
	if len(l.values) == 0 {
		lines = append(lines, "  nothing measured")
	}
	return strings.Join(lines, "\n")
}

// finiteRange returns the lowest and the highest finite value, NaN if none is.
func finiteRange(values []float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if finite(v) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return math.NaN(), math.NaN()
	}
	return low, high
}
