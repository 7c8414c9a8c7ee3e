package doctor_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Of a training that can't be run as it is given nobody says that its loss is not a number: the reason is known.
func TestWhatCannotBeTrainedIsSaidWithItsReason(t *testing.T) {
	sparse := func() training.Training { return rings(3, nn.Softmax{}, loss.SparseCategoricalCrossentropy{}) }
	frozen := sparse()
	frozen.Model = nn.Frozen{Layer: frozen.Model}
	outside := sparse()
	for i := range outside.Data.Y.Values {
		outside.Data.Y.Values[i]++
	}
	stray := sparse()
	stray.Data.Y.Values[3] = 10
	for name, c := range map[string]struct {
		given training.Training
		cause doctor.Cause
		why   string
		ran   bool
	}{
		"all layers frozen":        {frozen, doctor.FrozenWeights, "nothing in it is trainable, so the loss stays where it is", false},
		"labels from 1":            {outside, doctor.LossOutputMismatch, "labels that are no class have no loss", true},
		"one label of no class":    {stray, doctor.LossOutputMismatch, "labels that are no class have no loss", true},
		"class numbers for shares": {rings(3, nn.Softmax{}, loss.CategoricalCrossentropy{}), doctor.LossOutputMismatch, "categorical_crossentropy can't compare 3 outputs with 1 target a row", false},
		"class numbers for means":  {rings(3, nil, loss.MSE{}), doctor.LossOutputMismatch, "mse can't compare 3 outputs with 1 target a row", false},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := doctor.Examine(context.Background(), c.given, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, c.cause, r.Cause)
			require.Equal(t, c.why, r.Untrained)
			require.Contains(t, r.Verdict(), "It can't be trained as given: "+c.why+"; with the treatment 0.")
			require.NotContains(t, r.Verdict(), "not a number")
			require.Equal(t, c.ran, r.Before != nil)
			table := report.Treatments(r)
			require.Equal(t, "none: as given", table.Rows[0][0])
			require.Equal(t, !c.ran, table.Rows[0][2] == "not trained")
		})
	}
}

// What was run keeps its numbers, and its NaN: one NaN among the inputs makes all weights NaN, and is no refusal.
func TestWhatWasTrainedIsToldByItsNumbers(t *testing.T) {
	c := rings(3, nn.Softmax{}, loss.SparseCategoricalCrossentropy{})
	c.Data.X.Values[7] = float32(math.NaN())
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Empty(t, r.Untrained)
	require.Contains(t, r.Verdict(), "The loss is not a number; with the treatment 0.")
}
