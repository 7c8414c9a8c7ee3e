package training_test

import (
	"math"
	"math/rand/v2"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// torchTraining is a training that was run in PyTorch.
type torchTraining struct {
	name     string
	training training.Training
	given    dataset.Data // before it was prepared
}

// heldOut are the arrays of validation rows of their own.
func (t torchTraining) heldOut() []dataset.Array {
	if v := t.training.Validation; v.Rows() > 0 {
		return append(v.Inputs(), v.Outputs()...)
	}
	return nil
}

// targets are kinds of them, for a row's three features.
var targets = map[string]func(x []float32) []float32{
	"numbers": func(x []float32) []float32 {
		return []float32{float32(math.Sin(3*float64(x[0]))) - x[1], x[2] * x[1]}
	},
	"zeros and ones": func(x []float32) []float32 { return []float32{step(x[0] + x[1]), step(x[2])} },
	"a class":        func(x []float32) []float32 { return []float32{step(x[0]) + step(x[1])} },
	"two classes": func(x []float32) []float32 {
		if x[2] > 0.5 {
			return []float32{step(x[0]), -1, 1}
		}
		return []float32{step(x[0]), 2, -1}
	},
	"one of three": func(x []float32) []float32 {
		y := make([]float32, 3)
		y[int(step(x[0])+step(x[1]))] = 1
		return y
	},
	"shares": func(x []float32) []float32 {
		a, b := 0.1+x[0]*x[0], 0.2+x[1]*x[1]
		return []float32{a / (a + b + 0.3), b / (a + b + 0.3), 0.3 / (a + b + 0.3)}
	},
	"counts": func(x []float32) []float32 { return []float32{1 + step(x[0]), 2 * step(x[1])} },
}

func step(x float32) float32 {
	if x > 0 {
		return 1
	}
	return 0
}

const torchRows = 24

func rowsOf(rng *rand.Rand, kind string) dataset.Data {
	var x, y []float32
	n := 0
	for range torchRows {
		row := []float32{float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())}
		t := targets[kind](row)
		x, y, n = append(x, row...), append(y, t...), len(t)
	}
	return dataset.Data{X: dataset.Array{Shape: []int{torchRows, 3}, Values: x}, Y: dataset.Array{Shape: []int{torchRows, n}, Values: y}}
}

// plain is a training of five updates, one for each epoch.
func plain(kind string, l loss.Loss, o optim.Optimizer, last nn.Activation) training.Training {
	d := rowsOf(rand.New(rand.NewPCG(3, 4)), kind)
	units := d.Y.Shape[1]
	if kind == "a class" {
		units = 3
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 6, Activation: nn.Tanh{}}, nn.Dense{Units: units, Activation: last}},
		Data:  d, Optimizer: o, Loss: l, Epochs: 5, BatchSize: torchRows, NoShuffle: true,
	}
}

// torchTrainings are several for each optimizer, loss, schedule and transformation that is written in PyTorch, and for what a
// training has besides.
func torchTrainings() []torchTraining {
	var all []torchTraining
	add := func(name string, t training.Training, preparations ...training.Preparation) {
		given := t.Data
		for _, p := range preparations {
			var err error
			if t, err = t.Prepare(p); err != nil {
				panic(err)
			}
		}
		all = append(all, torchTraining{name, t, given})
	}
	for _, o := range torchOptimizers() {
		add(o.GoCode(), plain("numbers", loss.MSE{}, o, nil))
		add(o.GoCode()+" of classes", plain("a class", loss.SparseCategoricalCrossentropy{}, o, nn.Softmax{}))
	}
	for _, l := range torchLosses() {
		t := plain(l.kind, l.loss, optim.SGD(0.1), l.last)
		if loss.GoCode(l.loss) == "loss.MAPE{}" {
			t.Optimizer = optim.SGD(1e-5) // of targets near 0 it has gradients of a million
		}
		add(loss.GoCode(l.loss), t)
		t.Optimizer = finely(optim.Adam(0.003))
		add(loss.GoCode(l.loss)+" with Adam", t)
	}
	for name, t := range torchBesides() {
		add(name, t)
	}
	t := plain("numbers", loss.MSE{}, optim.SGD(0.1), nil)
	t.ValidationSplit = 0.25
	add("standardized inputs", t, training.StandardizeInputs{})
	add("standardized targets", t, training.StandardizeTargets{})
	add("recoded targets", t, training.Recode{Shift: 1, Scale: 2})
	t.Data = rowsOf(rand.New(rand.NewPCG(7, 8)), "numbers")
	t.Data.X.Values[4] = float32(math.NaN())
	t.BatchSize = 7
	add("rows that are finite", t, training.DropNonFinite{})
	return all
}

