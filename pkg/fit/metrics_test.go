package fit_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// summed are metrics that are no mean over rows, with one value and with several, of weighted rows and of others.
var summed = []loss.Metric{
	loss.AUC{},
	loss.Reported{Metric: loss.AUC{Curve: "PR", NumThresholds: 5000}, Name: "prc", Weighted: true}, // 10002 numbers: not all steps' fit
	loss.Precision{Thresholds: []float64{0.4, 0.6}},
	loss.Reported{Metric: loss.TruePositives{}, Weighted: true},
	loss.R2Score{},
	loss.Reported{Metric: loss.MAE{}, Weighted: true},
	loss.RMSE{},
}

// classified has rows of 3 features, targets 0 and 1, and weights.
func classified(t *testing.T, rows int) dataset.Data {
	d := noise(t, rows)
	rng := rand.New(rand.NewPCG(5, 6))
	for i := range d.Y.Values {
		d.Y.Values[i] = float32(rng.IntN(2))
		d.SampleWeight = append(d.SampleWeight, float32(rng.IntN(4)))
	}
	return d
}

// However the steps are executed, metrics come out alike: the fused loop in several executions, in chunks, step by step.
func TestMetricsOnAllEngines(t *testing.T) {
	xla := backendtest.XLA(t)
	net := nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}}
	train, validation := classified(t, 71), classified(t, 33)
	first := map[string]float64{}
	for _, c := range []struct {
		name string
		fit.Options
	}{
		{"steps in pure Go", fit.Options{Backend: goBackend}},
		{"fused", fit.Options{Backend: xla}},
		{"chunked", fit.Options{Backend: xla, MemoryLimit: 400}},
		{"stepwise", fit.Options{Backend: xla, Stepwise: true}},
	} {
		c.Seed, c.Metrics = 1, summed
		m, err := fit.Compile(net, optim.Adam(1e-2), loss.MSE{}, c.Options)
		require.NoError(t, err)
		h, err := m.Fit(ctx, train, fit.Config{Epochs: 3, BatchSize: 2, Validation: validation}) // 36 steps an epoch, 108 in all
		require.NoError(t, err, c.name)
		r, err := m.Evaluate(ctx, validation)
		require.NoError(t, err)
		all := map[string]float64{}
		for _, e := range h.Epochs {
			require.Len(t, e.Metrics, len(summed)+1)
			for name, v := range e.Metrics {
				all[fmt.Sprint(e.Number, name)], all[fmt.Sprint(e.Number, "val_", name)] = v, e.Validation.Metrics[name]
			}
		}
		for name, v := range r.Metrics {
			require.InDelta(t, v, h.Epochs[2].Validation.Metrics[name], 1e-6, name)
		}
		if len(first) == 0 {
			first = all
		}
		for name, v := range first {
			require.InDelta(t, v, all[name], 2e-3, "%s: %s", c.name, name)
		}
	}
}

// The value of an epoch is that of all its rows, whatever the batches, the last one filled up.
func TestMetricsOfAnEpochAreThoseOfItsRows(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data := classified(t, 71)
		data.X = dataset.Array{Shape: []int{71, 1}, Values: make([]float32, 71)}
		rng := rand.New(rand.NewPCG(7, 7))
		for i := range data.X.Values {
			data.X.Values[i] = (data.Y.Values[i] + 2*rng.Float32()) / 3
		}
		m, err := fit.Compile(identity, optim.SGD(0), loss.MSE{}, fit.Options{Backend: b, Metrics: summed})
		require.NoError(t, err)
		whole, err := m.Evaluate(ctx, data)
		require.NoError(t, err)
		require.Greater(t, whole.Metrics["auc"], 0.6)
		require.Less(t, whole.Metrics["auc"], 0.99)
		require.NotEqual(t, whole.Metrics["precision[0]"], whole.Metrics["precision[1]"])
		for _, size := range []int{4, 71} {
			h, err := m.Fit(ctx, data, fit.Config{Epochs: 2, BatchSize: size, Validation: data})
			require.NoError(t, err)
			for _, e := range h.Epochs {
				for name, v := range whole.Metrics {
					require.InDelta(t, v, e.Metrics[name], 1e-5, name)
					require.InDelta(t, v, e.Validation.Metrics[name], 1e-5, name)
				}
			}
		}
		weighted, positives := 0.0, 0.0
		for i, w := range data.SampleWeight {
			if data.X.Values[i] > 0.5 && data.Y.Values[i] == 1 {
				weighted += float64(w)
				positives++
			}
		}
		require.NotEqual(t, positives, weighted)
		require.Equal(t, weighted, whole.Metrics["true_positives"])
	})
}

// Callbacks find each of several values by its name, and what is best of it.
func TestNamesOfMetrics(t *testing.T) {
	m := compile(t, small(), optim.SGD(0.1), fit.Options{Metrics: []loss.Metric{loss.Precision{Thresholds: []float64{0.4, 0.6}}, loss.FalsePositives{}}})
	var names []string
	var better []bool
	look := fit.OnEpochEnd(func(r *fit.Run) error {
		names = r.Names()
		for _, n := range names {
			better = append(better, r.HigherIsBetter(n))
			_, ok := r.History.Epochs[0].Value(n)
			require.True(t, ok, n)
		}
		return nil
	})
	_, err := m.Fit(ctx, noise(t, 8), fit.Config{ValidationSplit: 0.25, Callbacks: []fit.Callback{look}})
	require.NoError(t, err)
	require.Equal(t, []string{"loss", "precision[0]", "precision[1]", "false_positives", "val_loss", "val_precision[0]", "val_precision[1]", "val_false_positives"}, names)
	require.Equal(t, []bool{false, true, true, false, false, true, true, false}, better)
}

// A metric that doesn't suit the data says which it is.
func TestMetricThatDoesNotFit(t *testing.T) {
	for _, metric := range []loss.Metric{loss.AUC{NumLabels: 2, MultiLabel: true}, loss.Precision{ClassID: []int{3}}, loss.Recall{TopK: 2}} {
		m := compile(t, small(), optim.SGD(0.1), fit.Options{Metrics: []loss.Metric{metric}})
		_, err := m.Fit(ctx, noise(t, 8), fit.Config{})
		require.ErrorContains(t, err, fmt.Sprintf("metric %q", metric))
		_, err = compile(t, small(), optim.SGD(0.1), fit.Options{Metrics: []loss.Metric{metric}}).Evaluate(ctx, noise(t, 8))
		require.ErrorContains(t, err, fmt.Sprintf("metric %q", metric))
	}
}
