package doctor_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Trainings that look odd and are well: none of them is accused of anything.
func TestOddButHealthy(t *testing.T) {
	bce, sparse := loss.BinaryCrossentropy{}, loss.SparseCategoricalCrossentropy{}
	relu := nn.Dense{Units: 24, Activation: nn.ReLU{}}
	number := func(f func(x []float32) float64) func(x []float32) []float32 {
		return func(x []float32) []float32 { return []float32{float32(f(x))} }
	}
	line := number(func(x []float32) float64 { return float64(x[0] - 0.5*x[1]) })
	rng := rand.New(rand.NewPCG(5, 5))
	count := number(func(x []float32) float64 { return math.Floor(math.Exp(1+float64(x[0])) + rng.Float64()) })
	with := func(c training.Training, change func(*training.Training)) training.Training {
		change(&c)
		return c
	}
	ends := func(a nn.Activation) nn.Layer { return nn.Dense{Units: 1, Activation: a} }
	mask := levels(nn.Conv1D{Filters: 1, KernelSize: []int{1}, Activation: nn.Sigmoid{}}, bce)
	for i, v := range mask.Data.Y.Values {
		mask.Data.Y.Values[i] = one(v > 0)
	}
	normalized := nn.Sequential{nn.Dense{Units: 16}, nn.LayerNormalization{}, nn.ReLU{}, nn.Dense{Units: 1}}
	for name, c := range map[string]training.Training{
		"several labels under sigmoid":             told(3, labels, nn.Dense{Units: 3, Activation: nn.Sigmoid{}}, bce),
		"ordered classes, a sigmoid for each step": told(3, ordinal, nn.Dense{Units: 3, Activation: nn.Sigmoid{}}, bce),
		"ordered classes by number under softmax":  told(1, thirds(0, 1), nn.Dense{Units: 3, Activation: nn.Softmax{}}, sparse),
		"one unit more than classes":               told(1, thirds(1, 1), nn.Dense{Units: 4, Activation: nn.Softmax{}}, sparse),
		"a mask of places":                         mask,
		"counts, an exponential last":              told(1, count, ends(nn.Exponential{}), loss.Poisson{}),
		"positive numbers, a softplus last":        told(1, number(func(x []float32) float64 { return math.Abs(float64(x[0])) }), ends(nn.Softplus{}), loss.MSE{}),
		"numbers within −1 and 1, a tanh last":     told(1, number(func(x []float32) float64 { return math.Tanh(float64(x[0])) }), ends(nn.Tanh{}), loss.MSE{}),
		"hinge on −1 and 1":                        told(1, number(func(x []float32) float64 { return float64(2*one(x[0] > 0) - 1) }), ends(nn.Tanh{}), loss.Hinge{}),
		"a recurrent output within its range":      overTime(1, func(sum float32) []float32 { return []float32{float32(math.Tanh(float64(sum)/3)) / 2} }, nn.LSTM{Units: 1}, loss.MSE{}),
		"softmax under squared error":              told(3, oneHot, nn.Dense{Units: 3, Activation: nn.Softmax{}}, loss.MSE{}),
		"few rows of a class, and it is told":      with(rare(1.2), func(c *training.Training) { c.Epochs = 60 }),
		"batches of two under layer normalization": with(told(1, line, ends(nil), loss.MSE{}), func(c *training.Training) { c.Model, c.BatchSize, c.Epochs = normalized, 2, 8 }),
		"elu and softplus inside": with(told(1, line, ends(nil), loss.MSE{}), func(c *training.Training) {
			c.Model = nn.Sequential{nn.Dense{Units: 16, Activation: nn.ELU{}}, nn.Dense{Units: 16, Activation: nn.Softplus{}}, nn.Dense{Units: 1}}
		}),
		"rows unshuffled, in no order":              with(told(1, line, ends(nil), loss.MSE{}), func(c *training.Training) { c.NoShuffle = true }),
		"a head that starts from 0":                 with(told(1, line, nn.Dense{Units: 1, KernelInitializer: nn.Zeros{}}, loss.MSE{}), func(*training.Training) {}),
		"classes weighed against their frequencies": with(rare(0.8), func(c *training.Training) { c.ClassWeight = map[int]float64{0: 0.6, 1: 2.5} }),
		"the mean over places of a last convolution": with(told(1, positive, relu, bce), func(c *training.Training) {
			c.Data.X = dataset.Array{Shape: []int{c.Data.Rows(), 3, 1}, Values: c.Data.X.Values}
			c.Model = nn.Sequential{nn.Conv1D{Filters: 24, KernelSize: []int{3}, Padding: "same", Activation: nn.ReLU{}}, nn.Flatten{}, nn.Dense{Units: 1}, nn.Sigmoid{}}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
			require.Empty(t, r.Findings)
		})
	}
}
