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

func (a Activations) grid() Grid {
	g := Grid{Title: or(a.Title, "Activations by layer"), Columns: min(3, max(1, len(a.Mean))), PanelHeight: 2.3 * vg.Inch, PanelWidth: 3.1 * vg.Inch}
	if len(a.Mean) < 3 {
		g.PanelWidth = 4.2 * vg.Inch
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
	for _, p := range panels {
		p.shared = shared
		g.Panels = append(g.Panels, p)
	}
	return g
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

func (p activationPanel) Draw(c draw.Canvas) error {
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
		return f.draw(c)
	}
	f.behind = []plot.Plotter{band{x: p.x, low: p.low, high: p.high, color: translucent(color)}}
	f.marks = []plot.Plotter{mean}
	f.setRange(e)
	return f.draw(c)
}

func (p activationPanel) Text() string {
	n := len(p.mean)
	if n == 0 {
		return "  " + p.name + ": nothing measured"
	}
	return fmt.Sprintf("  %s: %s ± %s → %s ± %s", p.name,
		number(p.mean[0]), number(p.high[0]-p.mean[0]), number(p.mean[n-1]), number(p.high[n-1]-p.mean[n-1]))
}
