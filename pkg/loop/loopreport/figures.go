package loopreport

import (
	"math"

	"gonum.org/v1/plot/vg"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/loop"
)

// Figures are the steps, recorded and replayed, and the parameters; each stands in a row or a grid that fits a page.
func Figures(r *loop.Report) []figure.Figure {
	var all []figure.Figure
	if panels := Steps(r); len(panels) > 0 {
		all = append(all, figure.Grid{Columns: min(2, len(panels)), Panels: panels})
	}
	if panels := Parameters(r); len(panels) > 0 {
		_, height := panels[0].(figure.Bars).Size()
		all = append(all, figure.Grid{Columns: len(panels), Panels: panels, PanelHeight: height})
	}
	return all
}

// Steps are the plots by step: the loss, the gradient's ratio and cosine, and the proof's losses, each where something of it is
// known.
func Steps(r *loop.Report) []figure.Figure {
	var panels []figure.Figure
	add := func(l figure.Lines) {
		for _, s := range l.Series {
			for _, v := range s.Values {
				if !math.IsNaN(v) {
					panels = append(panels, l)
					return
				}
			}
		}
	}
	column := func(of func(loop.Row) loop.Number) []float64 {
		values := make([]float64, len(r.Steps))
		for k, row := range r.Steps {
			values[k] = float64(of(row))
		}
		return values
	}
	recorded, again := column(func(r loop.Row) loop.Number { return r.Loss }), column(func(r loop.Row) loop.Number { return r.Replayed })
	// A loss that isn't a number was one that broke down, where that is the verdict; else it wasn't known.
	add(figure.Lines{Title: "Loss by step", YLabel: "Loss", LogY: wide(recorded, again), Gaps: r.Cause != loop.NotFinite,
		Series: []figure.Series{{Name: "recorded", Values: recorded}, {Name: "replayed, as claimed", Values: again, Dashed: true}}})
	ratio := column(func(r loop.Row) loop.Number { return r.GradientRatio })
	agree := []figure.Reference{{Value: 1, Label: "agrees"}}
	add(figure.Lines{Title: "Gradient by step", YLabel: "Length, recorded / replayed", LogY: wide(ratio, []float64{1}), Low: 0.5, High: 1.5, Gaps: true, Marks: agree,
		Series: []figure.Series{{Name: "recorded / replayed", Values: ratio}}})
	add(figure.Lines{Title: "Direction of the gradient by step", YLabel: "Cosine, recorded with replayed", Low: -1.05, High: 1.05, Gaps: true, Marks: agree,
		Series: []figure.Series{{Name: "cosine", Values: column(func(r loop.Row) loop.Number { return r.GradientCosine })}}})
	if p := r.Proof; p != nil {
		asRecorded, correct := numbers(p.Recorded), numbers(p.Correct)
		add(figure.Lines{Title: "With the correct step", YLabel: "Claimed loss of each batch", LogY: wide(asRecorded, correct),
			Series: []figure.Series{{Name: "as recorded", Values: asRecorded}, {Name: "correct step", Values: correct}}})
	}
	return panels
}

// Parameters are the plots by parameter: the updates by those that the optimizer makes of the gradients it saw, and with a proof the
// distance from the start of each by that of the correct step.
func Parameters(r *loop.Report) []figure.Figure {
	updates := figure.Bars{Title: "Updates by parameter", XLabel: "Length, recorded / replayed", Mark: figure.Reference{Value: 1, Label: "agrees"}}
	ways := figure.Bars{Title: "How far each parameter moved", XLabel: "From its start, recorded / correct step", Mark: figure.Reference{Value: 1, Label: "as far"}}
	var known, proved bool
	for _, p := range r.Parameters {
		if p.Model {
			ways.Names, ways.Values, ways.Words = append(ways.Names, p.Name), append(ways.Values, float64(p.Moved)), append(ways.Words, stays(p))
		}
		updates.Names, updates.Values, updates.Words = append(updates.Names, p.Name), append(updates.Values, float64(p.Ratio)), append(updates.Words, unknown(p))
		known = known || !math.IsNaN(float64(p.Ratio))
		proved = proved || !math.IsNaN(float64(p.Moved))
	}
	var panels []figure.Figure
	if known {
		panels = append(panels, updates)
	}
	if proved {
		panels = append(panels, ways)
	}
	return panels
}

// unknown says why there is no ratio of a parameter's updates.
func unknown(p loop.ParameterUpdate) string {
	switch {
	case !p.Model:
		return "not this model's"
	case !p.Trainable:
		return "frozen"
	case !p.Held:
		return "in no optimizer"
	}
	return "no update to compare"
}

// stays says why there is no ratio of a parameter's ways.
func stays(p loop.ParameterUpdate) string {
	switch {
	case !p.Trainable:
		return "frozen"
	case math.IsInf(float64(p.Moved), 1):
		return "the correct step leaves it"
	}
	return "neither moves it"
}

// onPage are all plots, each of its own, so narrow that a phone shows it without making its letters small.
func onPage(r *loop.Report) []figure.Figure {
	const width = 3.1 * vg.Inch
	var all []figure.Figure
	for _, panel := range append(Steps(r), Parameters(r)...) {
		height := 2.6 * vg.Inch
		if b, ok := panel.(figure.Bars); ok {
			_, height = b.Size()
		}
		all = append(all, figure.Grid{Columns: 1, Panels: []figure.Figure{panel}, PanelWidth: width, PanelHeight: height})
	}
	return all
}

func numbers(values []loop.Number) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// wide tells whether positive values go over more than a factor of 50.
func wide(lists ...[]float64) bool {
	low, high := math.Inf(1), 0.0
	for _, values := range lists {
		for _, v := range values {
			switch {
			case math.IsNaN(v), math.IsInf(v, 0):
			case v <= 0:
				return false
			default:
				low, high = min(low, v), max(high, v)
			}
		}
	}
	return high > 50*low
}
