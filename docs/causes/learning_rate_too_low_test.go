package causes_test

import (
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func crawl(c training.Training) training.Training {
	c.Optimizer = optim.Adam(1e-7)
	return c
}

func usualRate(c training.Training) training.Training {
	c.Optimizer = optim.Adam(3e-3)
	return c
}
