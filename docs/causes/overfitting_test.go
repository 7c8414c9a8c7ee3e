package causes_test

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func fewRows(c training.Training) training.Training {
	data := must(dataset.Random(60, []int{20}, []int{1}, 2)) // 60 rows, 20 features
	for i := range data.Rows() {
		x, y := data.X.Row(i), data.Y.Row(i)
		for j := range x {
			x[j] = 3.4 * (x[j] - 0.5)
		}
		y[0] = x[0] + 1.5*(y[0]-0.5) // one of which matters, and noise
	}
	hidden := nn.Dense{Units: 64, Activation: nn.ReLU{}}
	c.Data, c.Model = data, nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	c.ValidationSplit, c.Epochs = 0.3, 100
	return c
}

func stopEarly(c training.Training) training.Training {
	first := nn.Dense{Units: 64, Activation: nn.ReLU{}, KernelRegularizer: nn.L1L2{L1: 0.003}}
	c.Model = nn.Sequential{first, nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	c.StopEarly = 20 // callback.EarlyStopping{Patience: 20, RestoreBest: true}
	return c
}
