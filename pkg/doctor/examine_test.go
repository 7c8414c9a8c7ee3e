package doctor_test

import (
	"context"
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Each fault is put into the same healthy training; the doctor must name it and undo it.
func TestNamesAndCuresTheFault(t *testing.T) {
	hidden := func(d nn.Dense) nn.Sequential {
		d.Units = 16
		if d.Activation == nil {
			d.Activation = nn.ReLU{}
		}
		return nn.Sequential{d, d, nn.Dense{Units: 1}}
	}
	faults := []struct {
		cause  doctor.Cause
		break_ func(*training.Training)
	}{
		{doctor.LearningRateTooLow, func(c *training.Training) { c.Optimizer = optim.Adam(1e-7) }},
		{doctor.LearningRateTooHigh, func(c *training.Training) { c.Optimizer = optim.SGD(50) }},
		{doctor.TooFewEpochs, func(c *training.Training) { c.Epochs, c.Optimizer, c.BatchSize = 1, optim.Adam(1e-3), 64 }},
		{doctor.SymmetricInitialization, func(c *training.Training) {
			c.Model = nn.Sequential{nn.Dense{Units: 16, Activation: nn.Tanh{}, KernelInitializer: nn.Zeros{}}, nn.Dense{Units: 1, KernelInitializer: nn.Zeros{}}}
		}},
		{doctor.DyingReLU, func(c *training.Training) { c.Model = hidden(nn.Dense{BiasInitializer: nn.Constant{Value: -12}}) }},
		{doctor.ExplodingGradient, func(c *training.Training) {
			d := nn.Dense{Units: 24, Activation: nn.ReLU{}, KernelInitializer: nn.RandomNormal{StdDev: 2}}
			c.Model, c.Optimizer = nn.Sequential{d, d, d, d, nn.Dense{Units: 1}}, optim.SGD(0.01)
		}},
		{doctor.VanishingGradient, func(c *training.Training) {
			d := nn.Dense{Units: 16, Activation: nn.Sigmoid{}}
			c.Model, c.Optimizer = nn.Sequential{d, d, d, d, d, d, nn.Dense{Units: 1}}, optim.SGD(0.05)
		}},
		{doctor.OutputRangeMismatch, func(c *training.Training) {
			c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Sigmoid{}}
			shift(c, 10)
		}},
		{doctor.UnscaledInputs, func(c *training.Training) {
			c.Data.X = scaled(c.Data.X, 1e5)
			c.Optimizer = optim.SGD(0.01)
		}},
		{doctor.UnscaledTargets, func(c *training.Training) { shift(c, 3e5) }},
		{doctor.OverRegularized, func(c *training.Training) { c.Model = hidden(nn.Dense{KernelRegularizer: nn.L1L2{L2: 20}}) }},
		{doctor.OverRegularized, func(c *training.Training) { c.Model = hidden(nn.Dense{KernelConstraint: nn.MaxNorm{Max: 1e-3}}) }},
		{doctor.FrozenWeights, func(c *training.Training) {
			c.Model = nn.Sequential{nn.Frozen{Layer: nn.Dense{Units: 1, Activation: nn.ReLU{}}}, nn.Frozen{Layer: nn.Dense{Units: 16, Activation: nn.ReLU{}}}, nn.Dense{Units: 1}}
		}},
		{doctor.NonFiniteData, func(c *training.Training) {
			c.Data.X = scaled(c.Data.X, 1)
			c.Data.X.Values[7] = float32(math.NaN())
		}},
	}
	for _, f := range faults {
		t.Run(string(f.cause), func(t *testing.T) {
			c := sines(t)
			f.break_(&c)
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, f.cause, r.Cause, r.Verdict())
			require.NotEmpty(t, r.Findings)
			if f.cause != doctor.FrozenWeights {
				require.True(t, r.Findings[0].Verified, r.Verdict())
				require.Greater(t, r.Findings[0].After, 0.5)
			}
			require.Empty(t, r.AgainstItself())
			require.NotEmpty(t, r.Findings[0].Evidence())
			require.NotEmpty(t, r.Findings[0].Treatment.Go)
		})
	}
}

func TestClassesUnderTheWrongLoss(t *testing.T) {
	c := sines(t)
	for i, v := range c.Data.Y.Values {
		c.Data.Y.Values[i] = 0
		if v > 0 {
			c.Data.Y.Values[i] = 1
		}
	}
	c.Loss = loss.BinaryCrossentropy{}
	c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Softmax{}}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
	require.True(t, r.Findings[0].Verified)

	// What can't even be run is a finding too, where the description says why.
	c.Loss = loss.CategoricalCrossentropy{}
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
	require.True(t, r.Findings[0].Verified)
	require.True(t, math.IsNaN(r.ExplainedBefore()))
}

