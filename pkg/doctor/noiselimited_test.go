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
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// noisy is a training on data of which no model can explain much: target draws that of a row with the smooth part of it, a number of
// deviation 1.
func noisy(rows int, seed uint64, l loss.Loss, head nn.Dense, target func(rng *rand.Rand, smooth float64, x []float32) []float32) training.Training {
	rng := rand.New(rand.NewPCG(seed, 1))
	const features = 6
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, features}}}
	for range rows {
		x := make([]float32, features)
		for j := range x {
			x[j] = float32(rng.NormFloat64())
		}
		smooth := (float64(x[0]) + float64(x[1])*math.Abs(float64(x[2]))) / math.Sqrt2
		y := target(rng, smooth, x)
		d.X.Values, d.Y.Values = append(d.X.Values, x...), append(d.Y.Values, y...)
		d.Y.Shape = []int{rows, len(y)}
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 32, Activation: nn.ReLU{}}, nn.Dense{Units: 32, Activation: nn.ReLU{}}, head},
		Data:  d, Optimizer: optim.Adam(3e-3), Loss: l, Epochs: 12, BatchSize: 32, Seed: 1,
	}
}

func plusNoise(deviation float64) func(*rand.Rand, float64, []float32) []float32 {
	return func(rng *rand.Rand, smooth float64, _ []float32) []float32 {
		return []float32{float32(smooth + deviation*rng.NormFloat64())}
	}
}

func yesIf(yes bool) float32 {
	if yes {
		return 1
	}
	return 0
}

// noiseLimited are trainings that reach what their data allow, and little it is.
func noiseLimited() map[string]training.Training {
	sigmoid, one := nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, nn.Dense{Units: 1}
	all := map[string]training.Training{
		"a fifth of the variance, squared": noisy(900, 1, loss.MSE{}, one, plusNoise(2)),
		"a third, absolute":                noisy(900, 2, loss.MAE{}, one, plusNoise(1.4)),
		"a half, Huber":                    noisy(900, 3, loss.Huber{}, one, plusNoise(1)),
		"heavy tails, absolute": noisy(900, 4, loss.MAE{}, one, func(rng *rand.Rand, smooth float64, _ []float32) []float32 {
			return []float32{float32(smooth + rng.NormFloat64()/max(0.2, math.Abs(rng.NormFloat64())))}
		}),
		"three labels in ten are wrong": noisy(900, 5, loss.BinaryCrossentropy{}, sigmoid, func(rng *rand.Rand, smooth float64, _ []float32) []float32 {
			return []float32{yesIf((smooth > 0) != (rng.Float64() < 0.3))}
		}),
		"classes that overlap": noisy(900, 6, loss.SparseCategoricalCrossentropy{}, nn.Dense{Units: 3, Activation: nn.Softmax{}}, func(rng *rand.Rand, smooth float64, _ []float32) []float32 {
			v := smooth + 1.2*rng.NormFloat64()
			return []float32{yesIf(v > -0.6) + yesIf(v > 0.6)}
		}),
		"counts": noisy(900, 7, loss.Poisson{}, nn.Dense{Units: 1, Activation: nn.Exponential{}}, func(rng *rand.Rand, smooth float64, _ []float32) []float32 {
			n, left := 0, math.Exp(0.5+0.4*smooth)
			for left -= rng.ExpFloat64(); left > 0; left -= rng.ExpFloat64() {
				n++
			}
			return []float32{float32(n)}
		}),
		"rare events": noisy(900, 8, loss.BinaryCrossentropy{}, sigmoid, func(rng *rand.Rand, smooth float64, _ []float32) []float32 {
			return []float32{yesIf(smooth+rng.NormFloat64() > 1.9)}
		}),
	}
	for name, c := range all {
		if name == "a third, absolute" || name == "classes that overlap" || name == "three labels in ten are wrong" {
			c.ValidationSplit = 0.25
			all[name] = c
		}
	}
	return all
}

func TestNoAlarmAtTheFloorOfTheData(t *testing.T) {
	for name, c := range noiseLimited() {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Less(t, r.ExplainedBefore(), 0.6, "or it is no test of that")
			require.Equal(t, doctor.Healthy, r.Cause, "%s %s", r.Verdict(), r.CeilingText())
			require.Empty(t, r.Findings)
			require.True(t, r.Ceiling.Known(), r.CeilingText())
		})
	}
}

// Where little can be explained a training may still be stuck, and a cure is what reaches that little.
func TestStuckBelowALowCeiling(t *testing.T) {
	for _, f := range []struct {
		noise  string
		cause  doctor.Cause
		break_ func(*training.Training)
	}{
		{"a third, absolute", doctor.LearningRateTooLow, func(c *training.Training) { c.Optimizer = optim.Adam(1e-7) }},
		{"a fifth of the variance, squared", doctor.SymmetricInitialization, func(c *training.Training) {
			zero := nn.Dense{Units: 32, Activation: nn.ReLU{}, KernelInitializer: nn.Zeros{}}
			c.Model = nn.Sequential{zero, zero, nn.Dense{Units: 1, KernelInitializer: nn.Zeros{}}}
		}},
		{"classes that overlap", doctor.LossOutputMismatch, func(c *training.Training) {
			c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Softmax{}}
			c.Loss = loss.BinaryCrossentropy{}
			for i, v := range c.Data.Y.Values {
				c.Data.Y.Values[i] = yesIf(v > 0)
			}
		}},
		{"three labels in ten are wrong", doctor.DyingReLU, func(c *training.Training) {
			dead := nn.Dense{Units: 32, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -30}}
			c.Model = nn.Sequential{dead, dead, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}}
		}},
	} {
		t.Run(string(f.cause), func(t *testing.T) {
			c := noiseLimited()[f.noise]
			f.break_(&c)
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, f.cause, r.Cause, "%s %s", r.Verdict(), r.CeilingText())
			require.True(t, r.Findings[0].Verified, "%s %s", r.Verdict(), r.CeilingText())
			require.Less(t, r.ExplainedAfter(), 0.6, "or it is no test of that")
		})
	}
}

// Of rows with many features and few that matter a network knows its own by heart, and that is no cure.
func TestMemoryProvesNothing(t *testing.T) {
	c := noisy(160, 9, loss.MSE{}, nn.Dense{Units: 1}, plusNoise(2))
	rng := rand.New(rand.NewPCG(3, 3))
	wide := dataset.Array{Shape: []int{160, 120}}
	for range 160 {
		for range 120 {
			wide.Values = append(wide.Values, float32(rng.NormFloat64()))
		}
	}
	for i := range c.Data.Y.Values {
		c.Data.Y.Values[i] = 3*yesIf(math.Abs(float64(wide.Row(i)[7])) > 0.67) + float32(1.2*rng.NormFloat64())
	}
	c.Data.X = wide
	c.Model = nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	c.Optimizer, c.Epochs, c.BatchSize = optim.Adam(1e-7), 30, 16
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Greater(t, r.Ceiling.Explained, 0.15, "or it is no test of that")
	learned := false
	for _, a := range r.Attempts {
		if a.After != nil && a.After.Explained > 0.9 {
			learned = true
			require.True(t, a.ByHeart && !a.Cures, "%s explains %.2f of its own rows and %.2f of others, where %s", a.Treatments[0].Text, a.After.Explained, a.Held, r.CeilingText())
		}
	}
	require.True(t, learned, "or it is no test of that: %s", r.Verdict())
}
