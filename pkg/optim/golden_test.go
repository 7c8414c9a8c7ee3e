package optim

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
)

type goldenValues struct{ Kernel, Bias []float32 }

func (v goldenValues) values() values { return values{v.Kernel, v.Bias} }

type goldenFile struct {
	Weights    goldenValues
	Gradients  []goldenValues
	Optimizers map[string]struct {
		After []goldenValues
		Final goldenValues
	}
	Schedules map[string]struct {
		Steps []int
		Rates []float64
	}
}

func golden(t *testing.T) goldenFile {
	t.Helper()
	text, err := os.ReadFile("testdata/golden.json")
	require.NoError(t, err)
	var g goldenFile
	require.NoError(t, json.Unmarshal(text, &g))
	return g
}

// goldenOptimizers has the same names as testdata/make_golden.py.
func goldenOptimizers() map[string]Optimizer {
	return map[string]Optimizer{
		"SGD":                 SGD(0.01),
		"SGD momentum":        SGD(0.01).WithRule(SGDRule{Momentum: 0.9}),
		"SGD nesterov":        SGD(0.01).WithRule(SGDRule{Momentum: 0.9, Nesterov: true}),
		"SGD clipnorm":        SGD(0.1).With(ClipByNorm{Max: 1.5}),
		"SGD global_clipnorm": SGD(0.1).With(ClipByGlobalNorm{Max: 1.5}),
		"SGD clipvalue":       SGD(0.1).With(ClipByValue{Max: 0.4}),
		"SGD weight_decay":    SGD(0.1).WithWeightDecay(0.02),
		"Adam":                Adam(0.001),
		"Adam 10":             Adam(10),
		"Adam constants":      Adam(0.01).WithRule(AdamRule{Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-3}),
		"Adam amsgrad":        Adam(0.01).WithRule(AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, AMSGrad: true}),
		"Adam clipnorm":       Adam(0.01).With(ClipByNorm{Max: 1}),
		"AdamW":               AdamW(0.01),
		"AdamW decay clip":    AdamW(0.01).WithWeightDecay(0.1).With(ClipByGlobalNorm{Max: 0.5}),
		"RMSprop":             RMSprop(0.001),
		"RMSprop momentum":    RMSprop(0.01).WithRule(RMSpropRule{Rho: 0.8, Momentum: 0.7, Epsilon: 1e-7}),
		"RMSprop centered":    RMSprop(0.01).WithRule(RMSpropRule{Rho: 0.9, Momentum: 0.5, Epsilon: 1e-4, Centered: true}),
		"Adagrad":             Adagrad(0.01),
		"Adagrad accumulator": Adagrad(0.01).WithRule(AdagradRule{Epsilon: 1e-3}),
		"Adadelta":            Adadelta(1),
		"Adamax":              Adamax(0.01),
		"Nadam":               Nadam(0.01),
		"Lion":                Lion(0.001),
		"Lion weight_decay":   Lion(0.01).WithWeightDecay(0.1),
		"Adafactor":           Adafactor(0.01),
		"Adafactor 10":        Adafactor(10),
		"Adafactor constants": Adafactor(0.1).WithRule(AdafactorRule{Beta2Decay: -0.5, Epsilon1: 1e-3, Epsilon2: 2, ClipThreshold: 0.7}),
		"Ftrl":                Ftrl(0.01),
		"Ftrl constants":      Ftrl(0.1).WithRule(FtrlRule{RatePower: -0.7, InitialAccumulator: 0.5, L1: 0.3, L2: 0.2, L2Shrinkage: 0.1, Beta: 0.4}),
		"Ftrl power 0":        Ftrl(0.1).WithRule(FtrlRule{InitialAccumulator: 0.1}),
		"Lamb":                Lamb(0.01),
		"Lamb constants":      Lamb(0.1).WithRule(LambRule{Beta1: 0.7, Beta2: 0.9, Epsilon: 1e-2}).WithWeightDecay(0.1),
		"Muon":                Muon(0.01),
		"Muon constants": Muon(0.1).WithWeightDecay(0.2).WithRule(MuonRule{AdamBeta1: 0.8, AdamBeta2: 0.9, AdamWeightDecay: 0.1, Epsilon: 1e-3,
			A: 3, B: -4, C: 1.5, AdamRateRatio: 0.5, Momentum: 0.8, Iterations: 2, NoNesterov: true}),
		"Muon one decay":              Muon(0.1).WithWeightDecay(0),
		"ScheduleFreeAdamW":           ScheduleFreeAdamW(0.01),
		"ScheduleFreeAdamW constants": ScheduleFreeAdamW(0.1).WithRule(ScheduleFreeRule{Beta1: 0.7, Beta2: 0.9, Epsilon: 1e-3, WarmupSteps: 4}).WithWeightDecay(0.2),
		"SGD use_ema":                 SGD(0.1).WithEMA(0.8, 0),
		"SGD ema overwrites":          SGD(0.1).WithEMA(0.6, 2),
		"SGD ema overwrites at once":  SGD(0.1).WithEMA(0.6, 1),
		"SGD ema momentum 1":          SGD(0.1).WithEMA(1, 3),
		"SGD accumulation":            SGD(0.1).WithRule(SGDRule{Momentum: 0.5}).WithAccumulation(2),
		"Adam accumulation":           Adam(0.1).WithAccumulation(3).With(ClipByNorm{Max: 0.5}).WithWeightDecay(0.1),
		"Nadam accumulation":          Nadam(0.1).WithAccumulation(2),
		"Adam accumulation ema":       Adam(0.1).WithAccumulation(2).WithEMA(0.7, 2),
		"SGD loss_scale_factor":       SGD(0.1),
		"LossScaleOptimizer":          Adam(0.1).With(LossScale{}),
		"LossScaleOptimizer overflow": Adam(0.1).With(LossScale{Initial: 0x1p124, Growth: 2}),
	}
}

// TestGolden compares each rule with Keras' on JAX, step by step; see testdata/make_golden.py.
func TestGolden(t *testing.T) {
	backendtest.Each(t, compareGolden)
}

func compareGolden(t *testing.T, backend compute.Backend) {
	g := golden(t)
	optimizers := goldenOptimizers()
	require.Len(t, g.Optimizers, len(optimizers))
	for name, want := range g.Optimizers {
		t.Run(name, func(t *testing.T) {
			o, ok := optimizers[name]
			require.True(t, ok)
			s := newStepperOn(t, backend, model.NewStore(), o, g.Weights.values())
			for i, gradient := range g.Gradients {
				got := s.step(gradient.values())
				requireClose(t, i, o.LearningRate, want.After[i].Kernel, got.kernel)
				requireClose(t, i, o.LearningRate, want.After[i].Bias, got.bias)
			}
			require.NoError(t, o.Finish(s.store))
			got := s.weights()
			requireClose(t, len(g.Gradients), o.LearningRate, want.Final.Kernel, got.kernel)
			requireClose(t, len(g.Gradients), o.LearningRate, want.Final.Bias, got.bias)
		})
	}
}

// requireClose allows for the rounding of weights and of the steps that have led there, which a large rate makes large.
func requireClose(t *testing.T, step int, rate float64, want, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		w, g := float64(want[i]), float64(got[i])
		if !(math.Abs(w-g) <= 2e-6*math.Abs(w)+5e-7*max(1, rate)) {
			t.Fatalf("step %d, element %d: got %g, Keras has %g", step, i, g, w)
		}
	}
}
