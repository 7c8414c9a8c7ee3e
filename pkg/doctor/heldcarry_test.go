package doctor_test

import (
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

// opposite are rows to validate on of which a training knows nothing: their targets are turned around.
func opposite(c training.Training, rows int) dataset.Data {
	d := c.Data.Range(0, rows)
	d.Y = scaled(d.Y, -1)
	return d
}

// A gap is a finding on as many rows as carry it, and on no fewer.
func TestGapOnFewRows(t *testing.T) {
	c := sines(t)
	for name, held := range map[string]dataset.Data{"one row": opposite(c, 1), "two rows": opposite(c, 2), "four rows": opposite(c, 4), "one target": opposite(c, 40), "many": opposite(c, 40)} {
		if name == "one target" {
			for i := range held.Y.Values {
				held.Y.Values[i] = -3
			}
		}
		c.Validation = held
		r, err := doctor.Examine(t.Context(), c, doctor.Options{SideBySide: 1})
		require.NoError(t, err)
		require.Less(t, r.Before.ValidationExplained, 0.0, name)
		if name == "many" {
			require.NotEqual(t, doctor.Healthy, r.Cause, r.Verdict())
			continue
		}
		require.Equal(t, doctor.Healthy, r.Cause, "%s: %s", name, r.Verdict())
		require.Contains(t, r.Remark, "validation rows", name)
	}
}

// A class that only validation rows have is a mismatch, and none that is said to be learned by heart.
func TestValidationRowsOfAnotherClass(t *testing.T) {
	d, err := dataset.Random(150, []int{3}, []int{1}, 4)
	require.NoError(t, err)
	for i := range d.Y.Values {
		d.Y.Values[i] = float32(math.Floor(float64(d.X.Values[3*i]) * 3))
	}
	c := training.Training{
		Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 3, Activation: nn.Softmax{}}},
		Data:  d, Optimizer: optim.Adam(0.02), Loss: loss.SparseCategoricalCrossentropy{}, Epochs: 60,
	}
	for _, stranger := range []float32{3, -1} {
		own, split := c, c
		own.Data, own.Validation = d.Range(0, 110), d.Range(110, 150)
		own.Validation.Y = scaled(own.Validation.Y, 1)
		own.Validation.Y.Values[7] = stranger
		split.Data.Y = scaled(d.Y, 1)
		split.Data.Y.Values[117], split.ValidationSplit = stranger, 40./150
		for name, c := range map[string]training.Training{"own": own, "split": split} {
			r, err := doctor.Examine(t.Context(), c, doctor.Options{SideBySide: 1})
			require.NoError(t, err)
			require.Equal(t, doctor.LossOutputMismatch, r.Cause, "%s: %s", name, r.Verdict())
			require.True(t, math.IsNaN(r.Before.ValidationExplained))
			require.Contains(t, r.Findings[0].Symptoms[0].Text, "in row 8 of these")
			require.Greater(t, r.After.ValidationExplained, 0.5, "mended they have a loss")
		}
	}
}

// Validation rows without a loss accuse nobody of learning by heart.
func TestNoLossOnValidationRowsIsNoGap(t *testing.T) {
	c := sines(t)
	c.Validation = opposite(c, 40)
	c.Validation.X = scaled(c.Validation.X, 1)
	c.Validation.X.Values[0] = float32(math.Inf(1))
	r, err := doctor.Examine(t.Context(), c, doctor.Options{SideBySide: 1})
	require.NoError(t, err)
	require.True(t, math.IsNaN(r.Before.ValidationProgress), r.Before.ValidationProgress)
	require.NotEqual(t, doctor.Overfitting, r.Cause, r.Verdict())
}

// Where a constant is perfect nothing is told of what is learned.
func TestNothingToExplain(t *testing.T) {
	c := sines(t)
	c.Data = c.Data.Range(0, 1)
	c.Epochs = 300
	r, err := doctor.Examine(t.Context(), c, doctor.Options{SideBySide: 1})
	require.NoError(t, err)
	require.NotEqual(t, doctor.Healthy, r.Cause, r.Verdict())
	t.Log(r.Verdict())
}

// Targets whose squares float32 has no number for don't "hardly differ".
func TestCeilingOfVastTargets(t *testing.T) {
	c := sines(t)
	c.Data.Y = scaled(c.Data.Y, 1e25)
	r, err := doctor.Examine(t.Context(), c, doctor.Options{SideBySide: 1})
	require.NoError(t, err)
	require.Contains(t, r.Ceiling.String(), "variance isn't one")
	require.NotContains(t, r.Ceiling.String(), "hardly differ")
}
