package probe

import (
	"slices"

	"example.com/unstuck/pkg/fit"
)

// GradientNorm measures the L2 norm of the loss's gradient with respect to each weight, before and after the
// optimizer's transformations, such as clipping. The penalties on weights belong to the loss.
type GradientNorm struct{}

const (
	rawGradient     = "gradient norm/"
	appliedGradient = "applied gradient norm/"
)

// Measure implements [fit.Probe].
func (GradientNorm) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	for _, w := range s.Weights {
		all = append(all, fit.Reading{Name: rawGradient + name(w.Path), Value: norm(w.Gradient)})
		if w.Applied != w.Gradient {
			all = append(all, fit.Reading{Name: appliedGradient + name(w.Path), Value: norm(w.Applied)})
		}
	}
	return all
}

// GradientNorms are L2 norms of gradients, not divided by the number of weights.
type GradientNorms struct {
	Layers        []string    // the weights, "dense/kernel", from input to output; see ByLayer
	Steps         []int       // measured, counted from 1
	Raw           [][]float64 // [layer][k], as they come from the loss
	Applied       [][]float64 // [layer][k], as the optimizer's rule gets them
	GlobalRaw     []float64   // [k], of all weights together
	GlobalApplied []float64   // [k]
}

// ReadGradientNorms returns what [GradientNorm] measured. It is an error when it measured nothing.
func ReadGradientNorms(h *fit.History) (GradientNorms, error) {
	names, raw, err := scalars(h, rawGradient, GradientNorm{})
	if err != nil {
		return GradientNorms{}, err
	}
	g := GradientNorms{Layers: names, Steps: h.Readings.Steps, Raw: raw, Applied: raw, GlobalRaw: globally(raw)}
	g.GlobalApplied = g.GlobalRaw
	if _, applied, err := scalars(h, appliedGradient, GradientNorm{}); err == nil {
		g.Applied, g.GlobalApplied = applied, globally(applied)
	}
	return g, nil
}

// ByLayer puts the weights of each layer together: one norm for "dense" in place of those of its kernel
// and bias.
func (g GradientNorms) ByLayer() GradientNorms {
	out := g
	out.Layers, out.Raw = merged(g.Layers, g.Raw)
	_, out.Applied = merged(g.Layers, g.Applied)
	return out
}

// LongerThan counts the measured steps in which the gradient of some weight came longer than limit from the loss: those in which
// optim.ClipByNorm with that Max has something to clip. A norm of NaN is longer than nothing.
func (g GradientNorms) LongerThan(limit float64) (steps int) {
	for k := range g.Steps {
		if slices.ContainsFunc(g.Raw, func(norms []float64) bool { return norms[k] > limit }) {
			steps++
		}
	}
	return steps
}
