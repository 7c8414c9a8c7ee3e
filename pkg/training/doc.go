// Package training describes a training as one plain value: model, data, optimizer, loss and settings. [Training] can be
// copied, changed, validated and printed; fit runs it, the doctor examines it, and a treatment is a change of it.
//
//	t := training.Training{
//		Model: nn.Sequential{nn.Dense{Units: 32, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
//		Data:  data, Optimizer: optim.Adam(1e-3), Loss: loss.MSE{},
//		Epochs: 100, ValidationSplit: 0.2, Seed: 42,
//	}
//	m, err := run.New(t, fit.Options{})
//	h, err := m.Fit(ctx, t.TrainData(), run.Config(t))
package training
