package optim

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func plainRules() map[string]Optimizer {
	all := goldenOptimizers()
	for name, o := range all {
		if len(o.Transforms) > 0 {
			delete(all, name)
		}
	}
	return all
}

func ramp(n int, from, by float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = from + float32(i)*by
	}
	return x
}

var (
	someWeights  = values{ramp(6, -1, 0.5), ramp(4, 0.3, 0.1)}
	someGradient = values{ramp(6, 0.5, -0.3), ramp(4, -2, 1.5)}
)

func hasNaN(x []float32) bool {
	for _, v := range x {
		if math.IsNaN(float64(v)) {
			return true
		}
	}
	return false
}

// TestRules is what every rule promises, whatever its formula.
func TestRules(t *testing.T) {
	for name, o := range plainRules() {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, o.Validate())

			still := newStepper(t, o.WithRate(0), someWeights)
			for range 3 {
				require.Equal(t, someWeights, still.step(someGradient), "moved at a rate of 0")
			}

			down := newStepper(t, o.WithWeightDecay(0), someWeights).step(someGradient)
			for i, g := range someGradient.kernel {
				moved := down.kernel[i] - someWeights.kernel[i]
				require.Negative(t, moved*g, "first step went up the gradient")
			}

			broken := newStepper(t, o, someWeights)
			gradient := values{ramp(6, 1, 0), ramp(4, 1, 0)}
			gradient.kernel[3] = float32(math.NaN())
			after := broken.step(gradient)
			require.True(t, math.IsNaN(float64(after.kernel[3])), "a NaN gradient must show in its weight")
			require.False(t, hasNaN(after.bias), "a NaN spread to another variable")

			one, two := newStepper(t, o, someWeights), newStepper(t, o, someWeights)
			for range 2 {
				require.Equal(t, one.step(someGradient), two.step(someGradient), "not repeatable")
			}
			for v := range one.store.IterVariables() {
				require.Equal(t, !strings.HasPrefix(v.Path(), "/dense/"), !v.Trainable, v.Path())
				require.True(t, v.HasValue(), v.Path())
			}
		})
	}
}

func TestClearStartsAnew(t *testing.T) {
	s := newStepper(t, Adam(0.1), someWeights)
	first := s.step(someGradient)
	s.step(someGradient)
	root := s.store.RootScope()
	require.NoError(t, Adam(0.1).Clear(root))
	require.Nil(t, s.store.GetVariable("/optimizers/iteration"))
	again := newStepper(t, Adam(0.1), someWeights)
	require.Equal(t, first, again.step(someGradient))
}

func TestValidate(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		want string
		o    Optimizer
	}{
		{"no rule", Optimizer{}},
		{"learning rate -1", SGD(-1)},
		{"learning rate NaN", SGD(nan)},
		{"learning rate +Inf", Adam(inf)},
		{"weight decay -1", SGD(1).WithWeightDecay(-1)},
		{"momentum is 1.5", SGD(1).WithRule(SGDRule{Momentum: 1.5})},
		{"beta 1 is 1,", Adam(1).WithRule(AdamRule{Beta1: 1})},
		{"beta 2 is -0.1", Nadam(1).WithRule(NadamRule{Beta2: -0.1})},
		{"epsilon is NaN", Adamax(1).WithRule(AdamaxRule{Epsilon: nan})},
		{"rho is 1,", RMSprop(1).WithRule(RMSpropRule{Rho: 1})},
		{"rho is 2", Adadelta(1).WithRule(AdadeltaRule{Rho: 2})},
		{"accumulator is -1", Adagrad(1).WithRule(AdagradRule{InitialAccumulator: -1})},
		{"Lion: beta 2", Lion(1).WithRule(LionRule{Beta2: 1})},
		{"ClipByNorm.Max is 0", SGD(1).With(ClipByNorm{})},
		{"ClipByNorm.Max is NaN", SGD(1).With(Chain{ClipByNorm{nan}})},
		{"ClipByGlobalNorm.Max is -1", SGD(1).With(ClipByGlobalNorm{-1})},
		{"ClipByValue.Max is +Inf", SGD(1).With(ClipByValue{inf})},
		{"ClipByValue.Max is 1e-50", SGD(1).With(ClipByValue{1e-50})},
		{"AdaptiveClip.Ratio is -1", SGD(1).With(AdaptiveClip{Ratio: -1})},
		{"transformation 1 is nil", SGD(1).With(SkipNonFinite{}, nil)},
		{"schedule: Cosine.Steps is 0", SGD(1).WithSchedule(Cosine{Initial: 1})},
	} {
		require.ErrorContains(t, c.o.Validate(), c.want)
	}
	require.NoError(t, SGD(0).Validate())
}
