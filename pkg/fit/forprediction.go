package fit

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

var errForPrediction = errors.New("the model has no loss: it wasn't made by fit.Compile, or was made by ForPrediction, to predict alone; Compile it to train or evaluate it")

// ForPrediction is a model that predicts and does nothing else, for a network that was never compiled: it can be built, be
// given weights, and [Model.PredictAll]. Fit and Evaluate are errors. Of the options Backend, BatchSize, and Seed for weights that
// nobody sets, count.
//
// Other than for [Compile], the output may have a mask: only a loss would have to look at it.
//
// Errors: no network, or a backend that cannot be opened.
func ForPrediction(net nn.Layer, options Options) (*Model, error) {
	if net == nil {
		return nil, errors.New("fit: there is no model: give nn.Sequential{…} or nn.Func(yourModel)")
	}
	// An optimizer makes no variables before the first Fit.
	m := &Model{net: net, optimizer: optim.SGD(0), options: Options{Backend: options.Backend, Seed: options.Seed, BatchSize: max(0, options.BatchSize)}}
	if err := m.open(); err != nil {
		return nil, fmt.Errorf("for prediction: %w", err)
	}
	return m, nil
}
