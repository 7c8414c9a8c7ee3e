package fit_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A mean by weights is that of weights whose mean is 1, batch by batch: in training, in its history and in evaluation.
func TestMeanByWeight(t *testing.T) {
	d, err := dataset.Random(8, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	d.SampleWeight = []float32{1, 2, 3, 6, 0, 0, 8, 2}
	scaled := d
	scaled.SampleWeight = nil
	for i, w := range d.SampleWeight {
		scaled.SampleWeight = append(scaled.SampleWeight, w/[]float32{3, 2.5}[i/4])
	}
	run := func(l loss.Loss, d dataset.Data) (*fit.Model, []float64) {
		m, err := fit.Compile(nn.Dense{Units: 1}, optim.SGD(0.1), l, fit.Options{Backend: gobackend.GetBackend(), Seed: 2})
		require.NoError(t, err)
		h, err := m.Fit(context.Background(), d, fit.Config{Epochs: 3, BatchSize: 4, NoShuffle: true})
		require.NoError(t, err)
		return m, h.Loss()
	}
	byWeight, got := run(loss.MeanByWeight{Of: loss.MSE{}}, d)
	plain, want := run(loss.MSE{}, scaled)
	require.InDeltaSlice(t, want, got, 1e-6)
	_, other := run(loss.MSE{}, d)
	require.Greater(t, other[2]-got[2], 0.0) // larger weights are longer steps there, and larger losses

	e, err := byWeight.Evaluate(context.Background(), d)
	require.NoError(t, err)
	whole := d
	whole.SampleWeight = nil
	for _, w := range d.SampleWeight {
		whole.SampleWeight = append(whole.SampleWeight, w/2.75) // one batch of all
	}
	expected, err := plain.Evaluate(context.Background(), whole)
	require.NoError(t, err)
	require.InDelta(t, expected.Loss, e.Loss, 1e-6)
}
