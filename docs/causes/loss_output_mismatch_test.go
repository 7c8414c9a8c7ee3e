package causes_test

import (
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func softmaxOnOneUnit(c training.Training) training.Training {
	for i, y := range c.Data.Y.Values { // two classes: is the target above zero?
		c.Data.Y.Values[i] = 0
		if y > 0 {
			c.Data.Y.Values[i] = 1
		}
	}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, Activation: nn.Softmax{}}}
	c.Loss = loss.BinaryCrossentropy{}
	return c
}

func sigmoidOnOneUnit(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}}
	return c
}
