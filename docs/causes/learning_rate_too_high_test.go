package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/optim"
)

func overshoot(c doctor.Case) doctor.Case {
	c.Optimizer = optim.Adam(3)
	return c
}

func smallerRate(c doctor.Case) doctor.Case {
	c.Optimizer = optim.Adam(3e-3)
	return c
}
