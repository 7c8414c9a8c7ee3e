// Package probe looks inside a training: gradients, weights and activations, measured within the compiled
// step.
//
// A probe is a plain value, named in the singular, that goes into [fit.Options]; what it measured is read
// back from the [fit.History] by the function named after it, as plain numbers in the plural:
//
//	m, err := fit.Compile(net, optim.Adam(1e-3), loss.MSE{}, fit.Options{Probes: probe.Cheap()})
//	h, err := m.Fit(ctx, data, fit.Config{Epochs: 10})
//	norms, err := probe.ReadGradientNorms(h)   // norms.Raw[weight][k] at step norms.Steps[k]
//
// The fields of what is read are those that the figures of the same name take. The loss of each step needs
// no probe: it is History.Steps.
//
// Gradients and weights are measured in any GoMLX model function; activations in those that are layers of
// an [nn.Sequential], which have names. Rows that only fill a batch up don't count. All sums are float32,
// as the model's own: a norm whose square leaves the range of float32 reads +Inf (above 1.8e19) or 0 (below
// 1e-19 or so).
package probe
