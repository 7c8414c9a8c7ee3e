package nn_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// tensor makes a float32 tensor of the values in row-major order.
func tensor(values []float32, dims ...int) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(values, dims...)
}

func floats(t testing.TB, x *tensors.Tensor) []float32 {
	t.Helper()
	var values []float32
	if err := tensors.ConstFlatData(x, func(flat []float32) { values = append(values, flat...) }); err != nil {
		t.Fatal(err)
	}
	return values
}

// run applies a layer at scope /layer of the store and returns its output, or the error of building it.
func run(b compute.Backend, store *model.Store, l nn.Layer, training bool, x *tensors.Tensor) (*tensors.Tensor, error) {
	exec, err := model.NewExec(b, store, func(scope *model.Scope, x *graph.Node) *graph.Node {
		scope.Store().SetTraining(x.Graph(), training)
		return l.Apply(scope.At("layer"), x)
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	outputs, err := exec.Exec(x)
	if err != nil {
		return nil, err
	}
	return outputs[0], nil
}

// mustRun is run for layers that work.
func mustRun(t testing.TB, b compute.Backend, store *model.Store, l nn.Layer, training bool, x *tensors.Tensor) []float32 {
	t.Helper()
	y, err := run(b, store, l, training, x)
	if err != nil {
		t.Fatal(err)
	}
	return floats(t, y)
}
