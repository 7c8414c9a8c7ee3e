package record_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/gomlx/compute/gobackend"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

// training is a short training that measures everything at every second step.
func training(t testing.TB) *fit.History {
	t.Helper()
	d, err := dataset.Random(40, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	net := nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 1}}
	m, err := fit.Compile(net, optim.Adam(1e-2), loss.MSE{}, fit.Options{
		Backend: gobackend.GetBackend(), Metrics: []loss.Metric{loss.RMSE{}}, ProbeEvery: 2,
		Probes: append(probe.Cheap(), probe.InputGradient{}, probe.NonFinite{}, probe.Histogram{Bins: 8, Low: -1, High: 1}, probe.Histogram{Of: probe.Weights, Bins: 4}),
	})
	require.NoError(t, err)
	h, err := m.Fit(context.Background(), d, fit.Config{Epochs: 3, BatchSize: 8, ValidationSplit: 0.25})
	require.NoError(t, err)
	return h
}

// strange holds every number that is hard to write down.
func strange() *fit.History {
	nan, inf := math.NaN(), math.Inf(1)
	return &fit.History{
		Steps: []float32{float32(nan), float32(inf), float32(-inf), math.SmallestNonzeroFloat32, math.MaxFloat32, 0.1, float32(math.Copysign(0, -1))},
		Epochs: []fit.Epoch{
			{Number: 7, Loss: nan, LearningRate: math.SmallestNonzeroFloat64, Metrics: map[string]float64{"a,\"b\"\n": -inf}, Duration: 1},
			{Number: 8, Loss: 0.1, LearningRate: math.MaxFloat64, Validation: &fit.Result{Loss: inf, Metrics: map[string]float64{}}},
			{Number: 9, Validation: &fit.Result{Metrics: map[string]float64{"c": 1.0 / 3}}, Duration: time.Hour},
		},
		Readings: fit.Readings{
			Columns: []fit.ReadingColumn{{Name: "one/ü", Size: 1}, {Name: "two", Size: 2}},
			Steps:   []int{2, 5},
			Rows:    [][]float32{{1, float32(nan), 1e-45}, {float32(inf), 0.3, -1}},
		},
		Stopped: "loss is NaN\n: \"stop\"",
	}
}

// same compares to the last bit; any NaN is like any other, -0 isn't 0.
func same(t *testing.T, want, got *fit.History) {
	t.Helper()
	bits := cmp.Options{
		cmp.Comparer(func(a, b float64) bool { return a != a && b != b || math.Float64bits(a) == math.Float64bits(b) }),
		cmp.Comparer(func(a, b float32) bool { return a != a && b != b || math.Float32bits(a) == math.Float32bits(b) }),
	}
	require.Empty(t, cmp.Diff(want, got, bits))
}
