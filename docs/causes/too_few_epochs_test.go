package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/optim"
)

func twoEpochs(c doctor.Case) doctor.Case {
	c.Optimizer, c.BatchSize = optim.Adam(1e-3), 64 // 5 batches of 64
	c.Epochs = 2
	return c
}

func manyEpochs(c doctor.Case) doctor.Case {
	c.Epochs = 120
	return c
}
