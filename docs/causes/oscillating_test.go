package causes_test

import (
	"cmp"
	"slices"

	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func rowsInOrder(c training.Training) training.Training {
	order := make([]int, c.Data.Rows())
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(c.Data.Y.Values[a], c.Data.Y.Values[b]) })
	c.Data = must(c.Data.Take(order)) // as a table comes that is sorted by its last column
	c.NoShuffle, c.BatchSize, c.Optimizer = true, 4, optim.SGD(0.1)
	return c
}

func rowsShuffled(c training.Training) training.Training {
	c.NoShuffle = false
	return c
}
