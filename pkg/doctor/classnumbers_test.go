package doctor_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// One class number a row is a finding under every loss that doesn't take it, and none under those that do; it is cured by the
// loss that does.
func TestClassNumbers(t *testing.T) {
	for _, c := range []struct {
		loss  loss.Loss
		takes bool
	}{
		{loss.CategoricalCrossentropy{}, false},
		{loss.CategoricalFocalCrossentropy{}, false},
		{loss.KLDivergence{}, false},
		{loss.CategoricalHinge{}, false},
		{loss.MSE{}, false},
		{loss.BinaryCrossentropy{}, false},
		{loss.SparseCategoricalCrossentropy{}, true},
		{loss.CategoricalGeneralizedCrossEntropy{}, true},
	} {
		t.Run(fmt.Sprintf("%T", c.loss), func(t *testing.T) {
			d, err := dataset.Random(120, []int{4}, []int{1}, 1)
			require.NoError(t, err)
			for i := range d.Y.Values {
				d.Y.Values[i] = float32(int(2.999 * d.X.Values[4*i]))
			}
			d.Y.Shape = []int{120}
			r, err := doctor.Examine(context.Background(), training.Training{
				Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 3, Activation: nn.Softmax{}}},
				Data:  d, Optimizer: optim.Adam(0.02), Loss: c.loss, Epochs: 30, ValidationSplit: 0.2,
			}, doctor.Options{})
			require.NoError(t, err)
			if c.takes {
				require.NotEqual(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
				return
			}
			require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified)
			require.Contains(t, r.Findings[0].Treatment.Text, "sparse_categorical_crossentropy")
		})
	}
}

// A ReLU in front of logits lets a training learn some of its classes, and takes the others from it.
func TestReLUInFrontOfLogits(t *testing.T) {
	d, err := dataset.Random(300, []int{4}, []int{1}, 1)
	require.NoError(t, err)
	for i := range d.Y.Values {
		d.Y.Values[i] = float32(int(4.999 * d.X.Values[4*i]))
	}
	c := training.Training{
		Model: nn.Sequential{nn.Dense{Units: 32, Activation: nn.ReLU{}}, nn.Dense{Units: 5, Activation: nn.ReLU{}}},
		Data:  d, Optimizer: optim.Adam(0.02), Loss: loss.SparseCategoricalCrossentropy{FromLogits: true}, Epochs: 60, Seed: 3,
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Greater(t, r.ExplainedBefore(), 0.5, "it learns")
	require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
	require.True(t, r.Findings[0].Verified)

	c.Model = nn.Sequential{nn.Dense{Units: 32, Activation: nn.ReLU{}}, nn.Dense{Units: 5}}
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
}
