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
		return cleared(r, unreplayed(len(r.Steps)))
	}
	require.Nil(t, changed(false, false))
	require.Nil(t, changed(true, false), "a part that is kept as it is")
	require.Nil(t, changed(false, true), "combined by hand")
	f := changed(true, true)
	require.NotNil(t, f)
	require.Equal(t, GradientsCleared, f.Cause)
	require.Contains(t, f.Evidence, "first.weight")
}

// A clear between two backward passes through separate parts is found where it comes at every step; gradients that come once more with the
// last pass were only looked at, and a part that is cleared now and then may be meant.
func TestClearedApart(t *testing.T) {
	changed := func(every int, again bool) *Finding {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		for k := range r.Steps {
			s := &r.Steps[k]
			s.Passes = [][]int{nil, nil}
			for i := range r.Parameters {
				own, ok := s.of("own", i)
				if !ok {
					continue
				}
				at := 1
				if i < 2 {
					at = 0
				}
				s.Passes[at] = append(s.Passes[at], i)
				if i < 2 && again {
					s.Passes[1] = append(s.Passes[1], i)
				}
				if i < 2 && !again && k%every == 0 {
					s.values[fmt.Sprintf("grad/%d", i)] = dataset.Array{Shape: own.Shape, Values: make([]float32, len(own.Values))}
				}
			}
		}
		return cleared(r, unreplayed(len(r.Steps)))
	}
	require.Nil(t, changed(1, true))
	require.Nil(t, changed(2, false))
	f := changed(1, false)
	require.NotNil(t, f)
	require.Equal(t, GradientsCleared, f.Cause)
	require.Contains(t, f.Evidence, "first.weight")
}

// Of passes that together have the claimed loss's gradient, and of which the optimizer saw the last alone, the others were cleared. It isn't so where it saw
// something else than the last, as of gradients combined by hand, nor where the last has the claimed loss's, the others being looked at.
func TestClearedWhole(t *testing.T) {
	same, apart, twice := products{1, 1, 1}, products{1, 0.5, 2}, products{4, 2, 1}
	judged := func(own, seen, last products) *Finding {
		r, err := Read(unpacked(t, string(Correct)))
		require.NoError(t, err)
		all := unreplayed(len(r.Steps))
		for k := range r.Steps {
			r.Steps[k].Backwards = 2
			all.steps[k].own, all.steps[k].seen, all.steps[k].last = own, seen, last
		}
		return cleared(r, all)
	}
	f := judged(same, apart, same)
	require.NotNil(t, f)
	require.Equal(t, GradientsCleared, f.Cause)
	require.Equal(t, lastPass, f.way)
	require.Nil(t, judged(same, apart, apart), "combined by hand")
	require.Nil(t, judged(twice, same, same), "looked at")
	require.Nil(t, judged(same, same, apart), "all of them count")
	require.Nil(t, judged(apart, apart, same), "of another loss than the claimed one")
	require.Nil(t, judged(same, apart, products{}), "the last one's gradient isn't known")
}
