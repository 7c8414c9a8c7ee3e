package figure

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Activations shows how the outputs of each layer are distributed over the
// steps: the mean, and one standard deviation to both sides. A band that
// narrows to a line carries no signal; one that widens layer by layer is on its
// way to overflow; one pressed against a bound of its activation is saturated.
// Every layer has a panel of its own, all on the same vertical axis.
type Activations struct {
	Title  string // default: "Activations by layer"
	Layers []string
	Steps  []int
	Mean   [][]float64 // [layer][k]
	SD     [][]float64 // [layer][k]; negative or missing: no band
}

// mostPanels is how many panels of a readable size fill a page.
const mostPanels = 12

func (a Activations) grid() Grid {
	shown := a.shown()
	g := Grid{Title: or(a.Title, "Activations by layer"), Columns: max(1, len(shown)), PanelHeight: 2.2 * vg.Inch}
	switch {
	case len(shown) == 4:
		g.Columns = 2
	case len(shown) > 4:
		g.Columns = 3
	}
	if len(shown) < len(a.Mean) {
		g.Subtitle = fmt.Sprintf("%d of %d layers, evenly spread from input to output", len(shown), len(a.Mean))
	}
	shared := newExtent()
	panels := make([]activationPanel, len(a.Mean))
	for i := range a.Mean {
		panels[i] = a.panel(i)
		for k := range panels[i].mean {
			shared.addY(panels[i].low[k])
			shared.addY(panels[i].high[k])
			shared.addY(panels[i].mean[k])
		}
	}
	for _, i := range shown {
		panels[i].shared = shared
		g.Panels = append(g.Panels, panels[i])
	}
	return g
}

// shown lists the layers that get a panel: all, or as many as a page takes.
func (a Activations) shown() []int {
	n := min(len(a.Mean), mostPanels)
	out := make([]int, n)
	for k := range out {
		out[k] = k
		if n < len(a.Mean) {
			out[k] = k * (len(a.Mean) - 1) / (n - 1)
		}
	}
	return out
}

func (a Activations) panel(i int) activationPanel {
	l := layerLines{layers: a.Layers, steps: a.Steps}
	p := activationPanel{name: l.layer(i), mean: a.Mean[i], x: l.x(len(a.Mean[i])), layer: i, layers: len(a.Mean)}
	for k, m := range p.mean {
		low, high := m, m
		if i < len(a.SD) && k < len(a.SD[i]) && a.SD[i][k] >= 0 {
			low, high = m-a.SD[i][k], m+a.SD[i][k]
		}
		p.low, p.high = append(p.low, low), append(p.high, high)
	}
	return p
}

// Size implements [Sizer].
func (a Activations) Size() (width, height vg.Length) { return a.grid().Size() }

// Draw implements [Figure].
func (a Activations) Draw(c draw.Canvas) error { return a.grid().Draw(c) }

// Text implements [Figure].
func (a Activations) Text() string {
	lines := []string{or(a.Title, "Activations by layer")}
	for i := range a.Mean {
		lines = append(lines, a.panel(i).Text())
	}
	if len(a.Mean) == 0 {
		lines = append(lines, "  nothing measured")
	}
	return strings.Join(lines, "\n")
}

type activationPanel struct {
	name            string
	layer, layers   int
	x               []float64
	mean, low, high []float64
	shared          extent
}

func (p activationPanel) Draw(c draw.Canvas) error { return p.frame().draw(c) }

func (p activationPanel) frame() frame {
	color := depthColor(p.layer, p.layers)
	mean := newCurve(p.x, p.mean, false, color)
	e := newExtent()
	e.addCurve(mean)
	e.ymin, e.ymax = p.shared.ymin, p.shared.ymax
	f := frame{
		title: p.name,
		x:     axis{label: "Step", ticker: func(want int) plot.Ticker { return linearTicks{Want: want, Integer: true} }},
		y:     axis{label: "Mean ± standard deviation"},
	}
	if e.empty() {
		f.empty = "nothing finite was measured"
		return f
	}
	f.behind = []plot.Plotter{band{x: p.x, low: p.low, high: p.high, color: translucent(color)}}
	f.marks = []plot.Plotter{mean}
	if at, ok := mean.beforeBad(); ok {
		f.marks = append(f.marks, cross{at: at, color: color})
	}
	if len(mean.bad) > 0 {
		f.note = plural(len(mean.bad), "mean") + fmt.Sprintf(" not finite, the first at step %g.", p.x[mean.bad[0]])
	}
	f.setRange(e)
	return f
}

func (p activationPanel) Text() string {
	n := len(p.mean)
	if n == 0 {
		return "  " + p.name + ": nothing measured"
	}
	return fmt.Sprintf("  %s: %s ± %s → %s ± %s", p.name,
		number(p.mean[0]), number(p.high[0]-p.mean[0]), number(p.mean[n-1]), number(p.high[n-1]-p.mean[n-1]))
}
