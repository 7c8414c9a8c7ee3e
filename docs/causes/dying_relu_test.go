package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/nn"
)

func deadReLU(c doctor.Case) doctor.Case {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -12}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}

func leakyReLU(c doctor.Case) doctor.Case {
	hidden := nn.Dense{Units: 16, Activation: nn.LeakyReLU{NegativeSlope: 0.2}} // and the default bias, 0
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}