func torchOptimizers() []optim.Optimizer {
	all := []optim.Optimizer{
		optim.SGD(0.1),
		optim.SGD(0.05).WithRule(optim.SGDRule{Momentum: 0.9}),
		optim.SGD(0.05).WithRule(optim.SGDRule{Momentum: 0.9, Nesterov: true}),
		optim.SGD(0.1).WithRule(optim.SGDRule{Nesterov: true}).WithWeightDecay(0.2),
		optim.Adam(0.01),
		optim.Adam(0.1).WithRule(optim.AdamRule{Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-2}),
		optim.Adam(0.1).WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.5, Epsilon: 1e-7, AMSGrad: true}),
		optim.AdamW(0.01),
		optim.AdamW(0.02).WithWeightDecay(0.5),
		optim.RMSprop(0.01),
		optim.RMSprop(0.01).WithRule(optim.RMSpropRule{Rho: 0.8, Momentum: 0.7, Epsilon: 1e-2}).WithWeightDecay(0.3),
		optim.RMSprop(0.01).WithRule(optim.RMSpropRule{Rho: 0.9, Momentum: 0.5, Epsilon: 1e-4, Centered: true}),
		optim.Adagrad(0.1),
		optim.Adagrad(0.1).WithRule(optim.AdagradRule{Epsilon: 1e-3}),
		optim.Adadelta(1),
		optim.Adadelta(10).WithRule(optim.AdadeltaRule{Rho: 0.9, Epsilon: 1e-6}).WithWeightDecay(0.01),
		optim.Adamax(0.01),
		optim.Adamax(0.05).WithRule(optim.AdamaxRule{Beta1: 0.7, Beta2: 0.9, Epsilon: 1e-8}),
		optim.Nadam(0.01),
		optim.Nadam(0.05).WithRule(optim.NadamRule{Beta1: 0.8, Beta2: 0.99, Epsilon: 1e-4}).WithWeightDecay(0.3),
		optim.Lion(0.01),
		optim.Lion(0.01).WithRule(optim.LionRule{Beta1: 0.5, Beta2: 0.8}).WithWeightDecay(0.2),
		optim.SGD(0.1).With(optim.ClipByNorm{Max: 0.2}),
		optim.Adam(0.01).With(optim.ClipByGlobalNorm{Max: 0.5}),
		optim.SGD(0.1).With(optim.ClipByValue{Max: 0.05}, optim.ClipByGlobalNorm{Max: 0.1}),
		optim.SGD(0.1).With(optim.Chain{optim.ClipByNorm{Max: 0.2}, optim.SkipNonFinite{}}).WithWeightDecay(0.1),
		optim.SGD(0.1).WithAccumulation(2),
		optim.Adam(0.1).WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.9, Epsilon: 1e-2}).WithAccumulation(2).With(optim.ClipByNorm{Max: 0.3}),
		optim.SGD(0.05).WithRule(optim.SGDRule{Momentum: 0.9, Velocity: true, Dampening: 0.2}),
		optim.SGD(0.05).WithRule(optim.SGDRule{Momentum: 0.9, Velocity: true, Nesterov: true}).With(optim.ClipByGlobalNorm{Max: 0.1, AsTorch: true}, optim.L2Decay{Decay: 0.3}),
		optim.SGD(0.01).With(optim.Maximize{}, optim.L2Decay{Decay: 0.3}),
		optim.SGD(0.01).With(optim.L2Decay{Decay: 0.3}, optim.Maximize{}, optim.ClipByValue{Max: 0.1}).WithAccumulation(2),
		optim.SGD(0.1).WithRule(optim.SGDRule{Momentum: 0.9, Velocity: true}).WithSchedule(optim.Exponential{Initial: 0.1, Steps: 2, Decay: 0.3}),
		optim.Adam(0.1).WithRule(optim.AdamRule{Beta1: 0.8, Beta2: 0.9, Epsilon: 1e-2, AMSGrad: true, AsTorch: true}).With(optim.L2Decay{Decay: 0.1}),
		optim.AdamW(0.1).WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AsTorch: true}),
		optim.RMSprop(0.01).WithRule(optim.RMSpropRule{Rho: 0.8, Momentum: 0.7, Epsilon: 1e-2, Centered: true, AsTorch: true}),
		optim.Adagrad(0.1).WithRule(optim.AdagradRule{InitialAccumulator: 0.1, Epsilon: 1e-2, RateDecay: 0.1, AsTorch: true}),
		optim.Adamax(0.05).WithRule(optim.AdamaxRule{Beta1: 0.7, Beta2: 0.9, Epsilon: 1e-2, AsTorch: true}),
		optim.Nadam(0.05).WithRule(optim.NadamRule{Beta1: 0.8, Beta2: 0.99, Epsilon: 1e-4, AsTorch: true, MomentumDecay: 0.004}),
		optim.RAdam(0.05).WithRule(optim.RAdamRule{Beta1: 0.8, Beta2: 0.9, Epsilon: 1e-4}).WithWeightDecay(0.1),
		optim.AdamW(0.05).WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AsTorch: true}).WithGroups(
			optim.Group{Weights: []string{"/dense/kernel", "/dense_1/kernel"}, RateFactor: 0.5, WeightDecay: 0.2},
			optim.Group{Weights: []string{"/dense_1/bias"}, Frozen: true}),
		optim.ASGD(0.1).WithRule(optim.ASGDRule{Lambda: 0.05, Alpha: 0.6}).With(optim.L2Decay{Decay: 0.1}),
		optim.Rprop(0.05).WithRule(optim.RpropRule{Minus: 0.3, Plus: 1.5, Smallest: 0.01, Largest: 0.2}).With(optim.Maximize{}, optim.L2Decay{Decay: 0.2}),
		optim.TorchAdafactor(0.3).WithRule(optim.TorchAdafactorRule{Beta2Decay: -0.5, Epsilon1: 1e-3, Epsilon2: 0.1, ClipThreshold: 1.2}).WithWeightDecay(0.1),
		optim.TorchMuon(0.05).WithGroups(optim.Group{Weights: []string{"/dense/bias", "/dense_1/bias"}, Frozen: true}),
		optim.TorchMuon(0.05).WithWeightDecay(0).WithRule(optim.TorchMuonRule{Momentum: 0.8, NoNesterov: true, A: 3, B: -4, C: 1.8, Epsilon: 1e-3, Iterations: 3, Scale: "match_rms_adamw"}).
			WithGroups(optim.Group{Weights: []string{"/dense/bias", "/dense_1/bias"}, Frozen: true}),
		optim.SGD(0.2).WithEMA(0.7, 0),
		optim.Adam(0.01).WithEMA(0.6, 2),
		optim.SGD(0.2).WithEMA(0.6, 2).WithAccumulation(2),
		optim.SGD(0.2).WithRule(optim.SGDRule{Momentum: 0.8}).WithSchedule(optim.Exponential{Initial: 0.2, Steps: 2, Decay: 0.3}).WithWeightDecay(0.1),
	}
	for _, s := range []optim.Schedule{
		optim.ConstantRate{Rate: 0.1},
		optim.Exponential{Initial: 0.1, Steps: 2, Fraction: 0.5, Decay: 0.3},
		optim.Exponential{Initial: 0.1, Steps: 2, Decay: 0.3, Staircase: true},
		optim.InverseTime{Initial: 0.2, Steps: 2, Decay: 1},
		optim.InverseTime{Initial: 0.2, Steps: 2, Fraction: 0.5, Decay: 1, Staircase: true},
		optim.Polynomial{Initial: 0.2, Steps: 3},
		optim.Polynomial{Initial: 0.2, Steps: 2, End: 0.05, Power: 0.5, Cycle: true},
		optim.Cosine{Initial: 0.2, Steps: 3, Alpha: 0.1},
		optim.Cosine{Initial: 0.05, Steps: 3, WarmupTarget: 0.2, WarmupSteps: 2},
		optim.Piecewise{Boundaries: []int{1, 3}, Rates: []float64{0.05, 0.2, 0.01}},
		optim.OneCycle{Max: 0.2, Steps: 5, Rise: 0.5},
		optim.OneCycle{Max: 0.2, Steps: 6, Rise: 0.4, Linear: true, ThreePhases: true},
		optim.CosineAnnealing{Initial: 0.2, Last: 0.01, Steps: 2},
		optim.Cyclic{Low: 0.01, High: 0.2, Up: 2, Down: 1, PerCycle: 0.5, PerStep: 0.9},
		optim.Product{Initial: 0.2, Factors: []optim.Schedule{optim.Polynomial{Initial: 0.1, End: 1, Steps: 3}, optim.Exponential{Initial: 1, Steps: 2, Decay: 0.3}}},
		optim.CosineRestarts{Initial: 0.2, Steps: 2, Alpha: 0.1},
		optim.CosineRestarts{Initial: 0.2, Steps: 1, Growth: 2, Decay: 0.8},
		optim.PerEpoch{Steps: 1, Of: optim.Exponential{Initial: 0.2, Steps: 2, Decay: 0.3, Staircase: true}},
		optim.PerEpoch{Steps: 1, Of: optim.Exponential{Initial: 0.2, Steps: 1, Decay: 0.3}},
		optim.PerEpoch{Steps: 1, Of: optim.CosineAnnealing{Initial: 0.2, Last: 0.01, Steps: 3}},
		optim.PerEpoch{Steps: 1, Of: optim.CosineRestarts{Initial: 0.2, Steps: 1, Growth: 2, Alpha: 0.1}},
		optim.PerEpoch{Steps: 1, Of: optim.CosineRestarts{Initial: 0.2, Steps: 2, Growth: 1}},
		optim.PerEpoch{Steps: 1, Of: optim.Polynomial{Initial: 0.2, Steps: 4, Power: 2}},
		optim.PerEpoch{Steps: 1, Of: optim.Polynomial{Initial: 0.02, End: 0.2, Steps: 4}},
		optim.PerEpoch{Steps: 2, Of: optim.Polynomial{Initial: 0.2, End: 0.02, Steps: 2}},
		optim.Warmup{Steps: 2, From: 0.01, Then: optim.Exponential{Initial: 0.2, Steps: 2, Decay: 0.3}},
		optim.Join{Schedules: []optim.Schedule{optim.Warmup{Steps: 1, Then: optim.ConstantRate{Rate: 0.1}}, optim.Polynomial{Initial: 0.2, Steps: 3}}, Boundaries: []int{2}},
	} {
		all = append(all, optim.SGD(1).WithSchedule(s), finely(optim.AdamW(1)).WithSchedule(s), optim.RMSprop(1).WithSchedule(s).WithWeightDecay(0.1))
	}
	return all
}

