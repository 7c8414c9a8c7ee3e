package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// twoTargets is a training of rows of two numbers by a last layer of some units.
func twoTargets(t *testing.T, units int, l loss.Loss) training.Training {
	t.Helper()
	d, err := dataset.Random(200, []int{4}, []int{2}, 1)
	require.NoError(t, err)
	for i := range 200 {
		for j := range 2 {
			d.Y.Values[2*i+j] = d.X.Values[4*i+j]
		}
	}
	return training.Training{Model: nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dense{Units: units}}, Data: d, Optimizer: optim.Adam(0.01), Loss: l, Epochs: 60}
}

// One output for several targets a row, which Keras and PyTorch train by broadcasting, is told as what it is and mended with the same loss; as many outputs as
// targets are none.
func TestOneOutputForSeveralTargets(t *testing.T) {
	for name, l := range map[string]loss.Loss{"mse": loss.MSE{}, "mae": loss.MAE{}, "huber": loss.Huber{Delta: 1}} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, doctor.Contradictions(twoTargets(t, 2, l)))
			c := twoTargets(t, 1, l)
			require.Len(t, doctor.Contradictions(c), 1)
			require.Contains(t, doctor.Contradictions(c)[0], "one output is compared with 2 targets a row")
			r, err := doctor.Examine(context.Background(), c, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.LossOutputMismatch, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified)
			mended, err := r.Findings[0].Treatment.Apply(c)
			require.NoError(t, err)
			require.Equal(t, l, mended.Loss)
			require.Equal(t, 2, mended.Model.(nn.Sequential)[1].(nn.Dense).Units)
		})
	}
}
