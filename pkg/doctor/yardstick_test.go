package doctor

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

func column(values ...float32) dataset.Array {
	return dataset.Array{Shape: []int{len(values), 1}, Values: values}
}

func TestExplained(t *testing.T) {
	s, err := newYardstick(loss.MSE{}, column(0, 2), nil)
	require.NoError(t, err)
	require.Equal(t, 0.0, s.explained(1), "the mean")
	require.Equal(t, 1.0, s.explained(0))
	require.Equal(t, -1.0, s.explained(2))
	require.Equal(t, 0.5, s.progress(0.5), "squared error has no floor")
	require.True(t, math.IsNaN(s.explained(math.Inf(1))))

	// Labels that are probabilities leave their own entropy.
	y := column(0.1, 0.9)
	s, err = newYardstick(loss.BinaryCrossentropy{}, y, nil)
	require.NoError(t, err)
	perfect, err := meanLoss(loss.BinaryCrossentropy{}, y, y, nil)
	require.NoError(t, err)
	require.InDelta(t, s.floor, perfect, 1e-6)
	require.InDelta(t, 1, s.progress(perfect), 1e-5)
	require.Less(t, s.explained(perfect), 0.6)

	_, err = newYardstick(loss.MSE{}, column(1, float32(math.NaN())), nil)
	require.Error(t, err)
}

func TestMeanLossNamesShapes(t *testing.T) {
	_, err := meanLoss(loss.MSE{}, column(1, 2), dataset.Array{Shape: []int{2, 3}, Values: make([]float32, 6)}, nil)
	require.ErrorContains(t, err, "[2 3]")
	weighted, err := meanLoss(loss.MSE{}, column(1, 2), column(0, 0), []float32{1, 0})
	require.NoError(t, err)
	require.Equal(t, 0.5, weighted)
}

// The loss of weighted rows is measured against the best constant for the same weights.
func TestYardstickOfWeightedRows(t *testing.T) {
	y, weights := column(0, 0, 0, 1), []float32{1, 1, 1, 9}
	s, err := newYardstick(loss.MSE{}, y, weights)
	require.NoError(t, err)
	constant, err := meanLoss(loss.MSE{}, y, column(0.75, 0.75, 0.75, 0.75), weights)
	require.NoError(t, err)
	require.InDelta(t, 0, s.explained(constant), 1e-6, "the weighted mean explains nothing")

	y = column(0.1, 0.9, 0.5, 0.5)
	s, err = newYardstick(loss.BinaryCrossentropy{}, y, weights)
	require.NoError(t, err)
	perfect, err := meanLoss(loss.BinaryCrossentropy{}, y, y, weights)
	require.NoError(t, err)
	require.InDelta(t, s.floor, perfect, 1e-6)
}
