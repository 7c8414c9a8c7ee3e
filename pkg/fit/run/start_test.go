package run_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func started(t *testing.T) training.Training {
	t.Helper()
	data, err := dataset.Random(40, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	array := func(shape []int, v float32) dataset.Array {
		n := 1
		for _, d := range shape {
			n *= d
		}
		a := dataset.Array{Shape: shape, Values: make([]float32, n)}
		for i := range a.Values {
			a.Values[i] = v + float32(i)/8
		}
		return a
	}
	momentum := func(weight string, shape ...int) optim.Remembered {
		return optim.Remembered{Slot: "momentum", Weight: weight, Shape: shape, Values: array(shape, 0.25).Values}
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Name: "a", Units: 3}, nn.Dense{Name: "b", Units: 1}}, Data: data,
		Optimizer: optim.SGD(0.1).WithRule(optim.SGDRule{Momentum: 0.9}), Loss: loss.MSE{}, NoShuffle: true,
		Start: training.Start{
			Weights: []training.Weight{
				{Path: "/a/kernel", Array: array([]int{2, 3}, 1)}, {Path: "/a/bias", Array: array([]int{3}, 2)},
				{Path: "/b/kernel", Array: array([]int{3, 1}, 3)}, {Path: "/b/bias", Array: array([]int{1}, 4)},
			},
			Memory: &optim.Memory{Steps: 7, Slots: []optim.Remembered{momentum("/a/kernel", 2, 3), momentum("/a/bias", 3), momentum("/b/kernel", 3, 1), momentum("/b/bias", 1)}},
		},
	}
}

func weights(t *testing.T, c training.Training) map[string][]float32 {
	t.Helper()
	m, err := run.New(c, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	all, err := m.Weights()
	require.NoError(t, err)
	byPath := map[string][]float32{}
	for _, w := range all {
		byPath[w.Path] = w.Values
	}
	return byPath
}

func firstLosses(t *testing.T, c training.Training) []float64 {
	t.Helper()
	c.Epochs = 2
	m, err := run.New(c, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	h, err := m.Fit(context.Background(), c.TrainData(), run.Config(c))
	require.NoError(t, err)
	return h.Loss()
}

// Every seed starts from the given weights, and the optimizer goes on with its memory.
func TestStart(t *testing.T) {
	c := started(t)
	first := weights(t, c)
	require.Equal(t, c.Weights[0].Array.Values, first["/a/kernel"])
	c.Seed = 5
	require.Equal(t, first, weights(t, c), "another seed")
	losses := firstLosses(t, c)
	withoutMemory := c
	withoutMemory.Memory = nil
	require.NotEqual(t, losses, firstLosses(t, withoutMemory))
	require.NotEqual(t, first, weights(t, c.Redrawn()))
	require.Equal(t, c.Weights[0].Array.Values, first["/a/kernel"], "nothing was written to")
}

// A start that isn't the training's is an error, unless the training was changed since: then what fits is kept.
func TestAdaptedStart(t *testing.T) {
	given := started(t)
	wider := given
	wider.Model = nn.Sequential{nn.Dense{Name: "a", Units: 3}, nn.Dense{Name: "new", Units: 3}, nn.Dense{Name: "b", Units: 2}}
	wider.Data.Y = dataset.Array{Shape: []int{40, 2}, Values: make([]float32, 80)}
	_, err := run.New(wider, fit.Options{Backend: gobackend.GetBackend()})
	require.ErrorContains(t, err, "/b/kernel")
	wider.Adapted = true
	got := weights(t, wider)
	require.Equal(t, given.Weights[0].Array.Values, got["/a/kernel"])
	require.Len(t, got["/b/kernel"], 6)
	require.Len(t, got["/new/kernel"], 9)
	firstLosses(t, wider) // the memory isn't this optimizer's any more

	other := given
	other.Optimizer, other.Adapted = optim.Adam(0.1), true
	fresh := other
	fresh.Memory = nil
	require.Equal(t, firstLosses(t, fresh), firstLosses(t, other))
	same := given
	same.Adapted = true
	require.Equal(t, firstLosses(t, given), firstLosses(t, same))
}

func TestPredictorNeedsAllWeights(t *testing.T) {
	c := started(t)
	m, err := run.Predictor(c, fit.Options{Backend: gobackend.GetBackend()}, c.Data.X)
	require.NoError(t, err)
	y, err := m.Predict(context.Background(), c.Data.X)
	require.NoError(t, err)
	require.Equal(t, []int{40, 1}, y.Shape)
	c.Weights = c.Weights[:3]
	_, err = run.Predictor(c, fit.Options{Backend: gobackend.GetBackend()}, c.Data.X)
	require.ErrorContains(t, err, "/b/bias")
}
