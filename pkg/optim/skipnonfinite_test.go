package optim

import (
	"math"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/stretchr/testify/require"
)

// TestSkipNonFinite takes good and bad steps: after the bad ones every variable but the counter is as before,
// even when it is the first step of all, and the good ones are those of a training without the bad.
func TestSkipNonFinite(t *testing.T) {
	all := map[string]train.OptimizeWithGradients{
		"GoMLX Adam":    Wrap(optimizer.Adam().LearningRate(0.1).Done(), SkipNonFinite{}, ClipByGlobalNorm{Max: 1}),
		"GoMLX RMSProp": Wrap(optimizer.RMSProp().LearningRate(0.1).Done(), Chain{SkipNonFinite{}}),
		"GoMLX SGD":     Wrap(optimizer.StochasticGradientDescent(), SkipNonFinite{}),
		"chain":         Adam(0.1).With(ClipByGlobalNorm{Max: 1}, Chain{SkipNonFinite{}}),
	}
	for name, o := range goldenOptimizers() {
		if o.Accumulate > 0 || strings.HasPrefix(name, "LossScale") { // which remember the skipped steps, see below
			continue
		}
		o.Transforms = append([]Transform{SkipNonFinite{}}, o.Transforms...)
		all[name] = o
	}
	nan := values{ramp(6, 1, 0), ramp(4, 1, 0)}
	nan.bias[3] = float32(math.NaN())
	infinite := values{ramp(6, 1, 0), ramp(4, 1, 0)}
	infinite.kernel[0] = float32(math.Inf(1))
	for name, o := range all {
		t.Run(name, func(t *testing.T) {
			s, clean := newStepper(t, o, someWeights), newStepper(t, o, someWeights)
			require.Equal(t, someWeights, s.step(nan))
			for i := range 3 {
				require.Equal(t, clean.step(someGradient), s.step(someGradient), "good step %d", i)
				before := s.state()
				s.step(infinite)
				s.step(nan)
				after := s.state()
				delete(before, skippedSteps)
				delete(after, skippedSteps)
				require.Equal(t, before, after)
			}
			skipped, err := SkippedSteps(s.store)
			require.NoError(t, err)
			require.EqualValues(t, 7, skipped)
		})
	}
}

// TestAccumulationForgetsSkippedSteps: a NaN spoils the steps that are collected with it, and no others.
func TestAccumulationForgetsSkippedSteps(t *testing.T) {
	o := Adam(0.1).WithAccumulation(2).With(SkipNonFinite{})
	s, clean := newStepper(t, o, someWeights), newStepper(t, o, someWeights)
	nan := values{ramp(6, 1, 0), ramp(4, 1, 0)}
	nan.bias[3] = float32(math.NaN())
	require.Equal(t, someWeights, s.step(nan))
	require.Equal(t, someWeights, s.step(someGradient))
	for range 4 {
		require.Equal(t, clean.step(someGradient), s.step(someGradient))
	}
	skipped, err := SkippedSteps(s.store)
	require.NoError(t, err)
	require.EqualValues(t, 1, skipped)
}

func TestSkippedStepsOfNone(t *testing.T) {
	s := newStepper(t, SGD(1), someWeights)
	s.step(someGradient)
	skipped, err := SkippedSteps(s.store)
	require.NoError(t, err)
	require.Zero(t, skipped)
}
