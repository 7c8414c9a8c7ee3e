package doctor

import (
	"context"
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/probe"
)

// gauges is what probes read off the first steps of a training.
type gauges struct {
	gradients   probe.GradientNorms // by layer
	updates     probe.UpdateRatios  // by layer
	activations probe.Activations
	saturations probe.Saturations
	inputs      probe.InputGradients // recurrent models only
	firstLoss   float64
}

// gaugeSteps is how many steps are looked at: enough for a median, few enough to cost nothing.
const gaugeSteps = 16

// gauge trains the first steps of c with probes, from the given weights; nil: the initial ones.
func (r *runner) gauge(ctx context.Context, c Case, weights []fit.Weight) (*gauges, error) {
	probes := []fit.Probe{probe.GradientNorm{}, probe.UpdateRatio{}, probe.Activation{}, probe.Saturation{}}
	recurrent := isRecurrent(c.Model)
	if recurrent {
		probes = append(probes, probe.InputGradient{})
	}
	m, err := (&runner{backend: pureGo(), probes: probes}).compile(c)
	if err != nil {
		return nil, err
	}
	if weights != nil {
		if err := setWeights(m, weights); err != nil {
			return nil, err
		}
	}
	batch := c.BatchSize
	if batch == 0 {
		batch = 32
	}
	rows := min(c.trainRows(), gaugeSteps*batch)
	h, err := m.Fit(ctx, rowRange(c.Data, 0, rows), fit.Config{Epochs: 1, BatchSize: batch, KeepOrder: c.KeepOrder, AllowNonFinite: true})
	if err != nil {
		return nil, err
	}
	g := &gauges{firstLoss: math.NaN()}
	if len(h.Steps) > 0 {
		g.firstLoss = float64(h.Steps[0])
	}
	// What a model doesn't have, weights that train or layers with names, stays empty.
	if norms, err := probe.ReadGradientNorms(h); err == nil {
		g.gradients = norms.ByLayer()
	}
	if ratios, err := probe.ReadUpdateRatios(h); err == nil {
		g.updates = ratios.ByLayer()
	}
	g.activations, _ = probe.ReadActivations(h)
	g.saturations, _ = probe.ReadSaturations(h)
	if recurrent {
		g.inputs, _ = probe.ReadInputGradients(h)
	}
	return g, nil
}

// updateRatio is the median over steps and layers of ‖Δw‖/‖w‖.
func (g *gauges) updateRatio() float64 {
	var all []float64
	for _, layer := range g.updates.Ratios {
		for _, v := range layer {
			if !math.IsNaN(v) {
				all = append(all, v)
			}
		}
	}
	return median(all)
}

// flow is how much larger the gradient of the last layer is than that of the first, at the first step; NaN
// with fewer than two layers.
func (g *gauges) flow() float64 {
	n := len(g.gradients.Raw)
	if n < 2 || len(g.gradients.Raw[0]) == 0 {
		return math.NaN()
	}
	return g.gradients.Raw[n-1][0] / g.gradients.Raw[0][0]
}

// reach is the gradient at the first time over that at the last, at the first step; NaN for models that
// aren't recurrent.
func (g *gauges) reach() float64 {
	if ratio := g.inputs.Ratio(); len(ratio) > 0 {
		return ratio[0]
	}
	return math.NaN()
}

// dead is the largest share of a layer's units that were 0 in all steps, and the layer.
func (g *gauges) dead() (share float64, layer string) {
	for i, s := range g.saturations.DeadThroughout(0, len(g.saturations.Steps)) {
		if s > share {
			share, layer = s, g.saturations.Layers[i]
		}
	}
	return share, layer
}

// saturated is the largest share of a layer's outputs on the flat part of its activation, at the first step.
func (g *gauges) saturated() (share float64, layer string) {
	for i, s := range g.saturations.Saturated {
		if len(s) > 0 && s[0] > share {
			share, layer = s[0], g.saturations.Layers[i]
		}
	}
	return share, layer
}

// swing is the largest standard deviation of a layer's outputs at the first step.
func (g *gauges) swing() (largest float64, layer string) {
	for i, s := range g.activations.SD {
		if len(s) > 0 && !(s[0] <= largest) {
			largest, layer = s[0], g.activations.Layers[i]
		}
	}
	return largest, layer
}

// steepest is the largest norm of the whole gradient in the steps looked at.
func (g *gauges) steepest() float64 {
	largest := 0.0
	for _, v := range g.gradients.GlobalRaw {
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

func isRecurrent(net nn.Sequential) bool {
	return hasLayer(net, func(l nn.Layer) bool {
		switch l.(type) {
		case nn.SimpleRNN, nn.GRU, nn.LSTM:
			return true
		}
		return false
	})
}

// hasLayer tells whether f is true for some layer, also inside of wrappings.
func hasLayer(net nn.Sequential, f func(nn.Layer) bool) bool {
	found := false
	mapLayers(net, func(l nn.Layer) nn.Layer {
		found = found || f(l)
		return l
	})
	return found
}

// symmetricLayer is the first layer whose units all start alike: equal columns in its kernel and equal
// biases. Such units get the same gradient and stay alike for ever. Empty: there is none.
func symmetricLayer(weights []fit.Weight) string {
	for i, w := range weights {
		layer, name := splitPath(w.Path)
		if name != "kernel" || len(w.Shape) != 2 || w.Shape[1] < 2 || !w.Trainable || !equalColumns(w.Shape[1], w.Values) {
			continue
		}
		alike := true
		for _, b := range weights[i:] {
			if l, n := splitPath(b.Path); l == layer && n == "bias" {
				alike = equalColumns(len(b.Values), b.Values)
			}
		}
		if alike {
			return layer
		}
	}
	return ""
}

func equalColumns(columns int, values []float32) bool {
	for i, v := range values {
		if v != values[i-i%columns] {
			return false
		}
	}
	return true
}

func splitPath(path string) (layer, name string) {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[:i], path[i+1:]
		}
	}
	return "", path
}

// column statistics of an array's last axis
type columnStats struct{ mean, deviation []float64 }

func statsOf(a dataset.Array) columnStats {
	columns := 1
	if len(a.Shape) > 1 {
		columns = a.Shape[len(a.Shape)-1]
	}
	s := columnStats{mean: make([]float64, columns), deviation: make([]float64, columns)}
	count := make([]float64, columns)
	for i, v := range a.Values {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			s.mean[i%columns] += x
			count[i%columns]++
		}
	}
	for j := range s.mean {
		s.mean[j] /= max(1, count[j])
	}
	for i, v := range a.Values {
		if x := float64(v); !math.IsNaN(x) && !math.IsInf(x, 0) {
			d := x - s.mean[i%columns]
			s.deviation[i%columns] += d * d
		}
	}
	for j := range s.deviation {
		s.deviation[j] = math.Sqrt(s.deviation[j] / max(1, count[j]))
	}
	return s
}
