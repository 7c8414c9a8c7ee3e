package probe

import "example.com/unstuck/pkg/fit"

// Cheap returns the probes that cost little: norms of gradients, weights and updates, means and standard
// deviations of activations, dead and saturated units. [NonFinite], [InputGradient] and [Histogram] are left
// to choice.
//
// Measured is every 30th step unless fit.Options.ProbeEvery says otherwise; steps between cost nothing. See
// BenchmarkProbes for what it comes to.
func Cheap() []fit.Probe {
	return []fit.Probe{GradientNorm{}, WeightNorm{}, UpdateRatio{}, Activation{}, Saturation{}}
}
