package causes_test

import (
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func silencedClass(c training.Training) training.Training {
	for i, v := range c.Data.Y.Values {
		c.Data.Y.Values[i] = 0
		if v > 1 {
			c.Data.Y.Values[i] = 1 // about a tenth of the rows
		}
	}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}}
	c.Loss = loss.BinaryCrossentropy{}
	c.ClassWeight = map[int]float64{0: 10, 1: 0.01} // each the other's
	return c
}

func balancedClasses(c training.Training) training.Training {
	ones := 0.0
	for _, v := range c.Data.Y.Values {
		ones += float64(v)
	}
	rows := float64(c.Data.Rows())
	c.ClassWeight = map[int]float64{0: rows / (2 * (rows - ones)), 1: rows / (2 * ones)}
	return c
}