func TestWhatCannotBeRun(t *testing.T) {
	c := sines(t)
	c.Model.(nn.Sequential)[2] = nn.Dense{Units: 3}
	_, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.ErrorContains(t, err, "[2 3]")
}

func TestSortedRows(t *testing.T) {
	c := sines(t)
	c.ValidationSplit, c.Loss = 0.2, loss.SparseCategoricalCrossentropy{}
	c.Model.(nn.Sequential)[2] = nn.Dense{Units: 4, Activation: nn.Softmax{}}
	for i := range c.Data.Y.Values { // the quadrant
		x := c.Data.X.Row(i)
		c.Data.Y.Values[i] = 0
		if x[0] > 0 {
			c.Data.Y.Values[i]++
		}
		if x[1] > 0 {
			c.Data.Y.Values[i] += 2
		}
	}
	order := make([]int, c.Data.Rows())
	for i := range order {
		order[i] = i
	}
	sortBy(order, func(i int) float32 { return c.Data.Y.Values[i] })
	sorted := c
	var err error
	sorted.Data, err = c.Data.Take(order)
	require.NoError(t, err)
	r, err := doctor.Examine(context.Background(), sorted, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.SortedSplit, r.Cause, r.Verdict())
	require.True(t, r.OnValidation)
	require.Greater(t, r.ExplainedAfter(), 0.5)
}

func TestHealthyHasNoFinding(t *testing.T) {
	c := sines(t)
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
	require.Empty(t, r.Findings)

	stuck := &fit.History{Epochs: []fit.Epoch{{Loss: 1}, {Loss: 1}}}
	r, err = doctor.Examine(context.Background(), c, doctor.Options{Observed: stuck})
	require.NoError(t, err)
	require.Equal(t, doctor.LookAtTheLoop, r.Cause)
}

func TestNoSignalAlsoNamesTheRate(t *testing.T) {
	data, err := dataset.Random(1000, []int{10}, []int{1}, 42)
	require.NoError(t, err)
	c := sines(t)
	c.Data, c.Optimizer, c.Epochs, c.BatchSize = data, optim.Adam(1e-7), 10, 32
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.NoSignal, r.Cause, r.Verdict())
	require.Len(t, r.Findings, 2, "the rate keeps it from the constant")
	require.Empty(t, r.AgainstItself())
	require.Equal(t, doctor.LearningRateTooLow, r.Findings[1].Cause)
}

func TestMemoryIsNoHealth(t *testing.T) {
	data, err := dataset.Random(120, []int{10}, []int{1}, 4)
	require.NoError(t, err)
	c := sines(t)
	c.Data, c.Epochs, c.Optimizer = data, 150, optim.Adam(5e-3)
	net := c.Model.(nn.Sequential)
	net[0], net[1] = nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 64, Activation: nn.ReLU{}}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Greater(t, r.ExplainedBefore(), 0.5, "it fits its rows")
	require.Equal(t, doctor.NoSignal, r.Cause, r.Verdict())
}

func TestSameCaseSameReport(t *testing.T) {
	c := sines(t)
	c.Optimizer = optim.SGD(50)
	var first []byte
	for range 2 {
		r, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		text, err := json.Marshal(r)
		require.NoError(t, err)
		if first == nil {
			first = text
		}
		require.Equal(t, string(first), string(text))
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := doctor.Examine(ctx, sines(t), doctor.Options{})
	require.ErrorIs(t, err, context.Canceled)
}

func TestRefusesCases(t *testing.T) {
	for name, change := range map[string]func(*training.Training){
		"no model":       func(c *training.Training) { c.Model = nil },
		"no loss":        func(c *training.Training) { c.Loss = nil },
		"no optimizer":   func(c *training.Training) { c.Optimizer = optim.Optimizer{} },
		"epochs":         func(c *training.Training) { c.Epochs = -1 },
		"split":          func(c *training.Training) { c.ValidationSplit = 1 },
		"other features": func(c *training.Training) { c.InputShape = []int{4} },
		"no rows":        func(c *training.Training) { c.Data = dataset.Data{} },
	} {
		c := sines(t)
		change(&c)
		_, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.Error(t, err, name)
	}
}

func shift(c *training.Training, by float32) {
	y := scaled(c.Data.Y, 1)
	for i := range y.Values {
		y.Values[i] = y.Values[i]*by/4 + by
	}
	c.Data.Y = y
}

func scaled(a dataset.Array, by float32) dataset.Array {
	out := dataset.Array{Shape: a.Shape, Values: make([]float32, len(a.Values))}
	for i, v := range a.Values {
		out.Values[i] = v * by
	}
	return out
}

func sortBy(order []int, key func(int) float32) {
	for i := range order {
		for j := i; j > 0 && key(order[j]) < key(order[j-1]); j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
}
