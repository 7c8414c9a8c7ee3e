package fit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// The output of a layer is that of a model which ends there and has the same weights; dropout does nothing.
func TestLayerOutput(t *testing.T) {
	conv := nn.Conv2D{Filters: 3, KernelSize: []int{2}, Activation: nn.ReLU{}}
	compile := func(net nn.Layer) *fit.Model {
		m, err := fit.Compile(net, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1})
		require.NoError(t, err)
		return m
	}
	whole := compile(nn.Sequential{nn.Sequential{conv, nn.Dropout{Rate: 0.5}}, nn.Flatten{}, nn.Dense{Units: 1}})
	images := dataset.Array{Shape: []int{40, 4, 4, 1}, Values: make([]float32, 40*16)}
	for i := range images.Values {
		images.Values[i] = float32(i%7) - 3
	}
	got, err := whole.LayerOutput(t.Context(), "sequential/conv2d", images)
	require.NoError(t, err)
	require.Equal(t, []int{40, 3, 3, 3}, got.Shape)

	part := compile(nn.Sequential{conv})
	require.NoError(t, part.Build(4, 4, 1))
	weights, err := whole.Weights()
	require.NoError(t, err)
	for i, path := range []string{"/conv2d/kernel", "/conv2d/bias"} {
		require.NoError(t, part.SetWeight(path, dataset.Array{Shape: weights[i].Shape, Values: weights[i].Values}))
	}
	want, err := part.Predict(t.Context(), images)
	require.NoError(t, err)
	require.Equal(t, want, got)

	last, err := whole.LayerOutput(t.Context(), "/dense", images)
	require.NoError(t, err)
	predicted, err := whole.Predict(t.Context(), images)
	require.NoError(t, err)
	require.Equal(t, predicted, last)

	_, err = whole.LayerOutput(t.Context(), "conv2d", images)
	require.ErrorContains(t, err, `there is no layer "conv2d"; there are sequential/conv2d, sequential/dropout, sequential, flatten, dense`)
}
