package figure

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// UpdateRatios shows, for each layer, how large an update is beside the
// weights it changes: ‖Δw‖/‖w‖. Around 1e-3 a training moves steadily; the
// shaded decade to both sides is the usual rule of thumb (A. Karpathy,
// Stanford CS231n). Far below, the weights hardly move; far above, they are
// thrown about.
//
// The vertical axis is the same for every run, 1e-7 to 100, so that two of them
// can be compared and the shaded range always lies at the same height. A layer
// that leaves the axis is named in a note.
type UpdateRatios struct {
	Title     string // default: "Update-to-weight ratio by layer"
	Subtitle  string
	Layers    []string
	Steps     []int
	Ratios    [][]float64 // [layer][k]
	Low, High float64     // other ends of the axis; 0: 1e-7 and 100
}

// The range of update-to-weight ratios that UpdateRatios shades.
const (
	HealthyRatioLow  = 1e-4
	HealthyRatioHigh = 1e-2
)

func (u UpdateRatios) lines() layerLines {
	low, high := orNumber(u.Low, 1e-7), orNumber(u.High, 100)
	if low >= high {
		low, high = 1e-7, 100
	}
	return layerLines{
		title: or(u.Title, "Update-to-weight ratio by layer"), subtitle: u.Subtitle, yLabel: "Norm of update / norm of weights",
		log: true, layers: u.Layers, steps: u.Steps, values: u.Ratios, quantity: "update ratio",
		behind: []plot.Plotter{stripe{low: HealthyRatioLow, high: HealthyRatioHigh, color: healthy}},
		low:    low, high: high,
		key: []keyEntry{{label: "usual range, 1e-4 to 1e-2", color: healthy, filled: true}},
	}
}

// Draw implements [Figure].
func (u UpdateRatios) Draw(c draw.Canvas) error { return u.frame().draw(c) }

func (u UpdateRatios) frame() frame { return u.lines().frame() }

// Text implements [Figure].
func (u UpdateRatios) Text() string {
	return u.lines().text() + "\n  usual range: 1e-4 to 1e-2"
}

// orNumber returns fallback for what a log axis cannot end at.
func orNumber(v, fallback float64) float64 {
	if !onLog(v) {
		return fallback
	}
	return v
}
