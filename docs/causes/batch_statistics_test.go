package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func slowStatistics(c training.Training) training.Training {
	for i := range c.Data.X.Values {
		c.Data.X.Values[i] *= 8
	}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{nn.Dense{Units: 16}, nn.BatchNormalization{Momentum: 0.9999}, nn.ReLU{}, hidden, nn.Dense{Units: 1}}
	return c
}

func quickStatistics(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{nn.Dense{Units: 16}, nn.BatchNormalization{Momentum: 0.9}, nn.ReLU{}, hidden, nn.Dense{Units: 1}}
	return c
}
