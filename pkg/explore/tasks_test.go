package explore_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// task is a small training whose loss has a floor that no rate can go below: part of each target is noise.
type task struct {
	name string
	base training.Training
}

// tasks are five, with different losses, optimizers and layers.
func tasks(t testing.TB) []task {
	all := []task{diabetes(t), sine(), moons(), threeClasses(), sequences()}
	for i := range all {
		all[i].base.Seed = 7
	}
	return all
}

// diabetes is regression on measured data: 442 patients, 10 features.
func diabetes(t testing.TB) task {
	t.Helper()
	d, err := dataset.ReadCSV("../../notebooks/data/diabetes.csv", dataset.CSVOptions{})
	require.NoError(t, err)
	d, _, err = d.Standardize()
	require.NoError(t, err)
	scaler, err := dataset.FitScaler(d.Y)
	require.NoError(t, err)
	d.Y, err = scaler.Apply(d.Y)
	require.NoError(t, err)
	return task{"diabetes regression, Adam", training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Optimizer: optim.Adam(1e-3),
		Loss:      loss.MSE{},
		Data:      d,
		Epochs:    20,
	}}
}

// example1 is the article's first example: a network of two layers, and noise to train it on.
func example1(t testing.TB) training.Training {
	t.Helper()
	d, err := dataset.Random(1000, []int{10}, []int{1}, 9)
	require.NoError(t, err)
	return training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Optimizer: optim.Adam(1e-3),
		Loss:      loss.MSE{},
		Data:      d,
		Epochs:    10,
		Seed:      9,
	}
}

// generate makes rows of shape x and y one by one.
func generate(rows int, x, y []int, row func(rng *rand.Rand, x, y []float32)) dataset.Data {
	rng := rand.New(rand.NewPCG(17, 0))
	d := dataset.Data{
		X: dataset.Array{Shape: append([]int{rows}, x...), Values: make([]float32, rows*product(x))},
		Y: dataset.Array{Shape: append([]int{rows}, y...), Values: make([]float32, rows*product(y))},
	}
	for i := range rows {
		row(rng, d.X.Row(i), d.Y.Row(i))
	}
	return d
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// sine is regression on one period of a noisy sine.
func sine() task {
	d := generate(512, []int{1}, []int{1}, func(rng *rand.Rand, x, y []float32) {
		at := 2*rng.Float64() - 1
		x[0], y[0] = float32(at), float32(math.Sin(math.Pi*at)+0.3*rng.NormFloat64())
	})
	return task{"noisy sine, Adam", training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 32, Activation: nn.Tanh{}}, nn.Dense{Units: 1}},
		Optimizer: optim.Adam(1e-3),
		Loss:      loss.MSE{},
		Data:      d,
		Epochs:    30,
	}}
}

// moons is binary classification of two interleaved half circles that overlap.
func moons() task {
	d := generate(512, []int{2}, []int{1}, func(rng *rand.Rand, x, y []float32) {
		angle := math.Pi * rng.Float64()
		px, py := math.Cos(angle), math.Sin(angle)
		if rng.IntN(2) == 1 {
			px, py, y[0] = 1-px, 0.5-py, 1
		}
		x[0], x[1] = float32(px+0.35*rng.NormFloat64()), float32(py+0.35*rng.NormFloat64())
	})
	return task{"two moons, SGD with momentum", training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Optimizer: optim.SGD(0.01).WithRule(optim.SGDRule{Momentum: 0.9}),
		Loss:      loss.BinaryCrossentropy{FromLogits: true},
		Data:      d,
		Epochs:    30,
	}}
}

// threeClasses is classification of three overlapping clouds, each stretched along its own direction.
func threeClasses() task {
	d := generate(600, []int{4}, []int{1}, func(rng *rand.Rand, x, y []float32) {
		class := rng.IntN(3)
		y[0] = float32(class)
		angle := 2 * math.Pi * float64(class) / 3
		along, across := 1+0.8*rng.NormFloat64(), 0.5*rng.NormFloat64()
		x[0] = float32(along*math.Cos(angle) - across*math.Sin(angle))
		x[1] = float32(along*math.Sin(angle) + across*math.Cos(angle))
		x[2], x[3] = float32(rng.NormFloat64()), float32(rng.NormFloat64()) // tell nothing
	})
	return task{"three classes, RMSprop", training.Training{
		Model:     nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 3}},
		Optimizer: optim.RMSprop(1e-3),
		Loss:      loss.SparseCategoricalCrossentropy{FromLogits: true},
		Data:      d,
		Epochs:    20,
	}}
}

// sequences is regression on the sum of a series' last steps, by a recurrent net.
func sequences() task {
	d := generate(512, []int{10, 1}, []int{1}, func(rng *rand.Rand, x, y []float32) {
		sum := 0.3 * rng.NormFloat64()
		for i := range x {
			x[i] = float32(rng.NormFloat64())
			if i >= 6 {
				sum += 0.5 * float64(x[i])
			}
		}
		y[0] = float32(sum)
	})
	return task{"sums of sequences, SimpleRNN, Adam", training.Training{
		Model:     nn.Sequential{nn.SimpleRNN{Units: 16}, nn.Dense{Units: 1}},
		Optimizer: optim.Adam(1e-3),
		Loss:      loss.MSE{},
		Data:      d,
		Epochs:    20,
	}}
}
