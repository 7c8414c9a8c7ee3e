package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func frozenHidden(c training.Training) training.Training {
	for i := range c.Data.Rows() { // what counts is whether two signs agree: a straight line can't tell
		x := c.Data.X.Row(i)
		c.Data.Y.Row(i)[0] = x[0] * x[1]
	}
	hidden := nn.Frozen{Layer: nn.Dense{Units: 8, Activation: nn.Tanh{}}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}

func thawedHidden(c training.Training) training.Training {
	hidden := nn.Dense{Units: 8, Activation: nn.Tanh{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}
