package causes_test

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

func timesInSeconds(c training.Training) training.Training {
	for i, v := range c.Data.X.Values {
		c.Data.X.Values[i] = 3e9 + 3000*v // float32 knows multiples of 256 there
	}
	return c
}

func timesFromTheirMean(c training.Training) training.Training {
	scaler := must(dataset.FitScaler(c.Data.X)) // of the numbers as they came, before anything is float32
	c.Data.X = must(scaler.Apply(c.Data.X))
	return c
}
