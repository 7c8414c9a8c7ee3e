package causes_test

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

func rawFeatures(c training.Training) training.Training {
	for i := range c.Data.X.Values {
		c.Data.X.Values[i] *= 1000 // grams instead of kilograms
	}
	return c
}

func standardizedFeatures(c training.Training) training.Training {
	scaler := must(dataset.FitScaler(c.Data.X)) // with a validation split: of the training rows alone
	c.Data.X = must(scaler.Apply(c.Data.X))
	return c
}
