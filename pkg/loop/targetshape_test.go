package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Of a correct loop that gives outputs and targets one shape by itself, and the watch its targets as they were, the shape is known that
// the losses are of, whatever is added to the loss or divided out of it.
func TestTargetRow(t *testing.T) {
	for _, name := range []string{"loop-correct", "loop-correct-accumulated", "loop-correct-clipped", "loop-correct-normalized"} {
		for _, given := range []struct {
			rank int
			of   func(loss float64) float64
			want []int
		}{
			{2, func(l float64) float64 { return l }, nil},
			{1, func(l float64) float64 { return l }, []int{1}},
			{1, func(l float64) float64 { return l / 4 }, []int{1}},
			{1, func(l float64) float64 { return l + 0.01 }, []int{1}},
		} {
			r, err := Read(unpacked(t, name))
			require.NoError(t, err)
			for k := range r.Steps {
				s := &r.Steps[k]
				y := s.values["y"]
				y.Shape = y.Shape[:given.rank]
				s.values["y"] = y
				*s.Loss = given.of(*s.Loss)
			}
			report, err := Diagnose(t.Context(), r, Options{})
			require.NoError(t, err)
			require.Empty(t, report.Findings)
			require.Equal(t, given.want, report.TargetRow, "%s, targets of rank %d", name, given.rank)
		}
	}
}
