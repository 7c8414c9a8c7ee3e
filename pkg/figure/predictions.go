package figure

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Predictions shows what a model predicts over what was to be predicted, a dot for each row of data. Both axes have one scale, so that
// a prediction without an error lies on the diagonal. Predictions that are all alike, or no steeper than the mean's, are seen at a glance:
// the model hasn't learned. Of more than 600 rows every n-th is drawn; what is said is of all.
//
// Rows whose target or prediction isn't finite are left out and counted in a note.
type Predictions struct {
	Title    string // default: "Predictions beside the targets"
	Subtitle string // default: R², see [Predictions.R2]
	Name     string // of what is predicted, at both axes
	Targets  []float64
	Values   []float64 // the prediction of each; where one list is longer, its end is left out
}

// R2 is R² = 1 − Σ(y−ŷ)²/Σ(y−ȳ)², the share of the targets' variance that the predictions explain: 1 without an error, 0 for always
// predicting the mean, negative for less than that. NaN without two different finite targets.
func (p Predictions) R2() float64 {
	points, _ := p.points()
	mean, residual, total := 0.0, 0.0, 0.0
	for _, q := range points {
		mean += q.X / float64(len(points))
	}
	for _, q := range points {
		residual += (q.Y - q.X) * (q.Y - q.X)
		total += (q.X - mean) * (q.X - mean)
	}
	if !(total >= tiniest) || math.IsInf(total, 0) || math.IsInf(residual, 0) {
		return math.NaN()
	}
	return 1 - residual/total
}

// explained is R² in words.
func (p Predictions) explained() string {
	switch r := p.R2(); {
	case math.IsNaN(r):
		return "the targets don't differ: there is nothing to explain"
	case r < 0:
		return fmt.Sprintf("R² %s: worse than always predicting the mean", number(r))
	case r < 0.01:
		return fmt.Sprintf("R² %s: no better than always predicting the mean", number(r))
	case r > 0.999 && r < 1:
		return fmt.Sprintf("R² 1 − %s of the targets' variance", number(1-r))
	default:
		return fmt.Sprintf("R² %s: the share of the targets' variance that is explained", number(r))
	}
}

func (p Predictions) points() (points plotter.XYs, bad int) {
	return pairs(p.Targets, p.Values)
}

// pairs returns the finite pairs of two lists, and how many aren't.
func pairs(x, y []float64) (points plotter.XYs, bad int) {
	for i := range min(len(x), len(y)) {
		if finite(x[i]) && finite(y[i]) {
			points = append(points, plotter.XY{X: x[i], Y: y[i]})
		} else {
			bad++
		}
	}
	return points, bad
}

// Size implements [Sizer]: the data stand in a square.
func (p Predictions) Size() (width, height vg.Length) { return 4.6 * vg.Inch, 5.2 * vg.Inch }

// Draw implements [Figure].
func (p Predictions) Draw(c draw.Canvas) error { return p.frame().draw(c) }

func (p Predictions) frame() frame {
	of := ""
	if p.Name != "" {
		of = " " + p.Name
	}
	f := frame{title: or(p.Title, "Predictions beside the targets"), subtitle: p.Subtitle, square: true, readNote: true,
		x: axis{label: "True" + of}, y: axis{label: "Predicted" + of}}
	points, bad := p.points()
	e := newExtent()
	for _, q := range points {
		e.add(q.X, q.Y)
	}
	if e.empty() {
		f.empty = "no row with a finite target and prediction"
		return f
	}
	f.subtitle = or(p.Subtitle, upperFirst(p.explained()))
	low, high := min(e.xmin, e.ymin), max(e.xmax, e.ymax)
	air := 0.04 * (high - low)
	if !(air > tiniest) {
		air = max(0.5, 0.1*math.Abs(low))
	}
	f.x.lo, f.x.hi, f.y.lo, f.y.hi = low-air, high+air, low-air, high+air
	// One tick at the same values on both axes.
	ticker := func(int) plot.Ticker { return linearTicks{Want: 6} }
	f.x.ticker, f.y.ticker = ticker, ticker
	thin := 1 + (len(points)-1)/mostDots
	var shown plotter.XYs
	for i := 0; i < len(points); i += thin {
		shown = append(shown, points[i])
	}
	f.marks = []plot.Plotter{diagonal{}, dots{at: shown, color: seriesColors[0]}}
	f.key = []keyEntry{{label: "without an error", color: softInk, dotted: true}}
	var notes []string
	if thin > 1 {
		notes = append(notes, fmt.Sprintf("%d of %d rows are drawn.", len(shown), len(points)))
	}
	if bad > 0 {
		notes = append(notes, pluralOf(bad, "row isn't finite and left out.", "rows aren't finite and left out."))
	}
	f.note = strings.Join(notes, " ")
	return f
}

// Text implements [Figure]: R², and the ranges of targets and predictions.
func (p Predictions) Text() string {
	text := or(p.Title, "Predictions beside the targets")
	points, bad := p.points()
	if len(points) == 0 {
		return text + "\n  no row with a finite target and prediction"
	}
	xmin, xmax, ymin, ymax := plotter.XYRange(points)
	text += fmt.Sprintf("\n  %s\n  %s: targets from %s to %s, predictions from %s to %s", p.explained(), plural(len(points), "row"),
		exact(xmin), exact(xmax), exact(ymin), exact(ymax))
	if bad > 0 {
		text += "\n  " + pluralOf(bad, "row isn't finite and left out", "rows aren't finite and left out")
	}
	return text
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
