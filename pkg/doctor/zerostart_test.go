package doctor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// noisyRings are two rings that noise mixes, told apart by hidden layers and a last one.
func noisyRings(seed int64, hidden nn.Layer, depth int, last nn.Layer) training.Training {
	const rows = 500
	rng := rand.New(rand.NewPCG(uint64(seed), 7))
	c := training.Training{Loss: loss.BinaryCrossentropy{}, Optimizer: optim.Adam(0.003), Epochs: 60, BatchSize: 32, Seed: seed}
	c.Data.X.Shape, c.Data.Y.Shape = []int{rows, 2}, []int{rows, 1}
	for range rows {
		inner := rng.IntN(2)
		r, at := 1-0.45*float64(inner)+0.2*rng.NormFloat64(), 2*math.Pi*rng.Float64()
		c.Data.X.Values = append(c.Data.X.Values, float32(r*math.Cos(at)), float32(r*math.Sin(at)))
		c.Data.Y.Values = append(c.Data.Y.Values, float32(inner))
	}
	model := nn.Sequential{}
	for range depth {
		model = append(model, hidden)
	}
	c.Model = append(model, last)
	return c
}

// A last layer that starts from 0 is a usual start: its units differ by their targets, and the layers below get their gradient from the second
// step on. It is no evidence for anything, whatever a seed makes of the training.
func TestHeadsThatStartFromZero(t *testing.T) {
	heUniform := nn.HeUniform{}
	tanh := nn.Dense{Units: 8, Activation: nn.Tanh{}, KernelInitializer: heUniform}
	relu := nn.Dense{Units: 24, Activation: nn.ReLU{}}
	sigmoid := nn.Dense{Units: 1, Activation: nn.Sigmoid{}, KernelInitializer: nn.Zeros{}, BiasInitializer: nn.Ones{}}
	two := func(x []float32) []float32 { return []float32{x[0] - 0.5*x[1], x[2]} }
	cases := map[string]training.Training{
		"three classes":       told(3, oneHot, nn.Dense{Units: 3, Activation: nn.Softmax{}, KernelInitializer: nn.Zeros{}}, loss.CategoricalCrossentropy{}),
		"softmax of its own":  told(3, oneHot, nn.Sequential{nn.Dense{Units: 3, KernelInitializer: nn.Zeros{}}, nn.Softmax{}}, loss.CategoricalCrossentropy{}),
		"two numbers":         told(2, two, nn.Dense{Units: 2, KernelInitializer: nn.Zeros{}}, loss.MSE{}),
		"logistic regression": told(1, positive, sigmoid, loss.BinaryCrossentropy{}),
	}
	linear := cases["logistic regression"]
	linear.Model, linear.Epochs = nn.Sequential{sigmoid}, 60
	cases["logistic regression"] = linear
	for seed := range int64(3) {
		cases[fmt.Sprintf("rings, tanh, seed %d", seed)] = noisyRings(seed, tanh, 3, sigmoid)
		cases[fmt.Sprintf("rings, relu, seed %d", seed)] = noisyRings(seed, relu, 2, sigmoid)
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(t.Context(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
			for _, s := range r.Symptoms {
				starts := s.Cause == doctor.VanishingGradient || s.Cause == doctor.SymmetricInitialization || s.Cause == doctor.ExplodingGradient
				require.False(t, starts && s.Strength >= doctor.Likely, "%s: %s", s.Cause, s.Text)
			}
		})
	}
}

// Hidden layers that start from 0, or next to it, hold a training as ever, also under a head that does.
func TestHiddenLayersThatStartFromZero(t *testing.T) {
	zero := nn.Dense{Units: 1, Activation: nn.Sigmoid{}, KernelInitializer: nn.Zeros{}}
	for name, c := range map[string]struct {
		hidden nn.Dense
		depth  int
		causes []doctor.Cause
	}{
		"zeros under relu": {nn.Dense{Units: 24, Activation: nn.ReLU{}, KernelInitializer: nn.Zeros{}}, 2, []doctor.Cause{doctor.SymmetricInitialization, doctor.DyingReLU}},
		"zeros under tanh": {nn.Dense{Units: 24, Activation: nn.Tanh{}, KernelInitializer: nn.Zeros{}}, 2, []doctor.Cause{doctor.SymmetricInitialization}},
		"tiny under tanh":  {nn.Dense{Units: 24, Activation: nn.Tanh{}, KernelInitializer: nn.RandomNormal{StdDev: 1e-5}}, 4, []doctor.Cause{doctor.VanishingGradient}},
	} {
		t.Run(name, func(t *testing.T) {
			stuck := noisyRings(1, c.hidden, c.depth, zero)
			stuck.Optimizer = optim.SGD(0.1)
			r, err := doctor.Examine(t.Context(), stuck, doctor.Options{})
			require.NoError(t, err)
			require.Contains(t, c.causes, r.Symptoms[0].Cause, "%+v", r.Symptoms)
			require.Equal(t, doctor.Strong, r.Symptoms[0].Strength)
		})
	}
}
