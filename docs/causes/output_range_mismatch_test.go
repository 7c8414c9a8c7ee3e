package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/nn"
)

func sigmoidForSix(c doctor.Case) doctor.Case {
	for i, y := range c.Data.Y.Values {
		c.Data.Y.Values[i] = 2*y + 6 // targets around 6
	}
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}} // which gives 0 to 1
	return c
}

func linearHead(c doctor.Case) doctor.Case {
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 1}}
	return c
}
