package fit

import (
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// rateVariable is where GoMLX's optimizers, and ours, keep the learning rate; nil before the model is
// built for training.
func (m *Model) rateVariable() *model.Variable {
	return m.store.GetVariable(model.JoinPath(model.RootScopePath, optimizer.Scope, optimizer.ParamLearningRate))
}

// ownRates is the learning rate of each step as the optimizer has it: its schedule or constant, or for a
// plain GoMLX optimizer what it put into its variable.
func (m *Model) ownRates() (func(step int) float64, error) {
	if o, ok := m.optimizer.(interface{ Rate(step int) float64 }); ok {
		return o.Rate, nil
	}
	v := m.rateVariable()
	if v == nil {
		return func(int) float64 { return nan }, nil // an optimizer without a learning rate
	}
	value, err := v.Value()
	if err != nil {
		return nil, fmt.Errorf("learning rate: %w", err)
	}
	rate := float64(tensors.ToScalar[float32](value))
	return func(int) float64 { return rate }, nil
}
