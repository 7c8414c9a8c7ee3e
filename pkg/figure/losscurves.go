package figure

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// LossCurves shows the loss of every epoch for one or several runs: does it
// fall, does it stay where it began, does the validation loss part from it?
//
// Training is solid and validation dashed, in one colour for each run. A NaN or
// infinite loss interrupts the curve, and the first one is named as the epoch
// at which the run diverged. Without any value the figure is an empty frame
// that says so.
type LossCurves struct {
	Title    string // default: "Loss by epoch"
	Subtitle string
	YLabel   string // what the loss is, with its unit; default: "Loss"
	XLabel   string // default: "Epoch"
	LogY     bool   // log axis; values ≤ 0 are left out and counted in a note
	Runs     []Run
	Marks    []Reference // horizontal lines to compare with
	// Focus, counted from 1, is the run that stands out among the others, which are grey and have no names: for a picture of many runs, one
	// for each place of a slider. All such pictures of the same runs have the same axes. 0: all runs alike.
	Focus int
}

// Run is one training: the loss of each epoch, the first epoch being 1.
type Run struct {
	Name       string
	Train      []float64
	Validation []float64 // empty: none
	Color      Color
}

// Draw implements [Figure].
func (l LossCurves) Draw(c draw.Canvas) error { return l.frame().draw(c) }

func (l LossCurves) frame() frame {
	f := frame{
		title:    or(l.Title, "Loss by epoch"),
		subtitle: l.Subtitle,
		x:        axis{label: or(l.XLabel, "Epoch"), ticker: func(want int) plot.Ticker { return epochTicks{Want: want} }},
		y:        axis{label: or(l.YLabel, "Loss") + logSuffix(l.LogY), log: l.LogY},
	}
	e := newExtent()
	hidden := 0
	var front []plot.Plotter
	for i, r := range l.Runs {
		r.Color = l.colorOf(r)
		train := newCurve(countFrom1(len(r.Train)), r.Train, l.LogY, r.Color.of(i))
		held := newCurve(countFrom1(len(r.Validation)), r.Validation, l.LogY, r.Color.of(i))
		held.dashed = true
		marks := &front
		if l.Focus != 0 && l.Focus != i+1 {
			marks = &f.marks
			train.recede()
			held.recede()
		}
		for _, c := range []*curve{held, train} {
			*marks = append(*marks, c)
			e.addCurve(c)
			hidden += c.hidden
			if at, ok := c.beforeBad(); ok {
				*marks = append(*marks, cross{at: at, color: c.color})
			}
		}
		f.ends = append(f.ends, r.endLabel(i, train, held))
	}
	f.marks = append(f.marks, front...)
	if e.empty() {
		f.ends = nil
		f.empty = "no loss to show: " + l.whyEmpty(hidden)
		return f
	}
	f.addReferences(&e, l.Marks)
	f.setRange(e)
	if l.hasValidation() {
		f.key = []keyEntry{{label: "training", color: softInk}, {label: "validation", color: softInk, dashed: true}}
	}
	f.focusOn(l.Focus, len(l.Runs))
	if hidden > 0 {
		f.note = plural(hidden, "value") + " ≤ 0 cannot be shown on a log axis."
	}
	return f
}

func (l LossCurves) hasValidation() bool {
	for _, r := range l.Runs {
		if len(r.Validation) > 0 {
			return true
		}
	}
	return false
}

func (l LossCurves) whyEmpty(hidden int) string {
	epochs := 0
	for _, r := range l.Runs {
		epochs = max(epochs, len(r.Train), len(r.Validation))
	}
	switch {
	case epochs == 0:
		return "no epoch has ended yet"
	case hidden > 0:
		return "every value is ≤ 0, which a log axis cannot show"
	default:
		return "every value is NaN or infinite from epoch 1 on"
	}
}

func (r Run) endLabel(i int, train, held *curve) endLabel {
	label := endLabel{name: or(r.Name, fmt.Sprintf("run %d", i+1)), color: r.Color.of(i)}
	end := train
	if len(train.segments) == 0 && len(held.segments) > 0 {
		end, label.dashed = held, true
	}
	if at, ok := end.last(); ok {
		label.x, label.y, label.hasY = at.X, at.Y, true
	}
	label.detail = r.summary()
	if !label.hasY && train.hidden+held.hidden > 0 {
		label.low, label.detail = true, "all ≤ 0"
	}
	return label
}

// summary is the last loss of a run, or where it diverged.
func (r Run) summary() string {
	parts := []string{}
	if len(r.Train) > 0 {
		parts = append(parts, number(r.Train[len(r.Train)-1]))
	}
	if len(r.Validation) > 0 {
		parts = append(parts, "val "+number(r.Validation[len(r.Validation)-1]))
	}
	if at := firstBad(r.Train); at > 0 {
		return fmt.Sprintf("diverged at epoch %d", at)
	}
	if at := firstBad(r.Validation); at > 0 {
		return fmt.Sprintf("validation diverged at epoch %d", at)
	}
	return strings.Join(parts, " · ")
}

// Text implements [Figure].
func (l LossCurves) Text() string {
	lines := []string{or(l.Title, "Loss by epoch")}
	for i, r := range l.Runs {
		if l.Focus == 0 || l.Focus == i+1 {
			lines = append(lines, "  "+r.sentence(or(r.Name, fmt.Sprintf("run %d", i+1))))
		}
	}
	if len(l.Runs) == 0 {
		lines = append(lines, "  no runs")
	}
	return strings.Join(append(lines, referenceLines(l.Marks)...), "\n")
}

func (r Run) sentence(name string) string {
	if len(r.Train) == 0 && len(r.Validation) == 0 {
		return name + ": no epoch"
	}
	s := name + ": "
	if len(r.Train) > 0 {
		s += "loss " + trajectory(r.Train)
	}
	if len(r.Validation) > 0 {
		if len(r.Train) > 0 {
			s += "; "
		}
		s += "validation " + trajectory(r.Validation)
	}
	return s
}

// trajectory tells a curve in numbers: "0.42 → 0.0842 in 10 epochs, lowest
// 0.0840 at epoch 7", or where it diverged.
func trajectory(values []float64) string {
	n := len(values)
	s := fmt.Sprintf("%s → %s in %s", number(values[0]), number(values[n-1]), plural(n, "epoch"))
	if n == 1 {
		s = fmt.Sprintf("%s after 1 epoch", number(values[0]))
	}
	if at := firstBad(values); at > 0 {
		return s + fmt.Sprintf(", diverged at epoch %d", at)
	}
	best := 0
	for i, v := range values {
		if v < values[best] {
			best = i
		}
	}
	if number(values[best]) != number(values[n-1]) {
		s += fmt.Sprintf(", lowest %s at epoch %d", number(values[best]), best+1)
	}
	return s
}

// firstBad returns the 1-based position of the first NaN or infinity, 0 if none.
func firstBad(values []float64) int {
	for i, v := range values {
		if !finite(v) {
			return i + 1
		}
	}
	return 0
}

func countFrom1(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(i + 1)
	}
	return x
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
