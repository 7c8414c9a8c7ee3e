package probe

import "example.com/unstuck/pkg/fit"

// Cheap returns the probes that cost little: norms of gradients, weights and updates, means and standard
// deviations of activations, dead and saturated units. [NonFinite], [InputGradient] and [Histogram] are left
// to choice.
//
// Measured are every 20th step unless fit.Options.ProbeEvery says otherwise; steps between cost nothing. On
// XLA, measuring costs about as much as one to three steps of a tiny model, and a tenth of a step of a
// large one.
func Cheap() []fit.Probe {
	return []fit.Probe{GradientNorm{}, WeightNorm{}, UpdateRatio{}, Activation{}, Saturation{}}
}
