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

func sums(rows int) training.Training {
	rng := rand.New(rand.NewPCG(9, 10))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 3}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for range rows {
		a, b, c := rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()
		d.X.Values = append(d.X.Values, float32(a), float32(b), float32(c))
		d.Y.Values = append(d.Y.Values, float32(a-b+math.Abs(c)))
	}
	return training.Training{Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, Data: d,
		Optimizer: optim.Adam(0.01), Loss: loss.MSE{}, Epochs: 30, BatchSize: 16, Seed: 2}
}

// A few targets out of all proportion hide what the others say: the doctor names their rows.
func TestTargetsOutOfAllProportion(t *testing.T) {
	for name, far := range map[string][]float32{"a decimal point": {1e6}, "missing": {-999, -999, -999}, "both": {1e5, -1e5}} {
		t.Run(name, func(t *testing.T) {
			c := sums(240)
			for i, v := range far {
				c.Data.Y.Values[17*i+5] = v
			}
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.UnscaledTargets, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified, r.Verdict())
			require.Contains(t, r.Findings[0].Treatment.Text, "out of all proportion, or correct")
			require.Regexp(t, `rows? 6\b`, r.Findings[0].Evidence(), "counted from 1")
			require.Equal(t, 240-len(far), r.Treated.Training.Data.Rows())
			require.Greater(t, r.ExplainedAfter(), 0.8)
		})
	}
}

// So are features of a few rows: standardized with them, the others would be squeezed to nothing.
func TestFeaturesOutOfAllProportion(t *testing.T) {
	c := sums(240)
	for column := range 3 {
		c.Data.X.Values[3*(17*column+5)+column] = 1e6
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.UnscaledInputs, r.Cause, r.Verdict())
	require.True(t, r.Findings[0].Verified, r.Verdict())
	require.Contains(t, r.Findings[0].Treatment.Text, "take out the 3 rows with a feature out of all proportion, or correct them: rows 6, 23, 40")
	require.Greater(t, r.ExplainedAfter(), 0.8)
}

// Long tails are no mistakes.
func TestLongTailsAreNoOutliers(t *testing.T) {
	c := sums(240)
	for i, v := range c.Data.Y.Values {
		c.Data.Y.Values[i] = float32(1000 * math.Exp(1.2*float64(v)))
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.UnscaledTargets, r.Cause, r.Verdict())
	require.Contains(t, r.Findings[0].Treatment.Text, "standardize the targets")
}
