package fit_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A network without a loss predicts what it does compiled, and can't be trained.
func TestForPrediction(t *testing.T) {
	net := nn.Sequential{nn.Dense{Units: 3, Activation: nn.Tanh{}}, nn.Dense{Units: 2}}
	d, err := dataset.Random(5, []int{4}, []int{2}, 1)
	require.NoError(t, err)
	alone, err := fit.ForPrediction(net, fit.Options{Backend: gobackend.GetBackend(), Seed: 3})
	require.NoError(t, err)
	compiled, err := fit.Compile(net, optim.SGD(0.1), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend(), Seed: 3})
	require.NoError(t, err)
	want, err := compiled.Predict(context.Background(), d.X)
	require.NoError(t, err)
	got, err := alone.Predict(context.Background(), d.X)
	require.NoError(t, err)
	require.Equal(t, want, got)

	_, err = alone.Fit(context.Background(), d, fit.Config{})
	require.ErrorContains(t, err, "ForPrediction")
	_, err = alone.Evaluate(context.Background(), d)
	require.ErrorContains(t, err, "ForPrediction")
	_, err = fit.ForPrediction(nil, fit.Options{})
	require.Error(t, err)
}

// An output with a mask, which a loss would have to look at, predicts.
func TestForPredictionOfAMaskedOutput(t *testing.T) {
	net := nn.Sequential{nn.Embedding{InputDim: 5, OutputDim: 2, MaskZero: true}}
	m, err := fit.ForPrediction(net, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	y, err := m.Predict(context.Background(), dataset.Array{Shape: []int{1, 3}, Values: []float32{1, 2, 0}})
	require.NoError(t, err)
	require.Equal(t, []int{1, 3, 2}, y.Shape)
}
