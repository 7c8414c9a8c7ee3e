package doctor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// largeTargets is a regression on targets of a size, by some optimizer.
func largeTargets(size float32, o optim.Optimizer) training.Training {
	c := told(1, func(x []float32) []float32 { return []float32{size * (1 + x[0] - 0.5*x[1]*x[1])} }, nn.Dense{Units: 1}, loss.MSE{})
	c.Optimizer, c.Epochs = o, 100
	return c
}

// Of two cures of a training whose updates are far too large and whose targets somewhat, the rate is the smaller change. Where it
// doesn't do as well, or the targets are far too large, those are named.
func TestRateOrTargets(t *testing.T) {
	for name, c := range map[string]struct {
		training training.Training
		cause    doctor.Cause
	}{
		"a high rate, targets of 30":     {largeTargets(30, optim.SGD(0.3)), doctor.LearningRateTooHigh},
		"a usual rate, targets of 5000":  {largeTargets(5000, optim.SGD(0.1)), doctor.UnscaledTargets},
		"Adam doesn't get there, of 400": {largeTargets(400, optim.Adam(0.001)), doctor.UnscaledTargets},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(t.Context(), c.training, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, c.cause, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified)
			require.Empty(t, r.AgainstItself())
		})
	}
}
