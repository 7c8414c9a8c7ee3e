package loop

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// Gradients of which all but a little is set to 0, here and there, are changed, and not cleared; a mask that stays and one that keeps the
// largest are meant, and gradients that are all cleared are another fault.
func TestMasked(t *testing.T) {
	changed := func(keep func(n int, rank float64) bool) *Recording {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		for k := range r.Steps {
			s := &r.Steps[k]
			for i := range r.Parameters {
				own, ok := s.of("own", i)
				if !ok {
					continue
				}
				there := s.accumulated(i)
				sorted := slices.SortedFunc(slices.Values(there), func(a, b float32) int { return cmp.Compare(b*b, a*a) })
				own.Values = slices.Clone(there)
				for n, v := range there {
					if rank := slices.IndexFunc(sorted, func(w float32) bool { return w*w <= v*v }); !keep(n, float64(rank)/float64(len(sorted))) {
						own.Values[n] = 0
					}
				}
				s.values[arrayName("grad", i)] = own
			}
		}
		return r
	}
	r := changed(func(_ int, rank float64) bool { return rank > 0.7 })
	f := masked(r)
	require.NotNil(t, f)
	require.Equal(t, GradientsChanged, f.Cause)
	require.Nil(t, cleared(r, unreplayed(len(r.Steps))))
	require.Nil(t, masked(changed(func(n int, _ float64) bool { return n == 0 })), "the same places at each step")
	require.Nil(t, masked(changed(func(_ int, rank float64) bool { return rank <= 0.1 })), "the largest tenth")
	all := changed(func(int, float64) bool { return false })
	require.Nil(t, masked(all))
	require.NotNil(t, cleared(all, unreplayed(len(all.Steps))))
}
