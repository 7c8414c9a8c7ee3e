package fit_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// gomlxNet is a model as GoMLX's own users write it.
func gomlxNet(scope *model.Scope, x *graph.Node) *graph.Node {
	x = activation.Relu(layers.Dense(scope.In("hidden"), x, true, 16))
	return layers.Dense(scope.In("output"), x, true, 1)
}

// lineData is learnable: y = x₀ + x₁ + x₂.
func lineData(t testing.TB, rows int) dataset.Data {
	data := noise(t, rows)
	for i := range rows {
		row := data.X.Row(i)
		data.Y.Values[i] = row[0] + row[1] + row[2]
	}
	return data
}

// Plain GoMLX, model and optimizer, trains with the loop on the device and without, to the same numbers.
func TestPlainGoMLX(t *testing.T) {
	data := lineData(t, 100)
	var all [][]float64
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, stepwise := range []bool{false, true} {
			m, err := fit.Compile(nn.Func(gomlxNet), optimizer.Adam().LearningRate(0.01).Done(), loss.MSE{}, fit.Options{Backend: b, Seed: 5, Stepwise: stepwise})
			require.NoError(t, err)
			h, err := m.Fit(ctx, data, fit.Config{Epochs: 20, ValidationSplit: 0.1})
			require.NoError(t, err)
			losses := h.Loss()
			require.Less(t, losses[19], losses[0]/20)
			require.InDelta(t, 0.01, h.Epochs[0].LearningRate, 1e-8)
			all = append(all, losses)
		}
	})
	for _, losses := range all[1:] {
		alike(t, "losses", all[0], losses, 1e-3, 1e-6)
	}
}

// gomlxDropoutNet draws from GoMLX's own random state in training.
func gomlxDropoutNet(scope *model.Scope, x *graph.Node) *graph.Node {
	x = layers.DropoutStatic(scope, layers.Dense(scope.In("hidden"), x, true, 16), 0.3)
	return layers.Dense(scope.In("output"), x, true, 1)
}
