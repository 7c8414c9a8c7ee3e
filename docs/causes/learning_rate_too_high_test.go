package causes_test

import (
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func overshoot(c training.Training) training.Training {
	c.Optimizer = optim.Adam(3)
	return c
}

func smallerRate(c training.Training) training.Training {
	c.Optimizer = optim.Adam(3e-3)
	return c
}
