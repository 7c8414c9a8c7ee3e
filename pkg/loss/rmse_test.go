package loss_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

func TestRMSE(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		m, err := fit.Compile(identity, optim.SGD(0), loss.MSE{}, fit.Options{Backend: b, Metrics: []loss.Metric{loss.RMSE{}, loss.MAE{}}})
		require.NoError(t, err)
		// errors 1, 2, 3: mean square 14/3; the mean of roots over the two batches would be another number
		data := dataset.Data{X: array([]float32{1, 2, 3}, 3, 1), Y: array([]float32{0, 0, 0}, 3, 1)}
		h, err := m.Fit(ctx, data, fit.Config{BatchSize: 2, Validation: data})
		require.NoError(t, err)
		r, err := m.Evaluate(ctx, data)
		require.NoError(t, err)
		for _, metrics := range []map[string]float64{h.Epochs[0].Metrics, h.Epochs[0].Validation.Metrics, r.Metrics} {
			require.InDelta(t, math.Sqrt(14.0/3), metrics["root_mean_squared_error"], 1e-6)
			require.InDelta(t, 2, metrics["mae"], 1e-6)
		}
	})
}

func TestMetricsRefused(t *testing.T) {
	for _, c := range []struct {
		metrics []loss.Metric
		want    string
	}{
		{[]loss.Metric{nil}, "metric 0 is nil"},
		{[]loss.Metric{loss.RMSE{}, loss.RMSE{}}, `two metrics are named "root_mean_squared_error"`},
		{[]loss.Metric{loss.BinaryAccuracy{Threshold: math.NaN()}}, "Threshold is NaN"},
	} {
		_, err := fit.Compile(identity, optim.SGD(0), loss.MSE{}, fit.Options{Metrics: c.metrics})
		require.ErrorContains(t, err, c.want)
	}
}
