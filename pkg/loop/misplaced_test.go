package loop

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A weight that is updated by another's gradient, or by its own in another order, is named, however all of them were shortened; gradients that
// are shortened alone, drowned in noise or shared by a weight that has none aren't.
func TestMisplacedGradients(t *testing.T) {
	changed := func(change func(s *Step, own [][]float32) [][]float32) *Recording {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		for k := range r.Steps {
			s := &r.Steps[k]
			var own [][]float32
			for i := range r.Parameters {
				own = append(own, slices.Clone(s.accumulated(i)))
			}
			for i, g := range change(s, own) {
				a, ok := s.of("own", i)
				require.True(t, ok)
				a.Values = g
				s.values[arrayName("grad", i)] = a
			}
		}
		return r
	}
	half := func(g []float32) []float32 { return multiple(g, 0.5) }

	fromTheStart := func(_ *Step, own [][]float32) (all [][]float32) {
		flat := slices.Concat(own...)
		for _, g := range own {
			all = append(all, half(flat[:len(g)]))
		}
		return all
	}
	f := misplaced(changed(fromTheStart))
	require.NotNil(t, f)
	require.Equal(t, GradientsChanged, f.Cause)
	require.Contains(t, f.Evidence, "of the gradient of")

	f = misplaced(changed(func(_ *Step, own [][]float32) (all [][]float32) {
		for _, g := range own {
			slices.Reverse(g)
			all = append(all, g)
		}
		return all
	}))
	require.NotNil(t, f)
	require.Contains(t, f.Evidence, "its own numbers in another order")

	require.Nil(t, misplaced(changed(func(_ *Step, own [][]float32) (all [][]float32) {
		for _, g := range own {
			all = append(all, half(g))
		}
		return all
	})), "shortened")
	n := 0
	noisy := changed(func(_ *Step, own [][]float32) (all [][]float32) {
		for _, g := range own {
			for i := range g {
				n++
				g[i] += float32(n*7919%1000-500) / 10
			}
			all = append(all, g)
		}
		return all
	})
	require.Nil(t, misplaced(noisy), "drowned in noise")
	require.Contains(t, turnedAway(noisy), "turned away from what they were, over ")
	require.Empty(t, turnedAway(changed(func(_ *Step, own [][]float32) [][]float32 { return own })))

	shared := changed(fromTheStart)
	for k := range shared.Steps {
		s := &shared.Steps[k]
		for i := range shared.Parameters {
			if a, ok := s.of("own", i); ok {
				a.Values = make([]float32, len(a.Values))
				s.values[arrayName("own", i)] = a
			}
		}
	}
	require.Nil(t, misplaced(shared), "weights that have no gradient of their own may be meant to get another's")
}
