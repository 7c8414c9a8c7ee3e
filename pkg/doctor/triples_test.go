package doctor_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Of three faults each hides the others: no change cures alone, nor do two. The doctor adds a third to the two that help most, and
// names all three, the contradiction first.
func TestThreeFaultsTogether(t *testing.T) {
	threefold := func(rate float64) training.Training {
		c := rings(2, nn.Softmax{}, loss.BinaryCrossentropy{}) // softmax over one unit
		for i := range c.Data.X.Values {
			c.Data.X.Values[i] = 800*c.Data.X.Values[i] + 4000
		}
		c.Optimizer, c.Epochs = optim.Adam(rate), 20
		return c
	}
	for name, c := range map[string]struct {
		training training.Training
		third    []doctor.Cause
	}{
		"and too small a rate": {threefold(0.0003), []doctor.Cause{doctor.LearningRateTooLow, doctor.TooFewEpochs}},
		"and too much dropout": {func() training.Training {
			c := threefold(0.003)
			c.Epochs = 60
			c.Model = nn.Sequential{nn.Dense{Units: 16, Activation: nn.ReLU{}}, nn.Dropout{Rate: 0.8}, nn.Dense{Units: 1, Activation: nn.Softmax{}}}
			return c
		}(), []doctor.Cause{doctor.OverRegularized}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), c.training, doctor.Options{})
			require.NoError(t, err)
			require.Len(t, r.Findings, 3, r.Verdict())
			require.Equal(t, doctor.LossOutputMismatch, r.Cause)
			var causes []doctor.Cause
			for _, f := range r.Findings {
				require.True(t, f.Verified)
				causes = append(causes, f.Cause)
			}
			require.Contains(t, causes, doctor.UnscaledInputs)
			require.True(t, slices.ContainsFunc(c.third, func(c doctor.Cause) bool { return slices.Contains(causes, c) }), "%v: %s", causes, r.Verdict())
			require.Contains(t, r.Verdict(), "loss-output-mismatch with ")
			require.Contains(t, r.Verdict(), " and ")
			require.Greater(t, r.ExplainedAfter(), 0.5)
		})
	}
}
