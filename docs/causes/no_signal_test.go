package causes_test

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

func noise(c training.Training) training.Training {
	c.Data = must(dataset.Random(1000, []int{10}, []int{1}, 42)) // as numpy.random.rand, for x and for y
	return c
}
