package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func sigmoidForSix(c training.Training) training.Training {
	for i, y := range c.Data.Y.Values {
		c.Data.Y.Values[i] = 2*y + 6 // targets around 6
	}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}} // which gives 0 to 1
	return c
}

func linearHead(c training.Training) training.Training {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}
