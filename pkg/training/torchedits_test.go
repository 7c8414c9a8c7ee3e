package training_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// What brings targets into the predictions' shape is a line to type in, in both directions and under the program's own name.
func TestTargetsShapeIsALineForPyTorch(t *testing.T) {
	for _, c := range []struct {
		shape []int
		names map[string]training.Variable
		line  string
	}{
		{[]int{20}, nil, "y = y[:, None]"},
		{[]int{20, 1}, nil, "y = y[:, 0]"},
		{[]int{20, 1}, map[string]training.Variable{
			"x": {Name: "a", Line: training.Line{File: "t.py", Number: 3}}, "y": {Name: "labels", Line: training.Line{File: "t.py", Number: 4}},
		}, "labels = labels[:, 0]"},
	} {
		before := training.Training{
			Model: nn.Sequential{nn.Dense{Units: 1}}, Optimizer: optim.SGD(0.1), Loss: loss.Broadcast{Of: loss.MSE{}}, Epochs: 1, BatchSize: 10,
			Data:   dataset.Data{X: dataset.Array{Shape: []int{20, 3}, Values: make([]float32, 60)}, Y: dataset.Array{Shape: c.shape, Values: make([]float32, 20)}},
			Start:  training.Start{From: "model.pt2"},
			Source: training.Source{Variables: c.names},
		}
		code := training.Compare(before, before.WithLoss(0, loss.MSE{})).Torch
		require.Contains(t, strings.Split(code, "\n"), c.line)
		if c.names != nil {
			require.Contains(t, code, "# after t.py line 4:")
		}
	}
}

// Indices in code count from 0 and texts from 1: the code says so, for one row, for some and for many.
func TestRowsOfCodeAreCountedInWords(t *testing.T) {
	given := training.Training{
		Model: nn.Sequential{nn.Dense{Units: 1}}, Optimizer: optim.SGD(0.1), Loss: loss.MSE{}, Epochs: 1, BatchSize: 10,
		Data: dataset.Data{X: dataset.Array{Shape: []int{20, 3}, Values: make([]float32, 60)}, Y: dataset.Array{Shape: []int{20, 1}, Values: make([]float32, 20)}},
	}
	for said, rows := range map[string][]int{
		"row 17, counted from 1":                {16},
		"rows 1, 17, counted from 1":            {0, 16},
		"index 3 is row 4, counted from 1":      {3, 4, 5, 6, 7, 8, 9},
		"rows 2, 3, 4, 5, 6, 7, counted from 1": {1, 2, 3, 4, 5, 6},
	} {
		after, err := given.Prepare(training.DropRows{Data: rows})
		require.NoError(t, err)
		d := training.Compare(given, after)
		require.Contains(t, d.Go, "}) // "+said)
		require.Contains(t, d.Keras, "])  # "+said)
		require.Contains(t, d.Torch, "])  # "+said)
	}
}
