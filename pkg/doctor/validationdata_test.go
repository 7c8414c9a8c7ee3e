package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/training"
)

// Validation rows of their own are judged as those that a split holds out, and prepared with the others.
func TestValidationRowsOfTheirOwn(t *testing.T) {
	split := sines(t)
	split.Data.X = scaled(split.Data.X, 1000)
	split.ValidationSplit = 0.25
	own := split
	own.Data, own.Validation, own.ValidationSplit = split.TrainData(), split.ValidationData(), 0
	reports := map[string]*doctor.Report{}
	for name, c := range map[string]training.Training{"split": split, "own": own} {
		r, err := doctor.Examine(context.Background(), c, doctor.Options{})
		require.NoError(t, err)
		reports[name] = r
	}
	want, got := reports["split"], reports["own"]
	require.Equal(t, doctor.UnscaledInputs, want.Cause)
	require.Equal(t, want.Cause, got.Cause)
	require.True(t, got.Findings[0].Verified)
	for name, pair := range map[string][2]*doctor.Outcome{"before": {want.Before, got.Before}, "after": {want.After, got.After}} {
		require.InEpsilon(t, pair[0].Loss, pair[1].Loss, 1e-6, name)
		require.InEpsilon(t, pair[0].ValidationLoss, pair[1].ValidationLoss, 1e-6, name)
		require.InDelta(t, pair[0].ValidationExplained, pair[1].ValidationExplained, 1e-6, name)
		require.Equal(t, pair[0].Predictions.Shape, pair[1].Predictions.Shape, name)
	}
	require.Contains(t, got.Findings[0].Treatment.Keras, "x_val = (x_val - x.mean(0)) / x.std(0)")
	_, err := report.HTML(t.Context(), got)
	require.NoError(t, err)
}

// No order of the rows trained on changes rows of their own.
func TestRowsOfTheirOwnAreNoSortedSplit(t *testing.T) {
	c := sines(t)
	c.Validation = dataset.Data{X: c.Data.X, Y: scaled(c.Data.Y, 1)}
	for i := range c.Validation.Y.Values {
		c.Validation.Y.Values[i] += 3
	}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.NotEqual(t, doctor.SortedSplit, r.Cause)
	require.Less(t, r.Before.ValidationExplained, 0.0)
}
