package nn_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// normalizeMasked runs a BatchNormalization in training, with gradients, and returns y, dx and the moving averages.
func normalizeMasked(t *testing.T, b compute.Backend, x, mask *tensors.Tensor) [][]float32 {
	t.Helper()
	store := model.NewStore()
	exec, err := model.NewExec(b, store, func(scope *model.Scope, x, mask *graph.Node) []*graph.Node {
		scope.Store().SetTraining(x.Graph(), true)
		if mask.Shape().Dim(0) == x.Shape().Dim(0) {
			nn.SetBatchMask(x.Graph(), mask)
		}
		y := nn.BatchNormalization{}.Apply(scope.At("bn"), x)
		loss := graph.ReduceAllSum(graph.Mul(graph.Square(y), graph.Reshape(mask, -1, 1, 1)))
		if mask.Shape().Dim(0) != x.Shape().Dim(0) {
			loss = graph.ReduceAllSum(graph.Square(y))
		}
		return append(graph.Gradient(loss, x), y)
	})
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := exec.Exec(x, mask)
	if err != nil {
		t.Fatal(err)
	}
	return [][]float32{
		floats(t, outputs[0]), floats(t, outputs[1]),
		floats(t, store.GetVariable("/bn/moving_mean").MustValue()),
		floats(t, store.GetVariable("/bn/moving_variance").MustValue()),
	}
}

// TestBatchMask: a batch filled up with masked rows gives what the batch alone gives.
func TestBatchMask(t *testing.T) {
	const rows, padded, time, features = 3, 5, 2, 4
	values := make([]float32, padded*time*features)
	for i := range values {
		values[i] = float32(math.Sin(float64(i * i)))
	}
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		alone := tensor(values[:rows*time*features], rows, time, features)
		want := normalizeMasked(t, b, alone, tensor([]float32{1}, 1))
		got := normalizeMasked(t, b, tensor(values, padded, time, features), tensor([]float32{1, 1, 1, 0, 0}, padded))
		for i, name := range []string{"gradient", "output", "moving_mean", "moving_variance"} {
			for j, w := range want[i] {
				if math.Abs(float64(got[i][j]-w)) > 1e-5 {
					t.Errorf("%s %d is %g with masked rows, %g without", name, j, got[i][j], w)
				}
			}
		}
		for _, g := range got[0][rows*time*features:] {
			if g != 0 {
				t.Errorf("a masked row has gradient %g", g)
			}
		}
	})
}

// TestConstantFeature: a feature without variance is finite, forward and backward.
func TestConstantFeature(t *testing.T) {
	got := normalizeMasked(t, pureGo(t), tensor(ones(12), 3, 2, 2), tensor([]float32{1}, 1))
	for i, part := range got {
		for _, v := range part {
			if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
				t.Errorf("part %d holds %g", i, v)
			}
		}
	}
}
