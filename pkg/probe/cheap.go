package probe

import "example.com/unstuck/pkg/fit"

// Cheap returns the probes that cost little: norms of gradients, weights and updates, means and standard
// deviations of activations, dead and saturated units. [InputGradient] and [Histogram] are left to choice.
func Cheap() []fit.Probe {
	return []fit.Probe{GradientNorm{}, WeightNorm{}, UpdateRatio{}, Activation{}, Saturation{}}
}
