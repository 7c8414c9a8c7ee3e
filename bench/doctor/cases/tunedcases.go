package cases

import (
	"math"
	"math/rand/v2"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// rare makes about one row in ten of class 1 of a family of numbers.
func rare(f Family) Family {
	return Family{f.Name + ", and which are high", func(r *rand.Rand) training.Training {
		t := f.draw(r)
		s := dataset.Array{Shape: t.Data.Y.Shape, Values: append([]float32(nil), t.Data.Y.Values...)}
		limit := quantile(s.Values, 0.9)
		t.Data.Y = mapped(t.Data.Y, func(_ int, v float32) float32 {
			if v > limit {
				return 1
			}
			return 0
		})
		head(func(d *nn.Dense) { d.Activation = nn.Sigmoid{} })(&t)
		t.Loss = loss.BinaryCrossentropy{}
		return t
	}}
}

// sparse are a few features that matter among many, with noise.
func sparse(name string, width int, noise float64, f func(x []float32) float64) Family {
	return Family{name, func(r *rand.Rand) training.Training {
		t := regression(rowsOf(3300, []int{width}, 1, func(x, y []float32) {
			normal(r, x)
			y[0] = float32(f(x) + noise*r.NormFloat64())
		}), hidden(64, 64))
		t.Epochs, t.Optimizer = 60, optim.Adam(0.003)
		return t
	}}
}

var (
	sparseLine = sparse("one feature among many, and noise", 60, 0.3, func(x []float32) float64 { return float64(x[0]) })
	sparseSine = sparse("two features among many, and noise", 60, 0.3, func(x []float32) float64 { return math.Sin(float64(x[0])) + float64(x[1])/2 })
)

func tunedCases() []Case {
	relu, tanh, sigmoid := nn.ReLU{}, nn.Tanh{}, nn.Sigmoid{}
	return []Case{
		ill("non-finite-data", sines, "finite values", func(t *training.Training) { t.Data.X.Values[40] = float32(math.NaN()) }),
		ill("non-finite-data", blobs, "finite values", func(t *training.Training) { t.Data.X.Values[11] = float32(math.Inf(1)) }),
		ill("loss-output-mismatch", xor, "a sigmoid", head(func(d *nn.Dense) { d.Activation = nn.Softmax{} })),
		ill("loss-output-mismatch", blobs, "4 units of softmax under the sparse cross-entropy", all(head(func(d *nn.Dense) { d.Units, d.Activation = 1, nn.Sigmoid{} }), under(loss.BinaryCrossentropy{}))),
		illUnless("output-range-mismatch", sines, "a linear head", all(targets(func(v float32) float32 { return v + 6 }), head(func(d *nn.Dense) { d.Activation = sigmoid })), targets(func(v float32) float32 { return v + 6 })),
		illUnless("output-range-mismatch", teacher, "a linear head", all(targets(func(v float32) float32 { return v - 8 }), head(func(d *nn.Dense) { d.Activation = relu })), targets(func(v float32) float32 { return v - 8 })),
		ill("frozen-weights", xor, "train all layers", frozen),
		ill("frozen-weights", teacher, "train all layers", frozen),
		ill("symmetric-initialization", sines, "default initializers", all(dense(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }), head(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }))),
		ill("symmetric-initialization", xor, "default initializers", all(dense(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }), head(func(d *nn.Dense) { d.KernelInitializer = nn.Zeros{} }))),
		ill("over-regularized", sines, "no penalty", dense(func(d *nn.Dense) { d.KernelRegularizer = nn.L1L2{L2: 20} })),
		ill("over-regularized", teacher, "no dropout", layers(nn.Dense{Units: 32, Activation: relu}, nn.Dropout{Rate: 0.98}, nn.Dense{Units: 32, Activation: relu}, nn.Dropout{Rate: 0.98})),
		ill("dying-relu", sines, "the default bias", dense(func(d *nn.Dense) { d.BiasInitializer = nn.Constant{Value: -12} })),
		ill("dying-relu", friedman, "the default bias", dense(func(d *nn.Dense) { d.BiasInitializer = nn.Constant{Value: -6} })),
		illUnless("exploding-gradient", sines, "default initializers", all(deep(5, nn.Dense{Units: 24, Activation: relu, KernelInitializer: nn.RandomNormal{StdDev: 2}}), by(optim.SGD(0.02))), all(deep(5, nn.Dense{Units: 24, Activation: relu}), by(optim.SGD(0.02)))),
		illUnless("exploding-gradient", teacher, "default initializers", all(deep(4, nn.Dense{Units: 32, Activation: relu, KernelInitializer: nn.RandomNormal{StdDev: 3}}), by(optim.SGD(0.02))), all(deep(4, nn.Dense{Units: 32, Activation: relu}), by(optim.SGD(0.02)))),
		illUnless("vanishing-gradient", teacher, "relu", all(deep(6, nn.Dense{Units: 16, Activation: sigmoid}), by(optim.SGD(0.05))), all(deep(6, nn.Dense{Units: 16, Activation: relu}), by(optim.SGD(0.05)))),
		illUnless("vanishing-gradient", friedman, "relu", all(deep(7, nn.Dense{Units: 20, Activation: sigmoid}), by(optim.SGD(0.05))), all(deep(7, nn.Dense{Units: 20, Activation: relu}), by(optim.SGD(0.05)))),
		illUnless("unscaled-inputs", sines, "inputs of order 1", all(inputs(func(_ int, v float32) float32 { return 1e5 * v }), by(optim.SGD(0.02))), by(optim.SGD(0.02))),
		ill("unscaled-inputs", xor, "inputs of order 1", inputs(func(_ int, v float32) float32 { return 1e4 + v })),
		ill("unscaled-targets", sines, "targets of order 1", targets(func(v float32) float32 { return 3e5 + 100*v })),
		ill("unscaled-targets", friedman, "targets of order 1", targets(func(v float32) float32 { return 1e4 * (v + 20) })),
		ill("learning-rate-too-low", sines, "a rate of 0.005", by(optim.Adam(1e-7))),
		illUnless("learning-rate-too-low", blobs, "a rate of 0.1", by(optim.SGD(1e-6)), by(optim.SGD(0.1))),
		illUnless("learning-rate-too-high", sines, "a rate of 0.05", by(optim.SGD(50)), by(optim.SGD(0.05))),
		ill("learning-rate-too-high", blobs, "a rate of 0.005", by(optim.Adam(10))),
		illUnless("too-few-epochs", sines, "100 epochs", all(times(1, 128), by(optim.Adam(2e-3))), all(times(100, 128), by(optim.Adam(2e-3)))),
		illUnless("too-few-epochs", teacher, "200 epochs", all(times(2, 250), by(optim.Adam(2e-3))), all(times(200, 250), by(optim.Adam(2e-3)))),
		ill("too-small-capacity", xor, "24 units", layers()),
		ill("too-small-capacity", rings, "relu", layers(nn.Dense{Units: 24}, nn.Dense{Units: 24})),
		ill("class-imbalance", rare(sines), "no class_weight", weighing(map[int]float64{0: 10, 1: 0.01})),
		ill("class-imbalance", rare(teacher), "no class_weight", weighing(map[int]float64{1: 0})),
		illUnless("batch-statistics", sines, "momentum 0.9", all(inputs(func(_ int, v float32) float32 { return 8 * v }), layers(nn.Dense{Units: 16}, nn.BatchNormalization{Momentum: 0.9999}, relu, nn.Dense{Units: 16, Activation: relu})),
			all(inputs(func(_ int, v float32) float32 { return 8 * v }), layers(nn.Dense{Units: 16}, nn.BatchNormalization{Momentum: 0.9}, relu, nn.Dense{Units: 16, Activation: relu}))),
		illUnless("batch-statistics", teacher, "momentum 0.9", all(inputs(func(_ int, v float32) float32 { return 20 * v }), layers(nn.Dense{Units: 24}, nn.BatchNormalization{Momentum: 0.99999}, relu, nn.Dense{Units: 12, Activation: relu})),
			all(inputs(func(_ int, v float32) float32 { return 20 * v }), layers(nn.Dense{Units: 24}, nn.BatchNormalization{Momentum: 0.9}, relu, nn.Dense{Units: 12, Activation: relu}))),
		illUnless("oscillating", sines, "shuffle", all(ordered(byTarget), times(20, 4), by(optim.SGD(0.15)), func(t *training.Training) { t.NoShuffle = true }), all(times(20, 4), by(optim.SGD(0.15)))),
		illUnless("oscillating", friedman, "shuffle", all(ordered(byTarget), times(10, 2), by(optim.SGD(0.1)), func(t *training.Training) { t.NoShuffle = true }), all(times(10, 2), by(optim.SGD(0.1)))),
		ill("numeric-range", sines, "subtract the mean in float64", inputs(func(_ int, v float32) float32 { return 3e9 + 300*v })),
		ill("numeric-range", xor, "subtract the mean in float64", inputs(func(_ int, v float32) float32 { return 1e9 + 60*v })),
		illUnless("sorted-split", blobs, "shuffle before the split", all(ordered(byTarget), split(0.4)), split(0.4)),
		illUnless("sorted-split", blobs, "shuffle before the split", all(ordered(byTarget), split(0.3), by(optim.Adam(0.002))), split(0.3)),
		illUnless("overfitting", sparseLine, "more rows", few(30), few(3000)),
		illUnless("overfitting", sparseSine, "more rows", few(25), few(3000)),
		illUnless("no-signal", sines, "the right rows' targets", all(repaired, split(0.25)), split(0.25)),
		illUnless("no-signal", blobs, "the right rows' targets", all(repaired, split(0.25)), split(0.25)),
		observed(sines, 1.31),
		observed(blobs, 1.386),

		well(sines, nil), well(teacher, nil), well(friedman, nil), well(blobs, nil), well(xor, nil), well(rings, nil), well(wave, nil),
		well(sines, by(optim.Adam(0.03))),
		well(teacher, times(20, 4)),
		well(friedman, all(deep(4, nn.Dense{Units: 24, Activation: tanh}), times(60, 32))),
		well(blobs, all(layers(nn.Dense{Units: 24}, nn.BatchNormalization{}, sigmoid, nn.Dense{Units: 24}, nn.BatchNormalization{}, sigmoid), times(40, 32))),
		well(blobs, layers(nn.Dense{Units: 64, Activation: relu}, nn.Dropout{Rate: 0.5})),
		well(sines, all(split(0.2), by(optim.RMSprop(0.002)))),
		well(teacher, under(loss.MAE{})),
		well(friedman, all(by(optim.SGD(0.02)), times(80, 32))),
		well(xor, all(layers(nn.Dense{Units: 64, Activation: relu, BiasInitializer: nn.Constant{Value: -0.5}}), times(60, 32))),
		well(rings, all(by(optim.Adam(0.002)), times(80, 32))),
		well(wave, layers(nn.LSTM{Units: 12})),
		well(rings, all(inputs(func(_ int, v float32) float32 { return 50 * v }), layers(nn.BatchNormalization{}, nn.Dense{Units: 24, Activation: relu}))),
		well(sines, dense(func(d *nn.Dense) { d.KernelRegularizer = nn.L1L2{L2: 1e-4} })),
		noisy(sines, 0.5, blurred(1)),
		noisy(friedman, 0.35, all(blurred(1.35), under(loss.MAE{}))),
		noisy(blobs, 0.4, mislabelled(0.35, 4)),
		noisy(teacher, 0.6, all(blurred(0.8), split(0.2), times(25, 32))),
	}
}
