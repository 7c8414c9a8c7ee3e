package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/nn"
)

func heavyPenalty(c doctor.Case) doctor.Case {
	penalty := nn.L1L2{L2: 0.5}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}, KernelRegularizer: penalty}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, KernelRegularizer: penalty}}
	return c
}

func lightPenalty(c doctor.Case) doctor.Case {
	penalty := nn.L1L2{L2: 1e-4}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}, KernelRegularizer: penalty}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, KernelRegularizer: penalty}}
	return c
}
