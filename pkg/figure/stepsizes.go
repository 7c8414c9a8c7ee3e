package figure

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// StepSizes compares how far the optimizer moves the weights at each step, for
// instance under several clipping limits. With Adam, whose steps hardly depend
// on the gradient's scale, clipping shows here as little change; with SGD it
// cuts the peaks.
type StepSizes struct {
	Title    string // default: "Optimizer step sizes"
	Subtitle string
	Steps    []int // empty: 1, 2, 3, …
	Runs     []Sizes
}

// Sizes are the L2 norms of the changes of all weights, one for each step.
type Sizes struct {
	Name string
	Size []float64
}

// Draw implements [Figure].
func (s StepSizes) Draw(c draw.Canvas) error { return s.frame().draw(c) }

func (s StepSizes) frame() frame {
	f := frame{
		title: or(s.Title, "Optimizer step sizes"), subtitle: s.Subtitle,
		x: axis{label: "Step", ticker: func(want int) plot.Ticker { return linearTicks{Want: want, Integer: true} }},
		y: axis{label: "L2 norm of the step (log scale)", log: true},
	}
	e := newExtent()
	hidden, bad := 0, 0
	for i, r := range s.Runs {
		c := newCurve(stepsOrCount(s.Steps, len(r.Size)), r.Size, true, seriesColor(i))
		c.width = 1.2
		e.addCurve(c)
		hidden += c.hidden
		f.marks = append(f.marks, c)
		label := endLabel{name: s.name(i), color: c.color}
		if at, ok := c.last(); ok {
			label.x, label.y, label.hasY = at.X, at.Y, true
			label.detail = "median " + number(median(r.Size))
		} else if label.low = c.hidden > 0; label.low {
			label.detail = "all 0"
		} else if len(c.bad) > 0 {
			label.detail = "not finite"
		}
		bad += len(c.bad)
		f.ends = append(f.ends, label)
	}
	if e.empty() {
		f.ends, f.empty = nil, "no step above zero was measured"
		return f
	}
	f.setRange(e)
	var notes []string
	if hidden > 0 {
		notes = append(notes, plural(hidden, "step")+" of size 0 cannot be shown on a log axis.")
	}
	if bad > 0 {
		notes = append(notes, plural(bad, "step")+" not finite.")
	}
	f.note = strings.Join(notes, " ")
	return f
}

func (s StepSizes) name(i int) string { return or(s.Runs[i].Name, fmt.Sprintf("run %d", i+1)) }

// Text implements [Figure].
func (s StepSizes) Text() string {
	lines := []string{or(s.Title, "Optimizer step sizes")}
	for i, r := range s.Runs {
		low, high := finiteRange(r.Size)
		if !finite(low) {
			lines = append(lines, "  "+s.name(i)+": nothing measured")
			continue
		}
		lines = append(lines, fmt.Sprintf("  %s: median %s, from %s to %s over %s", s.name(i), number(median(r.Size)), number(low), number(high), plural(len(r.Size), "step")))
	}
	if len(s.Runs) == 0 {
		lines = append(lines, "  no runs")
	}
	return strings.Join(lines, "\n")
}
