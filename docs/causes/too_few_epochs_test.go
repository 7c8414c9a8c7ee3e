package causes_test

import (
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func twoEpochs(c training.Training) training.Training {
	c.Optimizer, c.BatchSize = optim.Adam(1e-3), 64 // 5 batches of 64
	c.Epochs = 2
	return c
}

func manyEpochs(c training.Training) training.Training {
	c.Epochs = 120
	return c
}
