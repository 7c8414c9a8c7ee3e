package fit_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// A weighted batch's loss is the sum of weight·loss over its rows, divided by their number and not by
// the weights' sum, as Keras' "sum_over_batch_size" has it. Metrics are not weighted.
func TestSampleWeight(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		// errors 1, 2, 3; weights 4, 0, 1
		data := dataset.Data{X: array([]float32{1, 2, 3}, 3, 1), Y: array([]float32{0, 0, 0}, 3, 1), SampleWeight: []float32{4, 0, 1}}
		m, err := fit.Compile(identity, optim.SGD(0), loss.MSE{}, fit.Options{Backend: b, Metrics: []loss.Metric{loss.MAE{}}})
		require.NoError(t, err)
		h, err := m.Fit(ctx, data, fit.Config{BatchSize: 2, NoShuffle: true, Validation: data})
		require.NoError(t, err)
		require.InDeltaSlice(t, []float32{(4*1 + 0*4) / 2.0, 1 * 9}, h.Steps, 1e-6)
		want := (4*1 + 0*4 + 1*9) / 3.0
		require.InDelta(t, want, h.Epochs[0].Loss, 1e-6)
		require.InDelta(t, want, h.Epochs[0].Validation.Loss, 1e-6)
		require.InDelta(t, 2, h.Epochs[0].Metrics["mae"], 1e-6)
		r, err := m.Evaluate(ctx, data)
		require.NoError(t, err)
		require.InDelta(t, want, r.Loss, 1e-6)
	})
}

// A weight of 0 takes a row out of the training, in every batch and on every path.
func TestSampleWeightZero(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		clean := noise(t, 40)
		spoiled := noise(t, 40)
		for i := range 40 {
			clean.SampleWeight = append(clean.SampleWeight, float32(i%4))
			if i%4 == 0 {
				spoiled.Y.Values[i] = 1e6
			}
		}
		spoiled.SampleWeight = clean.SampleWeight
		var all [][]fit.Weight
		for _, data := range []dataset.Data{clean, spoiled} {
			m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 2})
			_, err := m.Fit(ctx, data, fit.Config{Epochs: 3, BatchSize: 16})
			require.NoError(t, err)
			all = append(all, weightsOf(t, m))
		}
		require.Equal(t, all[0], all[1])
	})
}

// Weights of 1 are no weights.
func TestSampleWeightOne(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		plain, weighted := noise(t, 40), noise(t, 40)
		for range 40 {
			weighted.SampleWeight = append(weighted.SampleWeight, 1)
		}
		var all [][]float64
		for _, data := range []dataset.Data{plain, weighted} {
			m := compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 2})
			h, err := m.Fit(ctx, data, fit.Config{Epochs: 3, BatchSize: 16, ValidationSplit: 0.25})
			require.NoError(t, err)
			all = append(all, append(h.Loss(), h.ValidationLoss()...))
		}
		alike(t, "losses", all[0], all[1], 1e-6, 1e-7)
	})
}
