package causes_test

import (
	"cmp"
	"slices"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

func sortedRows(c training.Training) training.Training {
	order := make([]int, c.Data.Rows())
	for i := range order {
		order[i] = i
		x, quadrant := c.Data.X.Row(i), float32(0) // four classes: the quadrant of the first two features
		if x[0] > 0 {
			quadrant++
		}
		if x[1] > 0 {
			quadrant += 2
		}
		c.Data.Y.Row(i)[0] = quadrant
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(c.Data.Y.Values[a], c.Data.Y.Values[b]) })
	c.Data = must(c.Data.Take(order)) // as read from one folder for each class
	c.ValidationSplit = 0.3           // so class 3 is held out whole: it is never trained on
	hidden := nn.Dense{Units: 16, Activation: nn.ReLU{}}
	c.Model = nn.Sequential{hidden, hidden, nn.Dense{Units: 4, Activation: nn.Softmax{}}}
	c.Loss = loss.SparseCategoricalCrossentropy{}
	return c
}

func shuffledRows(c training.Training) training.Training {
	c.Data = must(c.Data.Shuffle(1)) // before the last rows are split off
	return c
}
