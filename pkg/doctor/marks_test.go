package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
)

// Numbers among the targets that stand for "missing" keep everything else from being learned. They are named with what takes them out,
// from validation rows too, and what can be explained is told of the rows that remain.
func TestTargetsThatStandForMissing(t *testing.T) {
	for name, c := range map[string]struct {
		mark  float32
		every int
		held  bool
		says  string
	}{
		"-999, an eighth":                {-999, 8, false, "rows whose target is -999"},
		"-99, every third":               {-99, 3, false, "rows whose target is -99"},
		"9999":                           {9999, 10, false, "rows whose target is 9999"},
		"a fill value":                   {1e20, 6, false, "rows whose target is 1e20"},
		"with validation rows of theirs": {-999, 8, true, "rows whose target is -999"},
	} {
		t.Run(name, func(t *testing.T) {
			given := sines(t)
			given.Data.Y = dataset.Array{Shape: given.Data.Y.Shape, Values: append([]float32(nil), given.Data.Y.Values...)}
			for row := 0; row < given.Data.Rows(); row += c.every {
				given.Data.Y.Values[row] = c.mark
			}
			if c.held {
				n := given.Data.Rows()
				given.Validation, given.Data = given.Data.Range(n*3/4, n), given.Data.Range(0, n*3/4)
			}
			r, err := doctor.Examine(context.Background(), given, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, doctor.UnscaledTargets, r.Cause, r.Verdict())
			require.True(t, r.Findings[0].Verified, r.Verdict())
			require.Contains(t, r.Findings[0].Treatment.Text, c.says)
			require.Contains(t, r.Findings[0].Treatment.Text, "--missing-value")
			require.Empty(t, r.Treated.Training.Data.Y.RowsWith(c.mark))
			if c.held {
				require.Empty(t, r.Treated.Training.Validation.Y.RowsWith(c.mark))
				require.Contains(t, r.Findings[0].Treatment.Keras, "x_val, y_val = x_val[keep], y_val[keep]")
			}
			require.Greater(t, r.ExplainedAfter(), 0.7)
			require.NotContains(t, r.Remark, "memorized", "of the rows that remain more can be explained")
			require.Contains(t, r.CeilingText(), "With the treatment:")
		})
	}
}
