package fit_test

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

var (
	ctx = context.Background()
)

// example1 is the model of the article's first example.
func example1() nn.Sequential {
	return nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
}

// small is a model that trains in no time.
func small() nn.Sequential {
	return nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
}

func compile(t testing.TB, net nn.Layer, o fit.Optimizer, options fit.Options) *fit.Model {
	t.Helper()
	if options.Backend == nil {
		options.Backend = gobackend.GetBackend()
	}
	m, err := fit.Compile(net, o, loss.MSE{}, options)
	require.NoError(t, err)
	return m
}

// smallModel is a compiled [small] on pure Go.
func smallModel(t testing.TB) *fit.Model {
	t.Helper()
	return compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 3})
}

// noise is random data with 3 features and one target.
func noise(t testing.TB, rows int) dataset.Data {
	t.Helper()
	data, err := dataset.Random(rows, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	return data
}

func weightsOf(t testing.TB, m *fit.Model) []fit.Weight {
	t.Helper()
	weights, err := m.Weights()
	require.NoError(t, err)
	return weights
}

// identity predicts its input; a variable of no effect gives the optimizer something to train.
var identity = nn.Func(func(scope *model.Scope, x *graph.Node) *graph.Node {
	return graph.Add(x, graph.MulScalar(scope.VariableWithValue("idle", float32(0)).NodeValue(x), 0))
})

// array makes an Array that holds what the test says.
func array(values []float32, shape ...int) dataset.Array {
	return dataset.Array{Shape: shape, Values: values}
}

var (
	nan32     = float32(math.NaN())
	goBackend = gobackend.GetBackend()
)
