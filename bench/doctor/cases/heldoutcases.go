package cases

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

func quantile(values []float32, q float64) float32 {
	values = slices.Clone(values)
	slices.Sort(values)
	return values[int(q*float64(len(values)-1))]
}

var (
	manyFeatures = sparse("two of fifty features", 50, 0.4, func(x []float32) float64 { return float64(x[2]) + 0.6*float64(x[5]) })
	manyTurns    = sparse("a bend in one of twenty-five features", 25, 0.4, func(x []float32) float64 { return 1.5 * math.Abs(float64(x[4])) })
)

func heldOutCases() []Case {
	relu, tanh, sigmoid := nn.ReLU{}, nn.Tanh{}, nn.Sigmoid{}
	conv := nn.Conv2D{Filters: 8, KernelSize: []int{3}, Activation: relu}
	convs := func(c nn.Conv2D) change {
		return layers(c, nn.MaxPooling2D{}, nn.Flatten{}, nn.Dense{Units: 16, Activation: relu})
	}
	zero, away := conv, conv
	zero.KernelInitializer, away.BiasInitializer = nn.Zeros{}, nn.Constant{Value: -4}
	heavy := conv
	heavy.KernelRegularizer = nn.L1L2{L1: 5}
	year := func(k int, v float32) float32 { return v + 2000*float32(k+1) }
	return []Case{
		ill("non-finite-data", pendulum, "finite values", func(t *training.Training) { t.Data.Y.Values[123] = float32(math.NaN()) }),
		ill("non-finite-data", words, "finite values", inputs(func(k int, v float32) float32 {
			if k == 0 {
				return float32(math.Log(float64(v))) // of no such word
			}
			return v
		})),
		ill("loss-output-mismatch", loans, "a sigmoid under the binary cross-entropy", all(head(func(d *nn.Dense) { d.Activation = nn.Softmax{} }), under(loss.MSE{}))),
		ill("loss-output-mismatch", stripes, "4 units of softmax under the sparse cross-entropy", all(head(func(d *nn.Dense) { d.Units, d.Activation = 1, sigmoid }), under(loss.MSE{}))),
		illUnless("output-range-mismatch", arm, "a linear head", all(targets(func(v float32) float32 { return v + 5 }), head(func(d *nn.Dense) { d.Activation = tanh })), targets(func(v float32) float32 { return v + 5 })),
		illUnless("output-range-mismatch", seasons, "a linear head", all(targets(func(v float32) float32 { return v - 7 }), head(func(d *nn.Dense) { d.Activation = nn.Softplus{} })), targets(func(v float32) float32 { return v - 7 })),
		ill("frozen-weights", motifs, "train all layers", frozen),
		ill("frozen-weights", stripes, "train all layers", frozen),
		ill("symmetric-initialization", stripes, "default initializers", all(convs(zero), dense(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }), head(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }))),
		ill("symmetric-initialization", motifs, "default initializers", all(layers(nn.Embedding{InputDim: 22, OutputDim: 8, EmbeddingsInitializer: nn.Ones{}}, nn.GRU{Units: 16, KernelInitializer: nn.Zeros{}, RecurrentInitializer: nn.Zeros{}}), head(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }))),
		ill("over-regularized", stripes, "no penalty", convs(heavy)),
		ill("over-regularized", loans, "Adam without decay", by(optim.AdamW(0.005).WithWeightDecay(80))),
		ill("dying-relu", stripes, "the default bias", convs(away)),
		ill("dying-relu", words, "default initializers", dense(func(d *nn.Dense) { d.KernelInitializer = nn.RandomUniform{Min: -1, Max: -0.2} })),
		illUnless("exploding-gradient", seasons, "the default recurrent initializer", layers(nn.SimpleRNN{Units: 24, Activation: relu, RecurrentInitializer: nn.RandomNormal{StdDev: 1.5}}), layers(nn.SimpleRNN{Units: 24, Activation: relu})),
		illUnless("exploding-gradient", pendulum, "relu", all(deep(3, nn.Dense{Units: 24, Activation: nn.Exponential{}}), by(optim.SGD(0.05))), all(deep(3, nn.Dense{Units: 24, Activation: relu}), by(optim.SGD(0.05)))),
		illUnless("vanishing-gradient", pendulum, "relu", all(deep(8, nn.Dense{Units: 24, Activation: sigmoid}), by(optim.SGD(0.05).WithClip(optim.ClipByNorm{Max: 5}))), all(deep(8, nn.Dense{Units: 24, Activation: relu}), by(optim.SGD(0.05).WithClip(optim.ClipByNorm{Max: 5})))),
		illUnless("vanishing-gradient", arm, "default initializers", all(deep(6, nn.Dense{Units: 24, Activation: tanh, KernelInitializer: nn.RandomNormal{StdDev: 0.02}}), by(optim.SGD(0.05))), all(deep(6, nn.Dense{Units: 24, Activation: tanh}), by(optim.SGD(0.05)))),
		ill("unscaled-inputs", loans, "inputs of order 1", inputs(func(k int, v float32) float32 {
			if k < 3 {
				return 30000 + 8000*v
			}
			return v
		})),
		ill("unscaled-inputs", spirals, "inputs of order 1", inputs(year)),
		ill("unscaled-targets", pendulum, "targets of order 1", targets(func(v float32) float32 { return 250000 + 80000*v })),
		ill("unscaled-targets", seasons, "targets of order 1", targets(func(v float32) float32 { return 1013 + 6*v })),
		illUnless("learning-rate-too-low", motifs, "a rate of 0.005", by(optim.RMSprop(1e-8)), by(optim.RMSprop(0.005))),
		ill("learning-rate-too-low", arm, "a rate of 0.005 that stays", by(optim.Adam(0.0002).WithSchedule(optim.Exponential{Initial: 0.0002, Steps: 1, Decay: 0.5}))),
		ill("learning-rate-too-high", stripes, "a rate of 0.005", by(optim.Adam(2))),
		illUnless("learning-rate-too-high", loans, "a rate of 0.1", by(optim.SGD(300)), by(optim.SGD(0.1))),
		illUnless("too-few-epochs", loans, "150 epochs", all(times(1, 450), by(optim.Adam(2e-3))), all(times(150, 450), by(optim.Adam(2e-3)))),
		illUnless("too-few-epochs", motifs, "60 epochs", all(times(1, 200), by(optim.Adam(5e-3))), all(times(60, 200), by(optim.Adam(5e-3)))),
		ill("too-small-capacity", stripes, "16 units behind a convolution", layers(nn.Flatten{}, nn.Dense{Units: 1, Activation: relu})),
		ill("too-small-capacity", motifs, "a GRU", layers(nn.Flatten{}, nn.Dense{Units: 1, Activation: relu})),
		ill("class-imbalance", rare(pendulum), "no class_weight", weighing(map[int]float64{0: 4, 1: 0.002})),
		ill("class-imbalance", rare(seasons), "no class_weight", weighing(map[int]float64{0: 1, 1: 0.003})),
		illUnless("batch-statistics", arm, "momentum 0.9", layers(nn.Dense{Units: 32}, nn.BatchNormalization{Momentum: 0.99999}, tanh, nn.Rescaling{Scale: 4}, nn.Dense{Units: 32}, nn.BatchNormalization{Momentum: 0.99999}, tanh), layers(nn.Dense{Units: 32}, nn.BatchNormalization{Momentum: 0.9}, tanh, nn.Rescaling{Scale: 4}, nn.Dense{Units: 32}, nn.BatchNormalization{Momentum: 0.9}, tanh)),
		illUnless("batch-statistics", pendulum, "momentum 0.9", all(inputs(func(_ int, v float32) float32 { return 15 * v }), layers(nn.BatchNormalization{Momentum: 0.99999}, nn.Dense{Units: 40, Activation: relu}, nn.Dense{Units: 20, Activation: relu})), all(inputs(func(_ int, v float32) float32 { return 15 * v }), layers(nn.BatchNormalization{Momentum: 0.9}, nn.Dense{Units: 40, Activation: relu}, nn.Dense{Units: 20, Activation: relu}))),
		illUnless("oscillating", pendulum, "shuffle", all(ordered(byTarget), times(10, 2), by(optim.SGD(0.3)), func(t *training.Training) { t.NoShuffle = true }), all(times(10, 2), by(optim.SGD(0.3)))),
		illUnless("oscillating", spirals, "shuffle", all(ordered(byTarget), times(10, 2), by(optim.SGD(0.1)), func(t *training.Training) { t.NoShuffle = true }), all(times(10, 2), by(optim.SGD(0.1)))),
		ill("numeric-range", spirals, "subtract the mean in float64", inputs(func(_ int, v float32) float32 { return 1.7e9 + 100*v })),
		ill("numeric-range", pendulum, "subtract the mean in float64", inputs(func(_ int, v float32) float32 { return 4e8 + 20*v })),
		illUnless("sorted-split", words, "shuffle before the split", all(ordered(byTarget), split(0.4)), split(0.4)),
		illUnless("sorted-split", spirals, "shuffle before the split", all(ordered(func(d dataset.Data, row int) float32 {
			x := d.X.Row(row)
			return x[0]*x[0] + x[1]*x[1] // as measured from the inside out
		}), split(0.4)), split(0.4)),
		illUnless("overfitting", manyFeatures, "more rows", few(28), few(3000)),
		illUnless("overfitting", manyTurns, "more rows", few(60), few(3000)),
		illUnless("no-signal", arm, "the right rows' targets", all(repaired, split(0.25)), split(0.25)),
		illUnless("no-signal", stripes, "the right rows' targets", all(repaired, split(0.25)), split(0.25)),
		observed(pendulum, 0.42),
		observed(stripes, 1.386),

		well(pendulum, nil), well(arm, nil), well(loans, nil), well(words, nil), well(motifs, nil), well(stripes, nil), well(seasons, nil), well(spirals, nil),
		well(pendulum, by(optim.Nadam(0.02))),
		well(arm, all(by(optim.SGD(0.1)), times(80, 32))),
		well(loans, all(times(15, 8), split(0.2))),
		well(words, layers(nn.Dense{Units: 64, Activation: nn.SELU{}, KernelInitializer: nn.LecunNormal{}}, nn.Dropout{Rate: 0.4})),
		well(motifs, layers(nn.Embedding{InputDim: 22, OutputDim: 12}, nn.Conv1D{Filters: 16, KernelSize: []int{4}, Activation: relu}, nn.GlobalMaxPooling1D{})),
		well(stripes, layers(conv, nn.BatchNormalization{}, nn.Conv2D{Filters: 12, KernelSize: []int{3}, Activation: relu}, nn.GlobalMaxPooling2D{})),
		well(seasons, layers(nn.LSTM{Units: 16, ReturnSequences: true}, nn.LSTM{Units: 8})),
		well(spirals, all(deep(4, nn.Dense{Units: 24, Activation: tanh}), split(0.2))),
		well(pendulum, under(loss.Huber{})),
		well(arm, all(by(optim.Adam(0.01).WithSchedule(optim.Cosine{Initial: 0.01, Steps: 900})), under(loss.LogCosh{}))),
		well(rare(pendulum), weighing(map[int]float64{0: 0.6, 1: 4})),
		well(seasons, all(inputs(func(_ int, v float32) float32 { return 300 * v }), layers(nn.BatchNormalization{}, nn.Flatten{}, nn.Dense{Units: 32, Activation: relu}))),
		well(loans, func(t *training.Training) {
			t.Model = onto(nn.Sequential{nn.Frozen{Layer: nn.Dense{Units: 128, Activation: relu}}}, nn.Dense{Units: 1, Activation: sigmoid})
		}),
		well(seasons, under(loss.MAE{})),
		noisy(pendulum, 0.45, blurred(1.1)),
		noisy(loans, 0.3, mislabelled(0.45, 2)),
		noisy(seasons, 0.5, all(blurred(1), split(0.2), by(optim.Adam(0.001)))),
		noisy(words, 0.4, all(mislabelled(0.3, 5), layers(nn.Dense{Units: 16, Activation: relu}, nn.Dropout{Rate: 0.3}), times(12, 32))),
		noisy(arm, 0.35, all(blurred(1.35), under(loss.Huber{}), times(25, 32))),
	}
}
