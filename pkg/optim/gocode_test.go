package optim

import (
	"go/parser"
	"testing"

	"github.com/stretchr/testify/require"
)

var printed = []struct {
	o         Optimizer
	gocode    string
	keras     string // empty: Keras doesn't have it
	forLackOf string
}{
	{SGD(0.01), "optim.SGD(0.01)", "keras.optimizers.SGD(learning_rate=0.01)", ""},
	{Adam(10), "optim.Adam(10)", "keras.optimizers.Adam(learning_rate=10.0)", ""},
	{Adam(1e-7), "optim.Adam(1e-07)", "keras.optimizers.Adam(learning_rate=1e-07)", ""},
	{Adam(0.001).With(ClipByNorm{1}), "optim.Adam(0.001).With(optim.ClipByNorm{Max: 1})",
		"keras.optimizers.Adam(learning_rate=0.001, clipnorm=1.0)", ""},
	{AdamW(0.001), "optim.AdamW(0.001)", "keras.optimizers.AdamW(learning_rate=0.001)", ""},
	{AdamW(0.001).WithWeightDecay(0.1), "optim.Adam(0.001).WithWeightDecay(0.1)",
		"keras.optimizers.AdamW(learning_rate=0.001, weight_decay=0.1)", ""},
	{SGD(0.1).WithRule(SGDRule{Momentum: 0.9, Nesterov: true}).WithWeightDecay(0.5),
		"optim.SGD(0.1).WithRule(optim.SGDRule{Momentum: 0.9, Nesterov: true}).WithWeightDecay(0.5)",
		"keras.optimizers.SGD(learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=0.5)", ""},
	{Adam(1).WithRule(AdamRule{Beta1: 0.8, Beta2: 0.999, Epsilon: 1e-7, AMSGrad: true}),
		"optim.Adam(1).WithRule(optim.AdamRule{Beta1: 0.8, Beta2: 0.999, Epsilon: 1e-07, AMSGrad: true})",
		"keras.optimizers.Adam(learning_rate=1.0, beta_1=0.8, amsgrad=True)", ""},
	{RMSprop(0.1).WithRule(RMSpropRule{Rho: 0.5, Momentum: 0.25, Centered: true}),
		"optim.RMSprop(0.1).WithRule(optim.RMSpropRule{Rho: 0.5, Momentum: 0.25, Centered: true})",
		"keras.optimizers.RMSprop(learning_rate=0.1, rho=0.5, momentum=0.25, epsilon=0.0, centered=True)", ""},
	{Adagrad(0.1).With(ClipByValue{0.5}), "optim.Adagrad(0.1).With(optim.ClipByValue{Max: 0.5})",
		"keras.optimizers.Adagrad(learning_rate=0.1, clipvalue=0.5)", ""},
	{Adadelta(1), "optim.Adadelta(1)", "keras.optimizers.Adadelta(learning_rate=1.0)", ""},
	{Adamax(0.1).With(ClipByGlobalNorm{Max: 2}), "optim.Adamax(0.1).With(optim.ClipByGlobalNorm{Max: 2})",
		"keras.optimizers.Adamax(learning_rate=0.1, global_clipnorm=2.0)", ""},
	{Nadam(0.1), "optim.Nadam(0.1)", "keras.optimizers.Nadam(learning_rate=0.1)", ""},
	{Lion(0.1), "optim.Lion(0.1)", "keras.optimizers.Lion(learning_rate=0.1)", ""},
	{SGD(0.1).WithSchedule(Exponential{Initial: 0.1, Steps: 100, Decay: 0.5, Staircase: true}),
		"optim.SGD(0.1).WithSchedule(optim.Exponential{Initial: 0.1, Steps: 100, Decay: 0.5, Staircase: true})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=0.1, decay_steps=100, decay_rate=0.5, staircase=True))", ""},
	{SGD(1).WithSchedule(Piecewise{[]int{3, 5}, []float64{1, 0.5, 0.1}}),
		"optim.SGD(1).WithSchedule(optim.Piecewise{Boundaries: []int{3, 5}, Rates: []float64{1, 0.5, 0.1}})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.PiecewiseConstantDecay(boundaries=[3, 5], values=[1.0, 0.5, 0.1]))", ""},
	{SGD(1).WithSchedule(Polynomial{Initial: 1, Steps: 10, Cycle: true}),
		"optim.SGD(1).WithSchedule(optim.Polynomial{Initial: 1, Steps: 10, Cycle: true})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.PolynomialDecay(initial_learning_rate=1.0, decay_steps=10, end_learning_rate=0.0, cycle=True))", ""},
	{SGD(1).WithSchedule(InverseTime{Initial: 1, Steps: 10, Decay: 2, Staircase: false}),
		"optim.SGD(1).WithSchedule(optim.InverseTime{Initial: 1, Steps: 10, Decay: 2})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.InverseTimeDecay(initial_learning_rate=1.0, decay_steps=10, decay_rate=2.0))", ""},
	{SGD(1).WithSchedule(Cosine{Initial: 1, Steps: 10, Alpha: 0.1, WarmupTarget: 2, WarmupSteps: 5}),
		"optim.SGD(1).WithSchedule(optim.Cosine{Initial: 1, Steps: 10, Alpha: 0.1, WarmupTarget: 2, WarmupSteps: 5})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.CosineDecay(initial_learning_rate=1.0, decay_steps=10, alpha=0.1, warmup_target=2.0, warmup_steps=5))", ""},
	{SGD(1).WithSchedule(CosineRestarts{Initial: 1, Steps: 10, Growth: 3}),
		"optim.SGD(1).WithSchedule(optim.CosineRestarts{Initial: 1, Steps: 10, Growth: 3})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.CosineDecayRestarts(initial_learning_rate=1.0, first_decay_steps=10, t_mul=3.0))", ""},
	{SGD(1).WithSchedule(ConstantRate{2}), "optim.SGD(1).WithSchedule(optim.ConstantRate{Rate: 2})",
		"keras.optimizers.SGD(learning_rate=2.0)", ""},
	{SGD(1).WithSchedule(Join{[]Schedule{OneCycle{Max: 1, Steps: 10}, Warmup{2, 0, ConstantRate{1}}}, []int{10}}),
		"optim.SGD(1).WithSchedule(optim.Join{Schedules: []optim.Schedule{optim.OneCycle{Max: 1, Steps: 10}, optim.Warmup{Steps: 2, Then: optim.ConstantRate{Rate: 1}}}, Boundaries: []int{10}})",
		"", "optim.Join"},
	{Muon(0.1).WithWeightDecay(0), "optim.Muon(0.1).WithWeightDecay(0)", "keras.optimizers.Muon(learning_rate=0.1, weight_decay=0.0)", ""},
	{Muon(0.1).WithRule(MuonRule{}), "optim.Muon(0.1).WithRule(optim.MuonRule{})",
		"keras.optimizers.Muon(learning_rate=0.1, adam_beta_1=0.0, adam_beta_2=0.0, adam_weight_decay=0.0, epsilon=0.0, muon_a=0.0, muon_b=0.0, muon_c=0.0, adam_lr_ratio=0.0, momentum=0.0, ns_steps=0, rms_rate=None)", ""},
	{ScheduleFreeAdamW(0.1).WithRule(ScheduleFreeRule{0.9, 0.999, 1e-8, 5}), "optim.ScheduleFreeAdamW(0.1).WithRule(optim.ScheduleFreeRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-08, WarmupSteps: 5})",
		"keras.optimizers.ScheduleFreeAdamW(learning_rate=0.1, warmup_steps=5)", ""},
	{Adafactor(0.1).WithAccumulation(4), "optim.Adafactor(0.1).WithAccumulation(4)", "keras.optimizers.Adafactor(learning_rate=0.1, gradient_accumulation_steps=4)", ""},
	{Lamb(0.1).WithEMA(0.9, 5), "optim.Lamb(0.1).WithEMA(0.9, 5)", "keras.optimizers.Lamb(learning_rate=0.1, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=5)", ""},
	{Ftrl(0.1).With(LossScale{Initial: 8}, ClipByNorm{1}), "optim.Ftrl(0.1).With(optim.LossScale{Initial: 8}, optim.ClipByNorm{Max: 1})",
		"keras.optimizers.LossScaleOptimizer(keras.optimizers.Ftrl(learning_rate=0.1, clipnorm=1.0), initial_scale=8.0)", ""},
	{SGD(1).WithSchedule(Cosine{Initial: 1, Steps: 10, WarmupSteps: 5}), "optim.SGD(1).WithSchedule(optim.Cosine{Initial: 1, Steps: 10, WarmupSteps: 5})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.CosineDecay(initial_learning_rate=1.0, decay_steps=10, warmup_steps=5, warmup_target=0.0))", ""},
	{SGD(1).WithSchedule(Exponential{Initial: 1, Steps: 2, Fraction: 0.5}), "optim.SGD(1).WithSchedule(optim.Exponential{Initial: 1, Steps: 2, Fraction: 0.5})",
		"keras.optimizers.SGD(learning_rate=keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=1.0, decay_steps=2.5, decay_rate=0.0))", ""},
	{SGD(1).With(SkipNonFinite{}), "optim.SGD(1).With(optim.SkipNonFinite{})", "", "optim.SkipNonFinite"},
	{SGD(1).With(Chain{AdaptiveClip{}}), "optim.SGD(1).With(optim.Chain{optim.AdaptiveClip{}})", "", "optim.Chain"},
	{SGD(1).With(ClipByNorm{1}, ClipByValue{1}),
		"optim.SGD(1).With(optim.ClipByNorm{Max: 1}, optim.ClipByValue{Max: 1})", "", "here are 2"},
	{Optimizer{Rule: foreign{2}, LearningRate: 3, WeightDecay: 4},
		"optim.Optimizer{Rule: optim.foreign{Size: 2}, LearningRate: 3}.WithWeightDecay(4)", "", "optim.foreign"},
}

func TestPrinting(t *testing.T) {
	for _, p := range printed {
		require.Equal(t, p.gocode, p.o.GoCode())
		_, err := parser.ParseExpr(p.o.GoCode())
		require.NoError(t, err)
		keras, err := p.o.KerasCode()
		require.Equal(t, p.keras, keras)
		if p.keras == "" {
			require.ErrorContains(t, err, p.forLackOf)
		} else {
			require.NoError(t, err)
		}
	}
}
