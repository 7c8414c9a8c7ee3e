package doctor_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// rare is a training on rows of which few are of class 1, and told by their first number.
func rare(above float32) training.Training {
	return told(1, func(x []float32) []float32 { return []float32{one(x[0] > above)} }, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}, loss.BinaryCrossentropy{})
}

// inOrder sorts the rows of a training by their targets, and takes the shuffling away.
func inOrder(t *testing.T, c training.Training) training.Training {
	order := make([]int, c.Data.Rows())
	for i := range order {
		order[i] = i
	}
	sortBy(order, func(i int) float32 { return c.Data.Y.Values[i] })
	var err error
	c.Data, err = c.Data.Take(order)
	require.NoError(t, err)
	c.NoShuffle = true
	return c
}

// Two trainings of each cause that has to do with how rows are counted, normalized, ordered and rounded, and of what grows beyond numbers.
func TestTwoOfEach(t *testing.T) {
	hidden := func(layers ...nn.Layer) nn.Sequential { return append(nn.Sequential(layers), nn.Dense{Units: 1}) }
	normalized := func(momentum float64) nn.Sequential {
		return hidden(nn.Dense{Units: 16}, nn.BatchNormalization{Momentum: momentum}, nn.ReLU{}, nn.Dense{Units: 16, Activation: nn.ReLU{}})
	}
	for name, c := range map[string]struct {
		cause    doctor.Cause
		training func(*testing.T) training.Training
		want     string
	}{
		"a class whose weight is 0": {doctor.ClassImbalance, func(*testing.T) training.Training {
			c := rare(0.8)
			c.ClassWeight = map[int]float64{0: 1, 1: 0}
			return c
		}, "each class counts alike"},
		"a class whose weight is next to nothing": {doctor.ClassImbalance, func(*testing.T) training.Training {
			c := rare(1.2)
			c.ClassWeight = map[int]float64{0: 10, 1: 0.01}
			return c
		}, "each class counts alike"},
		"statistics that never arrive": {doctor.BatchStatistics, func(t *testing.T) training.Training {
			c := sines(t)
			c.Model = normalized(0.9999)
			c.Data.X = scaled(c.Data.X, 8)
			return c
		}, "momentum 0.9"},
		"batches of two rows": {doctor.BatchStatistics, func(t *testing.T) training.Training {
			c := sines(t)
			n := nn.BatchNormalization{}
			c.Model, c.BatchSize, c.Epochs = hidden(n, nn.Dense{Units: 16}, n, nn.ReLU{}, nn.Dense{Units: 16}, n, nn.ReLU{}), 2, 8
			return c
		}, "batches of 32 rows"},
		"rows in the order of their targets": {doctor.Oscillating, func(t *testing.T) training.Training {
			c := inOrder(t, sines(t))
			c.Optimizer, c.BatchSize, c.Epochs = optim.SGD(0.1), 2, 10
			return c
		}, "shuffle the rows"},
		"the same under another optimizer": {doctor.Oscillating, func(t *testing.T) training.Training {
			c := inOrder(t, sines(t))
			c.Optimizer, c.BatchSize, c.Epochs = optim.RMSprop(0.01), 2, 10
			return c
		}, "shuffle the rows"},
		"times near 3e9": {doctor.NumericRange, func(t *testing.T) training.Training {
			c := sines(t)
			c.Data.X = scaled(c.Data.X, 3000)
			add(c.Data.X.Values, 3e9)
			return c
		}, "in float64"},
		"degrees in billionths": {doctor.NumericRange, func(t *testing.T) training.Training {
			c := sines(t)
			for i := 0; i < len(c.Data.X.Values); i += 3 {
				c.Data.X.Values[i] = 5e7 + 100*c.Data.X.Values[i]
			}
			return c
		}, "in float64"},
		"exponentials": {doctor.ExplodingGradient, func(t *testing.T) training.Training {
			c := sines(t)
			d := nn.Dense{Units: 8, Activation: nn.Exponential{}}
			c.Model = hidden(d, d, d, d, d)
			return c
		}, "relu behind batch normalization in place of exponential"},
		"exponentials as layers": {doctor.ExplodingGradient, func(t *testing.T) training.Training {
			c := sines(t)
			d := nn.Dense{Units: 12}
			c.Model = hidden(d, nn.Exponential{}, d, nn.Exponential{}, d, nn.Exponential{}, d, nn.Exponential{})
			return c
		}, "behind batch normalization in place of exponential"},
		"dead filters": {doctor.DyingReLU, func(t *testing.T) training.Training {
			c := sines(t)
			c.Data.X = dataset.Array{Shape: []int{c.Data.Rows(), 3, 1}, Values: c.Data.X.Values}
			c.Model = hidden(nn.Conv1D{Filters: 16, KernelSize: []int{2}, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -12}}, nn.Flatten{})
			return c
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), c.training(t), doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, c.cause, r.Cause, r.Verdict())
			require.Contains(t, r.Findings[0].Treatment.Text, c.want)
			require.True(t, r.Findings[0].Verified, r.Verdict())
			require.NotEmpty(t, r.Findings[0].Evidence())
			if name == "exponentials" {
				require.True(t, math.IsNaN(r.ExplainedBefore()))
				for _, a := range r.Attempts {
					require.NotContains(t, a.Treatments[0].Text, "learning rate")
				}
			}
			if name == "dead filters" {
				require.Contains(t, r.Findings[0].Evidence(), "filters")
			}
		})
	}
}
