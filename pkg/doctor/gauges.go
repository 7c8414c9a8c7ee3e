package doctor

import (
	"context"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/training"
)

// Gauges is what probes read off the first steps of a training.
type Gauges struct {
	Gradients   probe.GradientNorms // by layer
	Updates     probe.UpdateRatios  // by layer
	Activations probe.Activations
	Saturations probe.Saturations
	Inputs      probe.InputGradients // empty for models that aren't recurrent
	FirstLoss   float64              // of the first step, penalties included
}

// gaugeSteps is how many steps are looked at: enough for a median, few enough to cost nothing.
const gaugeSteps = 16

// gauge trains the first steps of c with probes.
func (r *runner) gauge(ctx context.Context, c training.Training) (*Gauges, error) {
	probes := []fit.Probe{probe.GradientNorm{}, probe.UpdateRatio{}, probe.Activation{}, probe.Saturation{}}
	recurrent := isRecurrent(c.Model)
	if recurrent {
		probes = append(probes, probe.InputGradient{})
	}
	m, err := (&runner{backend: pureGo(), probes: probes}).compile(c)
	if err != nil {
		return nil, err
	}
	rows := min(c.TrainRows(), gaugeSteps*c.BatchSize)
	h, err := m.Fit(ctx, c.TrainData().Range(0, rows), fit.Config{Epochs: 1, BatchSize: c.BatchSize, NoShuffle: c.NoShuffle, AllowNonFinite: true})
	if err != nil {
		return nil, err
	}
	return gaugesOf(h), nil
}

// gaugesOf reads what probes left in a history. What a model doesn't have, weights that train or layers with
// names, and what wasn't probed stays empty.
func gaugesOf(h *fit.History) *Gauges {
	g := &Gauges{FirstLoss: math.NaN()}
	if len(h.Steps) > 0 {
		g.FirstLoss = float64(h.Steps[0])
	}
	if norms, err := probe.ReadGradientNorms(h); err == nil {
		g.Gradients = norms.ByLayer()
	}
	if ratios, err := probe.ReadUpdateRatios(h); err == nil {
		g.Updates = ratios.ByLayer()
	}
	g.Activations, _ = probe.ReadActivations(h)
	g.Saturations, _ = probe.ReadSaturations(h)
	g.Inputs, _ = probe.ReadInputGradients(h)
	return g
}

// updateRatio is the median over steps and layers of ‖Δw‖/‖w‖; NaN where some are, and all others 0: of weights that stop being numbers those that stand
// still say nothing of the rate.
func (g *Gauges) updateRatio() float64 {
	var all []float64
	none := 0
	for _, layer := range g.Updates.Ratios {
		for _, v := range layer {
			if math.IsNaN(v) {
				none++
				continue
			}
			all = append(all, v)
		}
	}
	if none > 0 && len(all) > 0 && slices.Max(all) == 0 {
		return math.NaN()
	}
	return median(all)
}

// flow is how much larger the gradient of the last layer is than that of the first, at the first step; NaN
// with fewer than two layers.
//
// A layer that starts at zero passes no gradient at the first step, and does from the second on: it is asked at the last step
// of the layers below that one, and at the first of those above.
func (g *Gauges) flow() float64 {
	raw := g.Gradients.Raw
	n := len(raw)
	if n < 2 || len(raw[0]) == 0 {
		return math.NaN()
	}
	lowest := slices.IndexFunc(raw, func(layer []float64) bool { return layer[0] > 0 })
	if lowest < 1 || math.IsNaN(raw[0][0]) {
		return raw[n-1][0] / raw[0][0]
	}
	last := len(raw[0]) - 1
	if !(raw[0][last] > 0) {
		return math.Inf(1)
	}
	return max(raw[n-1][0]/raw[lowest][0], raw[lowest-1][last]/raw[0][last])
}

// reach is the gradient at the first time over that at the last, at the first step; NaN for models that
// aren't recurrent.
func (g *Gauges) reach() float64 {
	if ratio := g.Inputs.Ratio(); len(ratio) > 0 {
		return ratio[0]
	}
	return math.NaN()
}

// dead is the largest share of a layer's units that were 0 in all steps, and the layer.
func (g *Gauges) dead() (share float64, layer string) {
	for i, s := range g.Saturations.DeadThroughout(0, len(g.Saturations.Steps)) {
		if s > share {
			share, layer = s, g.Saturations.Layers[i]
		}
	}
	return share, layer
}

// saturated is the largest share of a layer's outputs on the flat part of its activation, at the first step.
func (g *Gauges) saturated() (share float64, layer string) {
	for i, s := range g.Saturations.Saturated {
		if len(s) > 0 && s[0] > share {
			share, layer = s[0], g.Saturations.Layers[i]
		}
	}
	return share, layer
}

// swing is the largest standard deviation of a layer's outputs at the first step.
func (g *Gauges) swing() (largest float64, layer string) {
	for i, s := range g.Activations.SD {
		if len(s) > 0 && !(s[0] <= largest) {
			largest, layer = s[0], g.Activations.Layers[i]
		}
	}
	return largest, layer
}

// stillest is the smallest standard deviation of the outputs of a layer that others follow, at the first step: that the model's own
// outputs hardly vary before it has learned anything is as it should be.
func (g *Gauges) stillest(ends map[string]bool) (smallest float64, layer string) {
	smallest = math.Inf(1)
	for i, s := range g.Activations.SD {
		if len(s) > 0 && s[0] < smallest && !ends[strings.Trim(g.Activations.Layers[i], "/")] {
			smallest, layer = s[0], g.Activations.Layers[i]
		}
	}
	return smallest, layer
}

// steepest is the largest norm of the whole gradient in the steps looked at.
func (g *Gauges) steepest() float64 {
	largest := 0.0
	for _, v := range g.Gradients.GlobalRaw {
		if !(v <= largest) {
			largest = v
		}
	}
	return largest
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	v := slices.Sorted(slices.Values(values))
	return v[len(v)/2]
}

func isRecurrent(model nn.Layer) bool {
	return hasLayer(model, func(l nn.Layer) bool { _, is := l.(nn.Recurrent); return is })
}

// hasLayer tells whether f is true for some layer, also inside of wrappings.
func hasLayer(model nn.Layer, f func(nn.Layer) bool) bool {
	for _, p := range nn.Leaves(model) {
		if f(p.Layer) {
			return true
		}
	}
	return false
}
