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
type UpdateRatios struct {
	Title    string // default: "Update-to-weight ratio by layer"
	Subtitle string
	Layers   []string
	Steps    []int
	Ratios   [][]float64 // [layer][k]
}

// The range of update-to-weight ratios that UpdateRatios shades.
const (
	HealthyRatioLow  = 1e-4
	HealthyRatioHigh = 1e-2
)

func (u UpdateRatios) lines() layerLines {
	return layerLines{
		title: or(u.Title, "Update-to-weight ratio by layer"), subtitle: u.Subtitle, yLabel: "Norm of update / norm of weights",
		log: true, layers: u.Layers, steps: u.Steps, values: u.Ratios, quantity: "update ratio",
		behind:  []plot.Plotter{stripe{low: HealthyRatioLow, high: HealthyRatioHigh, color: healthy}},
		include: []float64{HealthyRatioLow, HealthyRatioHigh},
		key:     []keyEntry{{label: "usual range, 1e-4 to 1e-2", color: healthy, filled: true}},
	}
}

// Draw implements [Figure].
func (u UpdateRatios) Draw(c draw.Canvas) error { return u.lines().draw(c) }

// Text implements [Figure].
func (u UpdateRatios) Text() string {
	return u.lines().text() + "\n  usual range: 1e-4 to 1e-2"
}
