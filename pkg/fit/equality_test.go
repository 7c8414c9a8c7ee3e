package fit_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// equalCases are trainings that must give the same numbers however they are executed.
var equalCases = []struct {
	name     string
	net      nn.Sequential
	rows     int
	weighted bool
}{
	{"whole batches", example1(), 128, false},
	{"partial last batch", example1(), 70, false},
	{"sample weights", example1(), 70, true},
	{"one partial batch", example1(), 7, true},
	{"regularized", nn.Sequential{nn.Dense{Units: 8, KernelRegularizer: nn.L1L2{L1: 1e-3, L2: 1e-2}}, nn.Dense{Units: 1}}, 70, true},
	// without a bias: its gradient would be 0 but for rounding, of which Adam makes whole steps at random
	{"batch normalization", nn.Sequential{nn.Dense{Units: 16, NoBias: true}, nn.BatchNormalization{Momentum: 0.9}, nn.ReLU{}, nn.Dense{Units: 1}}, 70, false},
	{"dropout", nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dropout{Rate: 0.4}, nn.Dense{Units: 1}}, 70, true},
}

// equalData has rows of 10 features, sample weights if wanted, and validation rows of its own.
func equalData(t *testing.T, rows int, weighted bool) (train, validation dataset.Data) {
	t.Helper()
	train, err := dataset.Random(rows, []int{10}, []int{1}, 11)
	require.NoError(t, err)
	validation, err = dataset.Random(33, []int{10}, []int{1}, 12)
	require.NoError(t, err)
	if weighted {
		rng := rand.New(rand.NewPCG(3, 3))
		for range rows {
			train.SampleWeight = append(train.SampleWeight, 2*rng.Float32())
		}
		train.SampleWeight[0] = 0
	}
	return train, validation
}

// trainEqual trains ten epochs and returns every number that a training reports.
func trainEqual(t *testing.T, i int, options fit.Options) (steps, weights, rest []float64) {
	t.Helper()
	c := equalCases[i]
	train, validation := equalData(t, c.rows, c.weighted)
	options.Seed, options.Metrics = 1, []loss.Metric{loss.MAE{}}
	m := compile(t, c.net, optim.Adam(1e-3), options)
	h, err := m.Fit(ctx, train, fit.Config{Epochs: 10, Validation: validation})
	require.NoError(t, err)
	for _, l := range h.Steps {
		steps = append(steps, float64(l))
	}
	for _, w := range weightsOf(t, m) {
		for _, v := range w.Values {
			weights = append(weights, float64(v))
		}
	}
	for _, e := range h.Epochs {
		rest = append(rest, e.Loss, e.Metrics["mae"], e.Validation.Loss, e.Validation.Metrics["mae"])
	}
	r, err := m.Evaluate(ctx, validation)
	require.NoError(t, err)
	return steps, weights, append(rest, r.Loss, r.Metrics["mae"])
}

func TestFusedEqualsStepwise(t *testing.T) {
	b := backendtest.XLA(t)
	for i, c := range equalCases {
		t.Run(c.name, func(t *testing.T) {
			steps1, weights1, rest1 := trainEqual(t, i, fit.Options{Backend: b})
			steps2, weights2, rest2 := trainEqual(t, i, fit.Options{Backend: b, Stepwise: true})
			alike(t, "step losses", steps1, steps2, 1e-5, 1e-7)
			alike(t, "epochs", rest1, rest2, 1e-5, 1e-7)
			alike(t, "weights", weights1, weights2, 1e-4, 1e-5)
		})
	}
}

func TestXLAEqualsGo(t *testing.T) {
	b := backendtest.XLA(t)
	for i, c := range equalCases {
		t.Run(c.name, func(t *testing.T) {
			steps1, weights1, rest1 := trainEqual(t, i, fit.Options{Backend: b})
			steps2, weights2, rest2 := trainEqual(t, i, fit.Options{Backend: goBackend})
			alike(t, "step losses", steps1, steps2, 1e-4, 1e-6)
			alike(t, "epochs", rest1, rest2, 1e-4, 1e-6)
			alike(t, "weights", weights1, weights2, 1e-3, 1e-4)
		})
	}
}

func TestSameSeedSameNumbers(t *testing.T) {
	for i, c := range equalCases {
		t.Run(c.name, func(t *testing.T) {
			steps1, weights1, rest1 := trainEqual(t, i, fit.Options{Backend: goBackend})
			steps2, weights2, rest2 := trainEqual(t, i, fit.Options{Backend: goBackend})
			require.Equal(t, steps1, steps2)
			require.Equal(t, weights1, weights2)
			require.Equal(t, rest1, rest2)
		})
	}
}

// alike compares two lists of numbers and logs the largest relative difference.
func alike(t *testing.T, what string, a, b []float64, relative, absolute float64) {
	t.Helper()
	require.Len(t, b, len(a))
	worst := 0.0
	for i := range a {
		d := math.Abs(a[i] - b[i])
		if !(d <= absolute || d <= relative*math.Abs(b[i])) {
			t.Errorf("%s: number %d is %g and %g", what, i, a[i], b[i])
		}
		worst = max(worst, d/max(math.Abs(b[i]), absolute))
	}
	t.Logf("%s: %d numbers, largest relative difference %.2g", what, len(a), worst)
}
