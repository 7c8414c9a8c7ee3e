package training

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// The start is part of a training's program, in words of each library; a fresh one says nothing.
func TestCodeOfAStart(t *testing.T) {
	fresh := validated(t)
	given := fresh
	given.Weights, given.From = []Weight{{Path: "/dense/kernel"}}, "model.keras"
	require.True(t, given.Started())
	require.Equal(t, "the weights in model.keras", given.StartText())
	given.Memory = &optim.Memory{Steps: 12}
	require.Equal(t, "the weights in model.keras, the optimizer at step 12", given.StartText())
	require.False(t, given.Redrawn().Started())

	code, err := given.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "\nmodel.load_weights(\"model.keras\")\n")
	torch, err := given.TorchCode()
	require.NoError(t, err)
	require.Contains(t, torch, "\nmodel.load_state_dict(yours)  # the weights in \"model.keras\"\n")
	require.Contains(t, given.GoCode(), "\n\tStart: described.Start, // of keras.ReadModel(\"model.keras\")\n")
	given.From = ""
	require.Equal(t, "given weights, the optimizer at step 12", given.StartText())
	require.Contains(t, given.GoCode(), "\tStart: yours, // the weights to start from\n")

	code, err = fresh.KerasCode()
	require.NoError(t, err)
	require.NotContains(t, code, "load_weights")
	require.NotContains(t, fresh.GoCode(), "Start")
	require.Empty(t, fresh.StartText())
}

// Weights of another shape are refused ahead of any training, unless the training was changed since.
func TestWeightsOfAnotherShape(t *testing.T) {
	c := validated(t)
	var path string
	var shape []int
	_, err := nn.Measure(c.Model, [][]int{append([]int{1}, c.RowShapes()[0]...)}, func(m nn.Measured) error {
		if len(m.Weights) > 0 && path == "" {
			path, shape = "/"+m.Path+"/"+m.Weights[0].Name, m.Weights[0].Shape
		}
		return nil
	})
	require.NoError(t, err)
	c.Weights = []Weight{{Path: path, Array: dataset.Array{Shape: shape, Values: make([]float32, nn.Weight{Shape: shape}.Size())}}}
	require.NoError(t, c.Validate())
	c.Weights[0].Array = dataset.Array{Shape: []int{1}, Values: []float32{1}}
	require.ErrorContains(t, c.Validate(), path)
	c.Adapted = true
	require.NoError(t, c.Validate())
}

// A model of PyTorch's is the caller's: it starts as it is, its layers go by their names, and is drawn anew by its modules.
func TestStartOfAModelOfPyTorch(t *testing.T) {
	given := validated(t)
	given.Weights, given.From = []Weight{{Path: "/dense/kernel"}}, "model.pt2"
	code, err := given.TorchCode()
	require.NoError(t, err)
	require.NotContains(t, code, "load_state_dict")
	require.NotContains(t, code, "nn.Sequential", "it would hide the names")
	d := Compare(given, given.Redrawn())
	where, code, _ := strings.Cut(d.Torch, "\n")
	require.Equal(t, torchRedraw, code)
	require.Contains(t, where, "before the optimizer")
	require.False(t, given.Redrawn().Started())
}
