package loop

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// A step of two backward passes of which the first is thrown away is found; gradients that are taken from a part of the model, and those
// that a loop combines by hand, are no fault.
func TestClearedBetween(t *testing.T) {
	changed := func(gone, others bool) *Finding {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		for k := range r.Steps {
			s := &r.Steps[k]
			s.Backwards = 2
			for i := range r.Parameters {
				own, ok := s.of("own", i)
				switch {
				case !ok:
				case i < 2 && gone:
					s.Absent, s.Stepped = append(s.Absent, i), slices.DeleteFunc(s.Stepped, func(j int) bool { return j == i })
				case i >= 2 && others:
					part := slices.Clone(own.Values)
					part[0] = -2*part[0] - 1
					s.values[fmt.Sprintf("grad/%d", i)] = dataset.Array{Shape: own.Shape, Values: part}
				}
			}
		}
		return cleared(r)
	}
	require.Nil(t, changed(false, false))
	require.Nil(t, changed(true, false), "a part that is kept as it is")
	require.Nil(t, changed(false, true), "combined by hand")
	f := changed(true, true)
	require.NotNil(t, f)
	require.Equal(t, GradientsCleared, f.Cause)
	require.Contains(t, f.Evidence, "first.weight")
}
