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

// levels is a training on signals that tells for each of eight times whether the signal is low, middle or high.
func levels(last nn.Layer, l loss.Loss) training.Training {
	const rows, times = 80, 8
	rng := rand.New(rand.NewPCG(7, 8))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, times, 2}}, Y: dataset.Array{Shape: []int{rows, times}}}
	for range rows * times {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		d.X.Values = append(d.X.Values, float32(a), float32(b))
		d.Y.Values = append(d.Y.Values, float32(min(2, max(0, math.Floor(a+b+1.5)))))
	}
	return training.Training{Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, last}, Data: d, Optimizer: optim.Adam(0.01), Loss: l, Epochs: 40, BatchSize: 8, Seed: 1}
}

// A row may have many places with a label each, and what tells their classes may be a convolution: what doesn't belong together is
// named there too, and mended place by place.
func TestLabelsOfPlaces(t *testing.T) {
	sparse := loss.SparseCategoricalCrossentropy{}
	for name, c := range map[string]struct {
		training training.Training
		change   func(y []float32)
		want     string
	}{
		"Dense, logits":        {levels(nn.Dense{Units: 3}, sparse), nil, "give the last layer 3 units with softmax activation"},
		"Conv1D, logits":       {levels(nn.Conv1D{Filters: 3, KernelSize: []int{1}}, sparse), nil, "give the last layer 3 units with softmax activation"},
		"classes from 1":       {levels(nn.Conv1D{Filters: 3, KernelSize: []int{1}, Activation: nn.Softmax{}}, sparse), func(y []float32) { add(y, 1) }, "number the classes from 0"},
		"a few labels of none": {levels(nn.Dense{Units: 3, Activation: nn.Softmax{}}, sparse), func(y []float32) { y[9], y[100] = -1, 7 }, "rows 2, 13"},
		"one label of padding": {levels(nn.Dense{Units: 3, Activation: nn.Softmax{}}, sparse), func(y []float32) {
			for i := 7; i < len(y); i += 8 {
				y[i] = 255
			}
		}, "let the loss pass over the label 255"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.change != nil {
				c.change(c.training.Data.Y.Values)
			}
			r, err := doctor.Examine(context.Background(), c.training, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
			require.Contains(t, r.Findings[0].Treatment.Text, c.want)
			require.True(t, r.Findings[0].Verified, r.Verdict())
		})
	}
	t.Run("well", func(t *testing.T) {
		r, err := doctor.Examine(context.Background(), levels(nn.Conv1D{Filters: 3, KernelSize: []int{1}, Activation: nn.Softmax{}}, sparse), doctor.Options{})
		require.NoError(t, err)
		require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
	})
}

func add(values []float32, n float32) {
	for i := range values {
		values[i] += n
	}
}
