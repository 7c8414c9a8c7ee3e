package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func deepSigmoid(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.Sigmoid{}}
	c.Model = nn.Sequential{hidden, hidden, hidden, hidden, hidden, hidden, nn.Dense{Units: 1}}
	c.Optimizer = optim.SGD(0.05)
	return c
}

func deepReLU(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, hidden, hidden, hidden, hidden, nn.Dense{Units: 1}}
	return c
}
