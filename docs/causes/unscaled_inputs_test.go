package causes_test

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
)

func rawFeatures(c doctor.Case) doctor.Case {
	for i := range c.Data.X.Values {
		c.Data.X.Values[i] *= 1000 // grams instead of kilograms
	}
	return c
}

func standardizedFeatures(c doctor.Case) doctor.Case {
	scaler := must(dataset.FitScaler(c.Data.X)) // with a validation split: of the training rows alone
	c.Data.X = must(scaler.Apply(c.Data.X))
	return c
}
