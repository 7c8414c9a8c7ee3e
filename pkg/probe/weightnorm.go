package probe

import "example.com/unstuck/pkg/fit"

// WeightNorm measures the L2 norm of each trainable weight, as it is before the step.
type WeightNorm struct{}

const weightNorm = "weight norm/"

// Measure implements [fit.Probe].
func (WeightNorm) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	for _, w := range s.Weights {
		all = append(all, fit.Reading{Name: weightNorm + name(w.Path), Value: norm(w.Before)})
	}
	return all
}

// WeightNorms are L2 norms of weights.
type WeightNorms struct {
	Layers []string    // the weights, "dense/kernel", from input to output; see ByLayer
	Steps  []int       // measured, counted from 1
	Norms  [][]float64 // [layer][k], before the step
	Global []float64   // [k], of all weights together
}

// ReadWeightNorms returns what [WeightNorm] measured. It is an error when it measured nothing.
func ReadWeightNorms(h *fit.History) (WeightNorms, error) {
	names, norms, err := scalars(h, weightNorm, WeightNorm{})
	if err != nil {
		return WeightNorms{}, err
	}
	return WeightNorms{Layers: names, Steps: h.Readings.Steps, Norms: norms, Global: globally(norms)}, nil
}

// ByLayer puts the weights of each layer together.
func (w WeightNorms) ByLayer() WeightNorms {
	out := w
	out.Layers, out.Norms = merged(w.Layers, w.Norms)
	return out
}