// finely is Adam with an ε so small that it does not show where it is added.
func finely(o optim.Optimizer) optim.Optimizer {
	return o.WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-12})
}

type lossCase struct {
	loss loss.Loss
	kind string
	last nn.Activation
}

func torchLosses() []lossCase {
	return []lossCase{
		{loss.MSE{}, "numbers", nil},
		{loss.MAE{}, "numbers", nil},
		{loss.MAPE{}, "numbers", nil},
		{loss.MSLE{}, "counts", nn.Softplus{}},
		{loss.Huber{}, "numbers", nil},
		{loss.Huber{Delta: 0.3}, "numbers", nil},
		{loss.MAE{ZeroAtZero: true}, "numbers", nil},
		{loss.Huber{Delta: 0.3, Unit: true}, "numbers", nil},
		{loss.BinaryCrossentropy{CutLogarithms: true, Weights: []float64{0.5, 2}}, "zeros and ones", nn.Sigmoid{}},
		{loss.BinaryCrossentropy{FromLogits: true, PosWeights: []float64{3}, Weights: []float64{2}}, "zeros and ones", nil},
		{loss.BinaryCrossentropy{FromLogits: true, PosWeights: []float64{3}, LabelSmoothing: 0.1}, "zeros and ones", nil},
		{loss.SparseCategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.1, ClassWeights: []float64{0.5, 2, 1}, Ignore: []int{1}}, "a class", nil},
		{loss.SparseCategoricalCrossentropy{LabelSmoothing: 0.1, ClassWeights: []float64{0.5, 2, 1}}, "a class", nn.Softmax{}},
		{loss.CategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.1, ClassWeights: []float64{0.5, 2, 1}}, "one of three", nil},
		{loss.CategoricalCrossentropy{ClassWeights: []float64{0.5, 2, 1}}, "one of three", nn.Softmax{}},
		{loss.KLDivLoss{BatchMean: true}, "shares", nil},
		{loss.PoissonNLLLoss{Full: true}, "counts", nil},
		{loss.PoissonNLLLoss{Rates: true, Epsilon: 1e-3}, "counts", nn.Softplus{}},
		{loss.SoftMarginLoss{}, "numbers", nil},
		{loss.HingeEmbeddingLoss{Margin: 0.5}, "numbers", nil},
		{loss.MultiMarginLoss{Margin: 1}, "a class", nil},
		{loss.MultiMarginLoss{Margin: 0.5, Squared: true, ClassWeights: []float64{0.5, 2, 1}}, "a class", nil},
		{loss.MultiLabelMarginLoss{}, "two classes", nil},
		{loss.LogCosh{}, "numbers", nil},
		{loss.Poisson{}, "counts", nn.Softplus{}},
		{loss.BinaryCrossentropy{}, "zeros and ones", nn.Sigmoid{}},
		{loss.BinaryCrossentropy{LabelSmoothing: 0.2}, "zeros and ones", nn.Sigmoid{}},
		{loss.BinaryCrossentropy{FromLogits: true}, "zeros and ones", nil},
		{loss.BinaryCrossentropy{FromLogits: true, LabelSmoothing: 0.2}, "zeros and ones", nil},
		{loss.CategoricalCrossentropy{}, "one of three", nn.Softmax{}},
		{loss.CategoricalCrossentropy{LabelSmoothing: 0.1}, "one of three", nn.Sigmoid{}},
		{loss.CategoricalCrossentropy{FromLogits: true}, "shares", nil},
		{loss.CategoricalCrossentropy{FromLogits: true, LabelSmoothing: 0.1}, "one of three", nil},
		{loss.SparseCategoricalCrossentropy{}, "a class", nn.Sigmoid{}},
		{loss.SparseCategoricalCrossentropy{FromLogits: true}, "a class", nil},
		{loss.SparseCategoricalCrossentropy{Ignore: []int{1}}, "a class", nn.Softmax{}},
		{loss.SparseCategoricalCrossentropy{FromLogits: true, Ignore: []int{0}}, "a class", nil},
		{loss.BinaryFocalCrossentropy{}, "zeros and ones", nn.Sigmoid{}},
		{loss.BinaryFocalCrossentropy{Balanced: true, FromLogits: true, Gamma: 1.5, LabelSmoothing: 0.1}, "zeros and ones", nil},
		{loss.CategoricalFocalCrossentropy{}, "one of three", nn.Softmax{}},
		{loss.CategoricalFocalCrossentropy{FromLogits: true, LabelSmoothing: 0.1, Gamma: 1}, "one of three", nil},
		{loss.KLDivergence{}, "shares", nn.Softmax{}},
		{loss.CosineSimilarity{}, "numbers", nil},
		{loss.Hinge{}, "zeros and ones", nil},
		{loss.SquaredHinge{}, "zeros and ones", nil},
		{loss.CategoricalHinge{}, "one of three", nil},
		{loss.Dice{}, "zeros and ones", nn.Sigmoid{}},
		{loss.Dice{Axis: []int{1}}, "zeros and ones", nn.Sigmoid{}},
		{loss.Tversky{Alpha: 0.3, Beta: 0.8}, "zeros and ones", nn.Sigmoid{}},
		{loss.Tversky{Alpha: 0.3, Axis: []int{-1}}, "zeros and ones", nn.Sigmoid{}},
		{loss.Outputs{{Loss: loss.MSE{}, Weight: 0.3}}, "numbers", nil},
	}
}

