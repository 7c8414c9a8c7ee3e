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
		if len(o.Transforms) > 0 || o.Accumulate > 0 || o.EMAMomentum > 0 {
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

// departures are rules that by Keras' formula don't promise what the others do, and why.
var departures = map[string]struct{ moves, climbs string }{
	"Ftrl":                        {"it divides by the rate", "it forgets the weights that it begins with"},
	"Ftrl constants":              {"it divides by the rate", "it forgets the weights that it begins with"},
	"Ftrl power 0":                {"it divides by the rate", "it forgets the weights that it begins with"},
	"Muon":                        {"", "it makes matrices orthogonal: only as a whole they step down"},
	"Muon constants":              {"", "it makes matrices orthogonal: only as a whole they step down"},
	"Muon one decay":              {"", "it makes matrices orthogonal: only as a whole they step down"},
	"ScheduleFreeAdamW":           {"it works the average out of two weights, and rounds", ""},
	"ScheduleFreeAdamW constants": {"it works the average out of two weights, and rounds", ""},
}

// TestRules is what every rule promises, whatever its formula.
func TestRules(t *testing.T) {
	for name, o := range plainRules() {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, o.Validate())

			still := newStepper(t, o.WithRate(0), someWeights)
			for range 3 {
				if departures[name].moves != "" {
					break
				}
				require.Equal(t, someWeights, still.step(someGradient), "moved at a rate of 0")
			}

			down := newStepper(t, o.WithWeightDecay(0), someWeights).step(someGradient)
			for i, g := range someGradient.kernel {
				moved := down.kernel[i] - someWeights.kernel[i]
				if departures[name].climbs != "" {
					break
				}
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
		{"SGD.Momentum is 1.5", SGD(1).WithRule(SGDRule{Momentum: 1.5})},
		{"Adam.Beta1 is 1,", Adam(1).WithRule(AdamRule{Beta1: 1})},
		{"Nadam.Beta2 is -0.1", Nadam(1).WithRule(NadamRule{Beta2: -0.1})},
		{"Adamax.Epsilon is NaN", Adamax(1).WithRule(AdamaxRule{Epsilon: nan})},
		{"RMSprop.Rho is 1,", RMSprop(1).WithRule(RMSpropRule{Rho: 1})},
		{"Adadelta.Rho is 2", Adadelta(1).WithRule(AdadeltaRule{Rho: 2})},
		{"Adagrad.InitialAccumulator is -1", Adagrad(1).WithRule(AdagradRule{InitialAccumulator: -1})},
		{"Lion.Beta2 is 1", Lion(1).WithRule(LionRule{Beta2: 1})},
		{"Adafactor.ClipThreshold is 0", Adafactor(1).WithRule(AdafactorRule{})},
		{"Ftrl.RatePower is 1", Ftrl(1).WithRule(FtrlRule{RatePower: 1})},
		{"Lamb.Beta1 is 1", Lamb(1).WithRule(LambRule{Beta1: 1})},
		{"Muon.Iterations is -1", Muon(1).WithRule(MuonRule{Iterations: -1})},
		{"ScheduleFreeAdamW.Beta1 is 0", ScheduleFreeAdamW(1).WithRule(ScheduleFreeRule{})},
		{"accumulation over -1 steps", SGD(1).WithAccumulation(-1)},
		{"the weights' average is 1.5", SGD(1).WithEMA(1.5, 0)},
		{"averages every -2", SGD(1).WithEMA(0.5, -2)},
		{"LossScale of -1", SGD(1).With(LossScale{Initial: -1})},
		{"ClipByNorm.Max is 0", SGD(1).With(ClipByNorm{})},
		{"ClipByNorm.Max is NaN", SGD(1).With(Chain{ClipByNorm{nan}})},
		{"ClipByGlobalNorm.Max is -1", SGD(1).With(ClipByGlobalNorm{Max: -1})},
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
