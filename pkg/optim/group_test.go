package optim

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGroupsThatAreRefused(t *testing.T) {
	kernel := []string{"/dense/kernel"}
	for want, groups := range map[string][]Group{
		"group 0 of weights: it has no weights":             {{}},
		"group 0 of weights: rate factor -1":                {{Weights: kernel, RateFactor: -1}},
		"group 0 of weights: weight decay NaN":              {{Weights: kernel, WeightDecay: math.NaN()}},
		"the weight /dense/kernel is in the groups 0 and 1": {{Weights: kernel}, {Weights: kernel}},
		"Adam.Beta1 is 2":                                   {{Weights: kernel, Rule: AdamRule{Beta1: 2}}},
		"optim.SkipNonFinite can't be one of a group's":     {{Weights: kernel, Transforms: []Transform{SkipNonFinite{}}}},
		"L2Decay.Decay is NaN":                              {{Weights: kernel, Transforms: []Transform{L2Decay{math.NaN()}}}},
	} {
		require.ErrorContains(t, SGD(0.1).WithGroups(groups...).Validate(), want)
	}
}

// Each setting of a group is part of what a compiled step depends on; limits are not, and are told with their places.
func TestGroupsAreInTheProgramKey(t *testing.T) {
	kernel := []string{"/dense/kernel"}
	seen := map[string]bool{}
	for _, g := range []Group{
		{Weights: kernel}, {Weights: []string{"/dense/bias"}}, {Weights: kernel, Frozen: true}, {Weights: kernel, RateFactor: 0.5}, {Weights: kernel, WeightDecay: 0.1},
		{Weights: kernel, Rule: SGDRule{Momentum: 0.5}}, {Weights: kernel, Transforms: []Transform{L2Decay{0.1}}}, {Weights: kernel, Transforms: []Transform{L2Decay{0.2}}},
		{Weights: kernel, Transforms: []Transform{ClipByValue{1}}},
	} {
		key, ok := SGD(0.1).WithGroups(g).ProgramKey()
		require.True(t, ok)
		require.False(t, seen[key], key)
		seen[key] = true
	}
	_, ok := SGD(0.1).WithGroups(Group{Weights: kernel, Rule: foreign{}}).ProgramKey()
	require.False(t, ok)
	one := SGD(0.1).With(ClipByNorm{3}).WithGroups(Group{Weights: kernel}, Group{Weights: []string{"/dense/bias"}, Transforms: []Transform{ClipByValue{2}}})
	require.Equal(t, map[string]float64{"transform_0/max": 3, "group_1/transform_0/max": 2}, one.Limits())
}

// A weight in a group moves by its settings, one in none by the optimizer's, and a frozen one not at all.
func TestGroupsMoveTheirWeights(t *testing.T) {
	start := values{kernel: []float32{1, 2, 3, 4, 5, 6}, bias: []float32{1, 2, 3, 4}}
	gradient := values{kernel: []float32{1, 1, 1, 1, 1, 1}, bias: []float32{1, 1, 1, 1}}
	halved := newStepper(t, SGD(0.1).WithGroups(Group{Weights: []string{"/dense/kernel", "/of/nobody"}, RateFactor: 0.5}), start).step(gradient)
	require.InDeltaSlice(t, []float32{0.95, 1.95, 2.95, 3.95, 4.95, 5.95}, halved.kernel, 1e-6)
	require.InDeltaSlice(t, []float32{0.9, 1.9, 2.9, 3.9}, halved.bias, 1e-6)
	frozen := newStepper(t, SGD(0.1).WithGroups(Group{Weights: []string{"/dense/bias"}, Frozen: true}), start).step(gradient)
	require.Equal(t, start.bias, frozen.bias)
	require.InDelta(t, 0.9, frozen.kernel[0], 1e-6)
	all := newStepper(t, SGD(0.1).WithGroups(Group{Weights: []string{"/dense/bias", "/dense/kernel"}, Frozen: true}), start).step(gradient)
	require.Equal(t, start, all)
	held := newStepper(t, SGD(0.1).With(SkipNonFinite{}).WithGroups(Group{Weights: []string{"/dense/bias"}, Rule: SGDRule{Momentum: 0.9}}), start)
	nan := values{kernel: gradient.kernel, bias: []float32{float32(math.NaN()), 1, 1, 1}}
	require.Equal(t, start, held.step(nan), "a step that is called off moves no group")
}

func TestDecayAndClips(t *testing.T) {
	o := SGD(0.1).With(ClipByValue{1}, Maximize{}, L2Decay{0.2}).WithWeightDecay(0.1).
		WithGroups(Group{Weights: []string{"/a"}, WeightDecay: 0.5}, Group{Weights: []string{"/b"}, Frozen: true, WeightDecay: 9})
	require.Equal(t, 0.5, o.LargestDecay())
	require.Zero(t, o.WithoutDecay().LargestDecay())
	require.Equal(t, 0.5, o.LargestDecay(), "the original stays")
	require.Equal(t, []Transform{ClipByValue{1}, ClipByNorm{2}, Maximize{}, L2Decay{0.2}}, o.WithClip(ClipByNorm{2}).Transforms)
	require.Equal(t, []string{"/b"}, o.FrozenWeights())
	require.Empty(t, o.Thawed().FrozenWeights())
	require.Len(t, o.Thawed().Groups, 1)
}
