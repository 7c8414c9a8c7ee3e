package run

import (
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// Predictor is the model of a training for prediction alone, on rows like those of the arrays, one for each input, with the
// training's Weights. Optimizer, loss and data of the training don't matter.
//
// Errors: rows of another shape than the model takes; a weight that isn't the model's, or has another shape; a weight of the
// model that isn't among them.
func Predictor(t training.Training, options fit.Options, xs ...dataset.Array) (*fit.Model, error) {
	options.Seed, options.BatchSize = t.Seed, t.BatchSize
	m, err := fit.ForPrediction(t.Model, options)
	if err != nil {
		return nil, err
	}
	rows := make([][]int, len(xs))
	for i, x := range xs {
		if err := x.Validate(); err != nil {
			return nil, err
		}
		rows[i] = x.Shape[1:]
	}
	if err := m.BuildAll(rows...); err != nil {
		return nil, err
	}
	if err := setWeights(m, t.Weights); err != nil {
		return nil, err
	}
	all, err := m.Weights()
	if err != nil {
		return nil, err
	}
	for _, w := range all {
		if !slices.ContainsFunc(t.Weights, func(given training.Weight) bool { return given.Path == w.Path }) {
			return nil, fmt.Errorf("run: there are no values for the weight %s", w.Path)
		}
	}
	return m, nil
}
