package explore_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func TestGridHasEveryCombination(t *testing.T) {
	points := grid(t, explore.BatchSizes(8, 16), explore.Seeds(1, 2, 3))
	require.Len(t, points, 6)
	assert.Equal(t, []explore.Setting{{Axis: "batch size", Label: "8"}, {Axis: "seed", Label: "1"}}, points[0].Settings())
	assert.Equal(t, []explore.Setting{{Axis: "batch size", Label: "8"}, {Axis: "seed", Label: "2"}}, points[1].Settings())
	p, err := points[5].Apply(training.Training{})
	require.NoError(t, err)
	assert.Equal(t, 16, p.BatchSize)
	assert.EqualValues(t, 3, p.Seed)
	assert.Len(t, grid(t), 1, "nothing varies")
}

func TestRandomPointsAreDifferentAndRepeatable(t *testing.T) {
	space := explore.Space{explore.RatesBetween(1e-5, 1e-1), explore.BatchSizes(8, 16, 32)}
	points, err := space.Random(200, 1)
	require.NoError(t, err)
	require.Len(t, points, 200)
	again, err := space.Random(200, 1)
	require.NoError(t, err)
	seen, below := map[string]bool{}, 0
	for i, p := range points {
		assert.Equal(t, p.Settings(), again[i].Settings())
		key := p.Settings()[0].Label + " " + p.Settings()[1].Label
		assert.False(t, seen[key])
		seen[key] = true
		rate, err := strconv.ParseFloat(p.Settings()[0].Label, 64)
		require.NoError(t, err)
		assert.True(t, rate >= 1e-5 && rate <= 1e-1)
		if rate < 1e-3 {
			below++
		}
	}
	assert.InDelta(t, 100, below, 30, "uniform in the logarithm")
	few, err := explore.Space{explore.BatchSizes(8, 16, 32)}.Random(10, 1)
	require.NoError(t, err)
	assert.Len(t, few, 3)
}

func TestSpacesRefuse(t *testing.T) {
	value := explore.BatchSizes(1).Values[0]
	for want, s := range map[string]explore.Space{
		`"batch size" is empty or occurs twice`: {explore.BatchSizes(1), explore.BatchSizes(2)},
		`"" is empty`:                           {{Values: []explore.Value{value}}},
		`axis "batch size" has no values`:       {explore.BatchSizes()},
		`the value "1" has no label`:            {explore.BatchSizes(1, 1)},
		`the value "x" has no label`:            {{Name: "a", Values: []explore.Value{{Label: "x"}}}},
	} {
		_, err := s.Grid()
		assert.ErrorContains(t, err, want)
		_, err = s.Random(1, 1)
		assert.ErrorContains(t, err, want)
	}
	_, err := explore.Space{explore.RatesBetween(1, 2)}.Grid()
	assert.ErrorContains(t, err, "has no values")
	_, err = explore.Space{}.Random(0, 1)
	assert.ErrorContains(t, err, "0 random points")
}

// The optimizer is chosen before its rate and clip, the schedule last, in whatever order the axes stand.
func TestOrderOfAxesDoesNotMatter(t *testing.T) {
	axes := []explore.Axis{
		explore.Schedules(), explore.Clips(optim.ClipByNorm{Max: 2}), explore.LearningRates(0.25), explore.Optimizers(optim.RMSprop(1)),
	}
	axes[0].Values = axes[0].Values[1:2] // cosine
	p, err := grid(t, axes...)[0].Apply(quick(t))
	require.NoError(t, err)
	assert.Equal(t, optim.RMSprop(0.25).Rule, p.Optimizer.Rule)
	assert.Equal(t, []optim.Transform{optim.ClipByNorm{Max: 2}}, p.Optimizer.Transforms)
	assert.Equal(t, optim.Cosine{Initial: 0.25, Steps: 4}, p.Optimizer.Schedule)
}

func TestLabels(t *testing.T) {
	for want, a := range map[string]explore.Axis{
		"1e-05":                         explore.LearningRates(1e-5),
		"Adam(0.001)":                   explore.Optimizers(optim.Adam(1e-3)),
		"none":                          explore.Clips(nil),
		"ClipByNorm{Max:1}":             explore.Clips(optim.ClipByNorm{Max: 1}),
		"relu":                          explore.Activations(nn.ReLU{}),
		"he_normal":                     explore.Initializers(nn.HeNormal{}),
		"RandomNormal{Mean:0 StdDev:3}": explore.Initializers(nn.RandomNormal{StdDev: 3}),
	} {
		assert.Equal(t, want, a.Values[0].Label)
	}
}

func TestActivationsChangeHiddenLayersAlone(t *testing.T) {
	base := training.Training{Model: nn.Sequential{
		nn.Dense{Units: 3, Activation: nn.ReLU{}},
		nn.Sequential{nn.Dense{Units: 2}, nn.ReLU{}},
		nn.Renamed{Name: "bend", Layer: nn.Sigmoid{}},
		nn.SimpleRNN{Units: 2},
		nn.Sequential{nn.Dense{Units: 2, Activation: nn.ReLU{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, nn.Softmax{}},
	}}
	p, err := explore.Activations(nn.Tanh{}).Values[0].Apply(base)
	require.NoError(t, err)
	assert.Equal(t, nn.Sequential{
		nn.Dense{Units: 3, Activation: nn.Tanh{}},
		nn.Sequential{nn.Dense{Units: 2}, nn.Tanh{}},
		nn.Renamed{Name: "bend", Layer: nn.Tanh{}},
		nn.SimpleRNN{Units: 2},
		nn.Sequential{nn.Dense{Units: 2, Activation: nn.Tanh{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, nn.Softmax{}},
	}, p.Model)
	assert.Equal(t, nn.ReLU{}, base.Model.(nn.Sequential)[0].(nn.Dense).Activation, "the training it was made from stays")

	p, err = explore.Initializers(nn.Zeros{}).Values[0].Apply(base)
	require.NoError(t, err)
	assert.Equal(t, nn.Zeros{}, p.Model.(nn.Sequential)[3].(nn.SimpleRNN).KernelInitializer)
	assert.Equal(t, nn.Zeros{}, p.Model.(nn.Sequential)[4].(nn.Sequential)[1].(nn.Dense).KernelInitializer)

	_, err = explore.Activations(nn.Tanh{}).Values[0].Apply(training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}})
	assert.ErrorContains(t, err, "no layer that this setting would change")
	_, err = explore.Activations(nn.Tanh{}).Values[0].Apply(training.Training{Model: nn.Dense{Units: 1}})
	assert.ErrorContains(t, err, "no layer that this setting would change")
}

func TestLogSpace(t *testing.T) {
	assert.Equal(t, []float64{1e-3, 1e-2, 1e-1}, explore.LogSpace(1e-3, 1e-1, 3))
	assert.Equal(t, []float64{0.5}, explore.LogSpace(0.5, 1, 1))
	assert.Equal(t, []float64{1, 3.162, 10}, explore.LogSpace(1, 10, 3))
	assert.Empty(t, explore.LogSpace(1, 10, -1))
}
