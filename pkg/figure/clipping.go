package figure

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// Clipping shows the norm of the gradient before and after clipping at each
// step, and the limit. If nearly every step is clipped, the limit has become
// part of the learning rate; if none is, it does nothing.
type Clipping struct {
	Title    string // default: "Gradient norm before and after clipping"
	Subtitle string
	Steps    []int // empty: 1, 2, 3, …
	Before   []float64
	After    []float64
	Limit    float64 // 0: unknown, no line
}

// Draw implements [Figure].
func (g Clipping) Draw(c draw.Canvas) error { return g.frame().draw(c) }

func (g Clipping) frame() frame {
	f := frame{
		title: or(g.Title, "Gradient norm before and after clipping"), subtitle: g.Subtitle,
		x: axis{label: "Step", ticker: func(want int) plot.Ticker { return linearTicks{Want: want, Integer: true} }},
		y: axis{label: "L2 norm of the gradient (log scale)", log: true},
	}
	x := stepsOrCount(g.Steps, max(len(g.Before), len(g.After)))
	before := newCurve(x, g.Before, true, seriesColors[4])
	after := newCurve(x, g.After, true, seriesColors[0])
	before.width = 1.1
	e := newExtent()
	for _, c := range []*curve{before, after} {
		e.addCurve(c)
		f.marks = append(f.marks, c)
	}
	if e.empty() {
		f.empty = "no gradient above zero was measured"
		return f
	}
	if g.Limit > 0 {
		f.addReferences(&e, []Reference{{Value: g.Limit, Label: "limit"}})
	}
	f.setRange(e)
	f.key = []keyEntry{{label: "before", color: before.color}, {label: "after", color: after.color}}
	if bad := len(before.bad); bad > 0 {
		f.note = fmt.Sprintf("%s not finite, the first at step %g.", plural(bad, "gradient"), x[before.bad[0]])
	}
	return f
}

// clipped counts the steps at which clipping changed the norm by more than
// rounding does.
func (g Clipping) clipped() (n, of int) {
	for i := range min(len(g.Before), len(g.After)) {
		if !finite(g.Before[i]) || !finite(g.After[i]) {
			continue
		}
		of++
		if math.Abs(g.Before[i]-g.After[i]) > 1e-5*math.Abs(g.Before[i]) {
			n++
		}
	}
	return n, of
}

// Text implements [Figure].
func (g Clipping) Text() string {
	head := or(g.Title, "Gradient norm before and after clipping")
	n, of := g.clipped()
	if of == 0 {
		return head + "\n  nothing measured"
	}
	_, before := finiteRange(g.Before)
	_, after := finiteRange(g.After)
	s := fmt.Sprintf("%s\n  clipped in %d of %s; highest norm %s before, %s after", head, n, plural(of, "step"), number(before), number(after))
	if g.Limit > 0 {
		s += ", limit " + number(g.Limit)
	}
	return s
}

func stepsOrCount(steps []int, n int) []float64 {
	if len(steps) == 0 {
		return countFrom1(n)
	}
	x := make([]float64, len(steps))
	for i, s := range steps {
		x[i] = float64(s)
	}
	return x
}
