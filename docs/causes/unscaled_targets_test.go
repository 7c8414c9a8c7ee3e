package causes_test

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

func rawPrices(c training.Training) training.Training {
	for i, y := range c.Data.Y.Values {
		c.Data.Y.Values[i] = 300_000 + 75_000*y // house prices
	}
	return c
}

func standardizedPrices(c training.Training) training.Training {
	scaler := must(dataset.FitScaler(c.Data.Y))
	c.Data.Y = must(scaler.Apply(c.Data.Y)) // and scaler.Invert(predictions) gives prices again
	return c
}
