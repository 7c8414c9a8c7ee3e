package fit

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/dataset"
)

// Weight is the value of one variable of a model.
type Weight struct {
	Path      string    // "/dense_1/kernel"
	Shape     []int     // empty for a scalar
	Trainable bool      // false for statistics such as BatchNormalization's moving mean
	Values    []float32 // a copy, row-major
}

// Weights returns the model's weights in the order of their layers, as Keras' get_weights does, without
// the optimizer's memory. It is an error before the model is built (see [Model.Build]).
func (m *Model) Weights() ([]Weight, error) {
	m.settle()
	vars, err := m.weightVariables()
	if err != nil {
		return nil, err
	}
	weights := make([]Weight, len(vars))
	for i, v := range vars {
		values, err := float32sOf(v)
		if err != nil {
			return nil, err
		}
		weights[i] = Weight{Path: v.Path(), Shape: slices.Clone(v.Shape().Dimensions), Trainable: v.Trainable, Values: values}
	}
	return weights, nil
}

// SetWeight gives one weight new values; their shape must be the weight's. NaN and infinities are taken
// as they are. The optimizer's memory stays. On an error nothing has changed.
func (m *Model) SetWeight(path string, values dataset.Array) error {
	m.settle()
	vars, err := m.weightVariables()
	if err != nil {
		return err
	}
	for _, v := range vars {
		if v.Path() == path {
			if err := checkWeight(v, values); err != nil {
				return err
			}
			return setWeight(v, values)
		}
	}
	paths := make([]string, len(vars))
	for i, v := range vars {
		paths[i] = v.Path()
	}
	return fmt.Errorf("fit: there is no weight %q; there are %s", path, strings.Join(paths, ", "))
}

// SetWeights gives all weights new values, in the order of [Model.Weights]. On an error nothing has
// changed.
func (m *Model) SetWeights(values []dataset.Array) error {
	m.settle()
	return m.setWeights(values)
}

func (m *Model) setWeights(values []dataset.Array) error {
	vars, err := m.weightVariables()
	if err != nil {
		return err
	}
	if len(values) != len(vars) {
		return fmt.Errorf("fit: %d arrays for %d weights", len(values), len(vars))
	}
	for i, v := range vars {
		if err := checkWeight(v, values[i]); err != nil {
			return err
		}
	}
	for i, v := range vars {
		if err := setWeight(v, values[i]); err != nil {
			return err
		}
	}
	return nil
}

var errNotBuilt = errors.New("fit: the model has no weights yet: they are drawn by Fit, or by Build(features…)")

// weightVariables are the model's own variables, their values on the host.
func (m *Model) weightVariables() ([]*model.Variable, error) {
	if m.shape.inputs == nil {
		return nil, errNotBuilt
	}
	if err := m.download(); err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	var vars []*model.Variable
	for v := range m.store.IterVariables() {
		if isWeight(v) {
			vars = append(vars, v)
		}
	}
	return vars, nil
}

// isWeight leaves out what belongs to the optimizer, to GoMLX (the state of its random numbers) and
// counters.
func isWeight(v *model.Variable) bool {
	own := "/" + optimizer.Scope + "/"
	return v.DType() == dtypes.Float32 && !strings.HasPrefix(v.Path(), own) && !strings.HasPrefix(v.Name(), "#")
}

func float32sOf(v *model.Variable) ([]float32, error) {
	value, err := v.Value()
	if err != nil {
		return nil, fmt.Errorf("fit: weight %s: %w", v.Path(), err)
	}
	var values []float32
	if err := tensors.ConstFlatData(value, func(flat []float32) { values = slices.Clone(flat) }); err != nil {
		return nil, fmt.Errorf("fit: weight %s: %w", v.Path(), err)
	}
	return values, nil
}

func checkWeight(v *model.Variable, a dataset.Array) error {
	if shape := v.Shape(); !slices.Equal(a.Shape, shape.Dimensions) || len(a.Values) != shape.Size() {
		return fmt.Errorf("fit: weight %s has shape %v, given are %d values of shape %v", v.Path(), shape.Dimensions, len(a.Values), a.Shape)
	}
	return nil
}

func setWeight(v *model.Variable, a dataset.Array) error {
	if err := v.SetValue(tensors.FromFlatDataAndDimensions(slices.Clone(a.Values), a.Shape...)); err != nil {
		return fmt.Errorf("fit: weight %s: %w", v.Path(), err)
	}
	return nil
}
