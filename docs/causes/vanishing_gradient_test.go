package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func deepSigmoid(c doctor.Case) doctor.Case {
	hidden := nn.Dense{Units: 16, Activation: nn.Sigmoid{}}
	c.Model = nn.Sequential{hidden, hidden, hidden, hidden, hidden, hidden, nn.Dense{Units: 1}}
	c.Optimizer = optim.SGD(0.05)
	return c
}

func deepReLU(c doctor.Case) doctor.Case {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, hidden, hidden, hidden, hidden, nn.Dense{Units: 1}}
	return c
}
