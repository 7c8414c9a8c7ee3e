package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// signs is which side of a line a point is on, but for each twentieth, which is on the other.
func signs(t *testing.T) training.Training {
	c := sines(t)
	c.Loss = loss.BinaryCrossentropy{}
	c.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, Activation: nn.Sigmoid{}}
	for i := range c.Data.Y.Values {
		x := c.Data.X.Row(i)
		c.Data.Y.Values[i] = 0
		if (x[0]+x[1] > 0) != (i%20 == 7) {
			c.Data.Y.Values[i] = 1
		}
	}
	return c
}

// Weights of classes make a loss larger, and that of the best constant prediction with it: they are no fault, and where there is
// one it is named all the same.
func TestClassWeightIsNoFault(t *testing.T) {
	c := signs(t)
	c.ClassWeight = map[int]float64{0: 20, 1: 25}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, r.Verdict())

	weighted := c.Data
	weighted.SampleWeight = c.TrainData().SampleWeight
	byRow := c
	byRow.Data, byRow.ClassWeight = weighted, nil
	same, err := doctor.Examine(context.Background(), byRow, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, r.Before.Loss, same.Before.Loss)
	require.Equal(t, r.Before.Explained, same.Before.Explained)

	c.Optimizer = c.Optimizer.WithRate(1e-7)
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.LearningRateTooLow, r.Cause, r.Verdict())
}

// What is explained of training and validation rows is compared by one measure: weights of classes count in both, as weights of rows do.
func TestClassWeightCountsOnBothSides(t *testing.T) {
	c := signs(t)
	c.ValidationSplit = 0.3
	c.ClassWeight = map[int]float64{0: 1, 1: 10}
	byRow := c
	byRow.Data, byRow.ClassWeight = c.ClassWeighted(c.Data), nil
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	same, err := doctor.Examine(context.Background(), byRow, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, same.Before.ValidationLoss, r.Before.ValidationLoss)
	require.Equal(t, same.Before.ValidationExplained, r.Before.ValidationExplained)
	require.Equal(t, same.Cause, r.Cause)
}
