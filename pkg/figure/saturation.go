package figure

import (
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Saturation shows, side by side, which share of each layer's units is dead
// (zero for every sample of a batch, as ReLU units that died) and which is
// saturated (in the flat part of a sigmoid or tanh, where gradients vanish).
// A side that is nil, or holds nil alone, is left out; one without measurements is an empty frame that says so.
type Saturation struct {
	Title     string // default: none
	Layers    []string
	Steps     []int
	Dead      [][]float64 // [layer][k], shares from 0 to 1
	Saturated [][]float64 // [layer][k], shares from 0 to 1
}

func (s Saturation) grid() Grid {
	side := func(title, quantity string, values [][]float64) Figure {
		return lineFigure{layerLines{
			title: title, yLabel: "Share of units (%)", percent: true,
			layers: s.Layers, steps: s.Steps, values: values, quantity: quantity,
		}}
	}
	var sides []Figure
	if s.Dead != nil || s.Saturated == nil {
		sides = append(sides, side("Dead units: zero for the whole batch", "dead", s.Dead))
	}
	if hasValues(s.Saturated) {
		sides = append(sides, side("Saturated units", "saturated", s.Saturated))
	}
	g := Row(sides...)
	g.Title = s.Title
	return g
}

// measured tells whether there is a share on either side.
func (s Saturation) measured() bool { return len(s.Dead) > 0 || hasValues(s.Saturated) }

func hasValues(rows [][]float64) bool {
	return slices.ContainsFunc(rows, func(values []float64) bool { return values != nil })
}

// Size implements [Sizer].
func (s Saturation) Size() (width, height vg.Length) { return s.grid().Size() }

// Draw implements [Figure].
func (s Saturation) Draw(c draw.Canvas) error { return s.grid().Draw(c) }

// Text implements [Figure].
func (s Saturation) Text() string { return s.grid().Text() }

// lineFigure makes layer lines a figure, for panels of a larger one.
type lineFigure struct{ layerLines }

func (l lineFigure) Draw(c draw.Canvas) error { return l.draw(c) }
func (l lineFigure) Text() string             { return l.text() }
