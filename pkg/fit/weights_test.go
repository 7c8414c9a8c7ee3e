package fit_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
)

func TestWeights(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: b})
		_, err := m.Weights()
		require.ErrorContains(t, err, "no weights yet")

		require.NoError(t, m.Build(3))
		born := weightsOf(t, m)
		var paths []string
		for _, w := range born {
			paths = append(paths, w.Path)
			require.True(t, w.Trainable)
		}
		require.Equal(t, []string{"/dense/kernel", "/dense/bias", "/dense_1/kernel", "/dense_1/bias"}, paths)
		require.Equal(t, []int{3, 4}, born[0].Shape)

		_, err = m.Fit(ctx, noise(t, 40), fit.Config{})
		require.NoError(t, err)
		trained := weightsOf(t, m)
		require.Len(t, trained, 4, "the optimizer's memory is no weight")
		require.NotEqual(t, born, trained)

		arrays := make([]dataset.Array, len(born))
		for i, w := range born {
			arrays[i] = dataset.Array{Shape: w.Shape, Values: w.Values}
		}
		require.NoError(t, m.SetWeights(arrays))
		require.Equal(t, born, weightsOf(t, m))
	})
}

func TestSetWeightPredicts(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compile(t, small()[1:], optim.Adam(1e-2), fit.Options{Backend: b})
		require.NoError(t, m.Build(2))
		require.NoError(t, m.SetWeight("/dense/kernel", array([]float32{2, 3}, 2, 1)))
		require.NoError(t, m.SetWeight("/dense/bias", array([]float32{1}, 1)))
		y, err := m.Predict(ctx, array([]float32{10, 100, 0, 0}, 2, 2))
		require.NoError(t, err)
		require.Equal(t, array([]float32{321, 1}, 2, 1), y)
	})
}

func TestSetWeightRefuses(t *testing.T) {
	m := smallModel(t)
	require.NoError(t, m.Build(3))
	before := weightsOf(t, m)

	err := m.SetWeight("/dense/weights", array(nil))
	require.ErrorContains(t, err, `no weight "/dense/weights"`)
	require.ErrorContains(t, err, "/dense/kernel, /dense/bias")
	err = m.SetWeight("/dense/kernel", array(make([]float32, 12), 4, 3))
	require.ErrorContains(t, err, "/dense/kernel has shape [3 4], given are 12 values of shape [4 3]")
	require.Error(t, m.SetWeight("/dense/kernel", array(make([]float32, 11), 3, 4)))
	require.ErrorContains(t, m.SetWeights(nil), "0 arrays for 4 weights")
	wrongLast := []dataset.Array{array(make([]float32, 12), 3, 4), array(make([]float32, 4), 4), array(make([]float32, 4), 4, 1), array(make([]float32, 2), 2)}
	require.ErrorContains(t, m.SetWeights(wrongLast), "/dense_1/bias")
	require.Equal(t, before, weightsOf(t, m))
}
