package doctor_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// A loss that is summed over the batch is no fault where the rate suits it; with the rate of a mean it is the rate that is too high,
// and the report says why.
func TestSummedLoss(t *testing.T) {
	for _, asTorch := range []bool{false, true} {
		c := sines(t)
		c.Loss, c.BatchSize = loss.Summed{Of: loss.MSE{}, AsTorch: asTorch}, 32
		c.Optimizer = optim.SGD(0.1 / 32)
		require.Equal(t, 32, c.SummedTerms())
		r, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())

		c.Optimizer = optim.SGD(0.5)
		r, err = doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		require.Equal(t, doctor.LearningRateTooHigh, r.Cause, r.Verdict())
		require.Contains(t, r.Findings[0].Evidence(), "the loss a sum of 32 terms, on which it acts as 16 does on their mean")

		c.Optimizer = optim.Adam(3e-3) // which doesn't look at how large gradients are
		r, err = doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())
		require.False(t, strings.Contains(r.Verdict(), "sum of"))
	}
}
