package causes_test

import (
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func heavyPenalty(c training.Training) training.Training {
	penalty := nn.L1L2{L2: 0.5}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}, KernelRegularizer: penalty}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, KernelRegularizer: penalty}}
	return c
}

func lightPenalty(c training.Training) training.Training {
	penalty := nn.L1L2{L2: 1e-4}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}, KernelRegularizer: penalty}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, KernelRegularizer: penalty}}
	return c
}
