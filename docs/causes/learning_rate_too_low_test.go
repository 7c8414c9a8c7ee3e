package causes_test

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/optim"
)

func crawl(c doctor.Case) doctor.Case {
	c.Optimizer = optim.Adam(1e-7)
	return c
}

func usualRate(c doctor.Case) doctor.Case {
	c.Optimizer = optim.Adam(3e-3)
	return c
}