// torchBesides are trainings with one thing each that those of optimizers and losses don't have.
func torchBesides() map[string]training.Training {
	of := func(change func(t *training.Training)) training.Training {
		t := plain("numbers", loss.MSE{}, optim.SGD(0.1), nil)
		change(&t)
		return t
	}
	return map[string]training.Training{
		"batches": of(func(t *training.Training) { t.BatchSize = 7 }),
		"batches and a schedule": of(func(t *training.Training) {
			t.BatchSize, t.Optimizer = 10, t.Optimizer.WithSchedule(optim.Cosine{Initial: 0.2, Steps: 10})
		}),
		"batches, collected": of(func(t *training.Training) { t.BatchSize, t.Optimizer = 10, t.Optimizer.WithAccumulation(2) }),
		"batches of labels that count differently": of(func(t *training.Training) {
			*t = plain("a class", loss.SparseCategoricalCrossentropy{FromLogits: true, ClassWeights: []float64{0.5, 2, 1}, Ignore: []int{1}}, optim.SGD(0.1), nil)
			t.BatchSize = 7
		}),
		"batches, summed": of(func(t *training.Training) {
			t.BatchSize, t.Loss, t.Optimizer = 7, loss.Summed{Of: loss.MSE{}, AsTorch: true}, optim.SGD(0.005)
		}),
		"batches, summed as in Keras": of(func(t *training.Training) {
			t.BatchSize, t.Loss, t.Optimizer = 7, loss.Summed{Of: loss.MSE{}}, optim.SGD(0.005)
		}),
		"batches of classes, summed": of(func(t *training.Training) {
			*t = plain("a class", loss.Summed{Of: loss.SparseCategoricalCrossentropy{FromLogits: true}}, optim.SGD(0.005), nil)
			t.BatchSize = 7
		}),
		"batches of classes with margins, summed": of(func(t *training.Training) {
			*t = plain("a class", loss.Summed{Of: loss.MultiMarginLoss{Margin: 1}, AsTorch: true}, optim.SGD(0.005), nil)
			t.BatchSize = 7
		}),
		"sequences, summed as in Keras": of(func(t *training.Training) {
			t.Data.X.Shape, t.BatchSize, t.Loss, t.Optimizer = []int{torchRows, 3, 1}, 7, loss.Summed{Of: loss.MSE{}}, optim.SGD(0.005)
			t.Data.Y = dataset.Array{Shape: []int{torchRows, 3, 2}, Values: append(append([]float32(nil), t.Data.X.Values...), t.Data.X.Values...)}
		}),
		"batches, a schedule by the epoch": of(func(t *training.Training) {
			t.BatchSize, t.Optimizer = 10, t.Optimizer.WithSchedule(optim.PerEpoch{Steps: 3, First: 1, Of: optim.Exponential{Initial: 0.2, Steps: 2, Decay: 0.3, Staircase: true}})
		}),
		"batches, a scheduler by the epoch": of(func(t *training.Training) {
			t.BatchSize, t.Optimizer = 10, t.Optimizer.WithSchedule(optim.PerEpoch{Steps: 3, Of: optim.Exponential{Initial: 0.2, Steps: 2, Decay: 0.3, Staircase: true}})
		}),
		"a table of rates": of(func(t *training.Training) {
			t.BatchSize, t.Optimizer = 10, t.Optimizer.WithSchedule(optim.RateTable{Rates: []float64{0.1, 0.3, 0.05}})
		}),
		"held-out rows": of(func(t *training.Training) { t.ValidationSplit, t.Seed = 0.25, 7 }),
		"validation rows of their own": of(func(t *training.Training) {
			t.Validation, t.StopEarly = rowsOf(rand.New(rand.NewPCG(9, 9)), "numbers"), 1
		}),
		"early stopping": of(func(t *training.Training) {
			t.ValidationSplit, t.StopEarly, t.Epochs, t.Optimizer = 0.25, 2, 40, optim.RMSprop(0.1)
		}),
		"penalties": of(func(t *training.Training) {
			t.ValidationSplit = 0.25
			t.Model = nn.Sequential{
				nn.Dense{Units: 6, Activation: nn.Tanh{}, KernelRegularizer: nn.L1L2{L1: 0.01, L2: 0.02}, BiasRegularizer: nn.L1L2{L2: 0.1}},
				nn.Frozen{Layer: nn.Dense{Units: 4, KernelRegularizer: nn.L1L2{L2: 1}}}, nn.Dense{Units: 2, KernelRegularizer: nn.L1L2{L1: 0.05}},
			}
		}),
		"targets without an axis": of(func(t *training.Training) {
			t.Data.Y = dataset.Array{Shape: []int{torchRows}, Values: t.Data.Y.Values[:torchRows]}
			t.Model = nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 1}}
		}),
		"class numbers without an axis": of(func(t *training.Training) {
			*t = plain("a class", loss.SparseCategoricalCrossentropy{}, optim.SGD(0.1), nn.Softmax{})
			t.Data.Y.Shape = []int{torchRows}
		}),
		"normalization": of(func(t *training.Training) {
			t.Model = nn.Sequential{nn.Dense{Units: 6}, nn.BatchNormalization{}, nn.Tanh{}, nn.LayerNormalization{}, nn.Dense{Units: 2}}
		}),
		"an embedding": of(func(t *training.Training) {
			for i, v := range t.Data.X.Values {
				t.Data.X.Values[i] = step(v)
			}
			t.Model = nn.Sequential{nn.Embedding{InputDim: 2, OutputDim: 4}, nn.LSTM{Units: 3}, nn.Dense{Units: 2}}
		}),
		"a sequence of classes": of(func(t *training.Training) {
			t.Data.X.Shape = []int{torchRows, 3, 1}
			t.Data.Y = dataset.Array{Shape: []int{torchRows, 3}}
			for _, v := range t.Data.X.Values {
				t.Data.Y.Values = append(t.Data.Y.Values, step(v))
			}
			t.Loss = loss.SparseCategoricalCrossentropy{}
			t.Model = nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 2, Activation: nn.Softmax{}}}
		}),
		"a sequence of classes from logits": of(func(t *training.Training) {
			t.Data.X.Shape = []int{torchRows, 3, 1}
			t.Data.Y = dataset.Array{Shape: []int{torchRows, 3, 1}}
			for _, v := range t.Data.X.Values {
				t.Data.Y.Values = append(t.Data.Y.Values, step(v))
			}
			t.Loss = loss.SparseCategoricalCrossentropy{FromLogits: true}
			t.Model = nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 2}}
		}),
		"two inputs and two outputs": of(func(t *training.Training) {
			t.Data.MoreX = []dataset.Array{t.Data.Y}
			t.Data.MoreY = []dataset.Array{{Shape: []int{torchRows, 1}}}
			for i := range torchRows {
				t.Data.MoreY[0].Values = append(t.Data.MoreY[0].Values, step(t.Data.X.Values[3*i]))
			}
			t.ValidationSplit = 0.25
			t.Loss = loss.Outputs{{Loss: loss.Huber{}}, {Loss: loss.BinaryCrossentropy{}, Weight: 0.5}}
			t.Model = nn.Graph{
				Inputs: []nn.Input{{Name: "left"}, {Name: "right"}},
				Nodes: []nn.Node{
					{Name: "both", Layer: nn.Concatenate{}, From: []string{"left", "right"}},
					{Name: "hidden", Layer: nn.Dense{Units: 5, Activation: nn.Tanh{}}, From: []string{"both"}},
					{Name: "number", Layer: nn.Dense{Units: 2}, From: []string{"hidden"}},
					{Name: "kind", Layer: nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, From: []string{"hidden"}},
				},
				Outputs: []string{"number", "kind"},
			}
		}),
	}
}
