package causes_test

import (
	"math"

	"example.com/unstuck/pkg/training"
)

func nonFiniteData(c training.Training) training.Training {
	c.Data.X.Row(7)[1] = float32(math.NaN()) // one missing value among 900
	return c
}

func finiteRows(c training.Training) training.Training {
	var keep []int
	for row := range c.Data.Rows() {
		finite := true
		for _, v := range append(c.Data.X.Row(row), c.Data.Y.Row(row)...) {
			finite = finite && !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0)
		}
		if finite {
			keep = append(keep, row)
		}
	}
	c.Data = must(c.Data.Take(keep))
	return c
}
