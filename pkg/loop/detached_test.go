package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Weights that outputs depend on and that no gradient reaches are cut off, though their layer isn't called; of those that nothing depends on
// there is nothing to say.
func TestDetachedByTheirData(t *testing.T) {
	changed := func(used bool) *Finding {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		r.Called = r.Called[1:]
		for k := range r.Steps {
			s := &r.Steps[k]
			for _, kind := range []string{"own", "start", "grad", "after", "delta"} {
				delete(s.values, arrayName(kind, 0))
			}
			if k > 0 {
				delete(s.values, arrayName("before", 0))
			}
			s.Reached = nil
			s.Absent = []int{0}
		}
		r.follow()
		if used {
			r.Used = []int{0}
		}
		return detached(r)
	}
	require.Nil(t, changed(false))
	f := changed(true)
	require.NotNil(t, f)
	require.Equal(t, Detached, f.Cause)
	require.Contains(t, f.Evidence, "first.weight")
}
