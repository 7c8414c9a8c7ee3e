package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func wideWeights(c training.Training) training.Training {
	hidden := nn.Dense{Units: 24, Activation: nn.ReLU{}, KernelInitializer: nn.RandomNormal{StdDev: 1}}
	c.Model = nn.Sequential{hidden, hidden, hidden, hidden, nn.Dense{Units: 1}}
	c.Optimizer = optim.SGD(0.01)
	return c
}

func scaledWeights(c training.Training) training.Training {
	hidden := nn.Dense{Units: 24, Activation: nn.ReLU{}, KernelInitializer: nn.HeNormal{}}
	c.Model = nn.Sequential{hidden, hidden, hidden, hidden, nn.Dense{Units: 1}}
	c.Optimizer = c.Optimizer.With(optim.ClipByNorm{Max: 1})
	return c
}
