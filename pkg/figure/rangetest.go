package figure

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// RangeTest shows a learning-rate range test (Smith, arXiv:1506.01186): the
// loss while the rate grows from step to step. Where the curve is flat the rate
// is too small to learn; where it falls steepest learning is fastest; where it
// turns up the rate is too large. A grid of rates looks the same, with what whole trainings ended at: there Validation has its place.
//
// The vertical axis is cut at four times the range between the lowest and the
// first smoothed loss, because the last steps before divergence would flatten
// everything else.
type RangeTest struct {
	Title       string // default: "Learning-rate range test"
	Subtitle    string
	YLabel      string // default: "Loss"
	Rates       []float64
	Losses      []float64 // one for each rate, drawn pale
	Smoothed    []float64 // one for each rate; empty: Losses stand alone
	Validation  []float64 // one for each rate, dashed; Losses are those of the training then
	Suggestions []Suggestion
}

// Suggestion is a rate that a rule picked from the test.
type Suggestion struct {
	Name string // such as "steepest"
	Rate float64
}

// Draw implements [Figure].
func (r RangeTest) Draw(c draw.Canvas) error { return r.frame().draw(c) }

func (r RangeTest) frame() frame {
	f := frame{
		title: or(r.Title, "Learning-rate range test"), subtitle: r.Subtitle,
		x: axis{label: "Learning rate (log scale)", log: true},
		y: axis{label: or(r.YLabel, "Loss")},
	}
	rates := positive(r.Rates)
	raw := newCurve(rates, r.Losses, false, pale(seriesColors[0], 0.35))
	raw.width = 0.9
	smooth := newCurve(rates, r.Smoothed, false, seriesColors[0])
	main := smooth
	if len(smooth.segments) == 0 {
		main, raw.color, raw.width = raw, seriesColors[0], curveWidth
	} else {
		f.key = []keyEntry{{label: "each step", color: raw.color}, {label: "smoothed", color: smooth.color}}
	}
	held := newCurve(rates, r.Validation, false, seriesColors[0])
	held.dashed = true
	if len(held.segments) > 0 && main == raw {
		f.key = []keyEntry{{label: "training", color: softInk}, {label: "validation", color: softInk, dashed: true}}
	}
	e := newExtent()
	e.addCurve(main)
	if e.empty() {
		f.key, f.empty = nil, "no loss was measured at a positive learning rate"
		return f
	}
	first, lowest := main.segments[0][0].Y, e.ymin
	low, high := finiteRange(raw.heights())
	e.addCurve(held)
	highest := max(e.ymax, high)
	if fall := first - lowest; fall > 0 {
		ceiling := lowest + 4*fall
		e.ymax = min(e.ymax, ceiling)
		if finite(low) {
			e.addY(max(low, lowest-4*fall))
			e.addY(min(high, ceiling))
		}
		if highest > ceiling {
			f.note = "The loss goes on to " + number(highest) + "; the axis is cut."
		}
	}
	f.flagged = main
	for i, s := range r.Suggestions {
		if onLog(s.Rate) {
			e.addX(s.Rate)
			f.flags = append(f.flags, signpost{s.Name + " " + number(s.Rate), seriesColors[1+i%(len(seriesColors)-1)], s.Rate})
		}
	}
	f.setRange(e)
	f.marks = []plot.Plotter{held, raw, smooth}
	return f
}

// positive replaces what a log axis cannot place by NaN.
func positive(values []float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v
		if !onLog(v) {
			out[i] = math.NaN()
		}
	}
	return out
}

// at returns the curve's height at x, on the straight line between its points as a log axis has them; not ok where it has none.
func (c *curve) at(x float64) (float64, bool) {
	for _, s := range c.segments {
		for i, p := range s {
			q := s[min(i+1, len(s)-1)]
			if p.X > q.X {
				p, q = q, p
			}
			if x < p.X*(1-1e-9) || x > q.X*(1+1e-9) {
				continue
			}
			if span := math.Log(q.X / p.X); span > 0 {
				return p.Y + (q.Y-p.Y)*clamp(math.Log(x/p.X)/span, 0, 1), true
			}
			return p.Y, true
		}
	}
	return 0, false
}

func (c *curve) heights() []float64 {
	var all []float64
	for _, s := range c.segments {
		for _, p := range s {
			all = append(all, p.Y)
		}
	}
	return all
}

func rectangle(x0, y0, x1, y1 vg.Length) []vg.Point {
	return []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
}

// Text implements [Figure].
func (r RangeTest) Text() string {
	lines := []string{or(r.Title, "Learning-rate range test")}
	n := min(len(r.Rates), len(r.Losses))
	if n == 0 {
		lines = append(lines, "  nothing measured")
	} else {
		lines = append(lines, fmt.Sprintf("  %s from %s to %s; loss %s",
			plural(n, "rate"), number(r.Rates[0]), number(r.Rates[n-1]), r.course(r.Losses[:n])))
	}
	if n = min(len(r.Rates), len(r.Validation)); n > 0 {
		lines = append(lines, "  validation loss "+r.course(r.Validation[:n]))
	}
	for _, s := range r.Suggestions {
		lines = append(lines, "  "+s.Name+": "+number(s.Rate))
	}
	return strings.Join(lines, "\n")
}

// course says how losses begin and where they are lowest.
func (r RangeTest) course(losses []float64) string {
	low := 0
	for i, loss := range losses {
		if finite(loss) && !(loss >= losses[low]) {
			low = i
		}
	}
	return fmt.Sprintf("%s at the start, lowest %s at rate %s", number(losses[0]), number(losses[low]), number(r.Rates[low]))
}
