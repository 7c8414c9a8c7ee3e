package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func deadReLU(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -12}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}

func leakyReLU(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.LeakyReLU{NegativeSlope: 0.2}} // and the default bias, 0
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}
