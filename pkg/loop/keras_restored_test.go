package loop

import (
	"maps"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// again are compiled steps that were recorded once and run in that order, where what each begins with isn't seen: it is taken to be what
// the one before has left.
func again(t *testing.T, order []int) *Recording {
	r, err := Read(kerasUnpacked(t, "loop-correct-fit"))
	require.NoError(t, err)
	ran := r.Steps
	r.Steps = nil
	for k, n := range order {
		s := ran[n]
		s.Number, s.View, s.values = k+1, viewWeights, maps.Clone(s.values)
		for i := range r.Parameters {
			for _, kind := range []string{"own", "grad", "start", "delta"} {
				delete(s.values, arrayName(kind, i))
			}
			s.values[arrayName("after", i)] = s.weights[i]
			if delete(s.values, arrayName("before", i)); k == 0 {
				s.values[arrayName("before", i)] = s.before[i]
			}
		}
		delete(s.values, "out/0")
		s.Stepped = nil
		r.Steps = append(r.Steps, s)
	}
	r.follow()
	return r
}

// Weights that are put back ahead of a compiled step, where nobody sees it, are told by its loss: it is the claimed one with the weights that
// an earlier step began with.
func TestWeightsThatArePutBackUnseen(t *testing.T) {
	b := gobackend.GetBackend()
	for name, c := range map[string]struct {
		order  []int
		memory bool   // what the optimizer remembers isn't known, nor what its updates should be
		how    string // empty: no finding
	}{
		"to the very beginning":         {[]int{0, 1, 2, 0, 1, 2, 0, 1}, true, "those of the very beginning again (2 of 7 steps)"},
		"to the beginning of the third": {[]int{0, 1, 2, 3, 2, 3, 2, 3}, true, "those of the beginning of step 3 again (2 of 7 steps)"},
		"at each step":                  {[]int{0, 0, 0, 0, 0}, true, "those of the very beginning again (4 of 4 steps)"},
		"nothing is put back":           {[]int{0, 1, 2, 3}, true, ""},
		"and its updates don't go on":   {[]int{0, 1, 2, 0, 1, 2, 0, 1}, false, ""}, // Adam's, which was made anew
	} {
		r := again(t, c.order)
		r.Optimizers[0].HasMemory = c.memory
		all, err := r.replay(t.Context(), b)
		require.NoError(t, err, name)
		var before []dataset.Array
		for k := range r.Steps {
			before = append(before, r.Steps[k].before...)
		}
		r.restored(b, all)
		f, _ := overwritten(r)
		if all.program != nil {
			all.program.close()
		}
		if c.how == "" {
			require.Nil(t, f, name)
			var after []dataset.Array
			for k := range r.Steps {
				after = append(after, r.Steps[k].before...)
			}
			require.Equal(t, before, after, name)
			continue
		}
		require.NotNil(t, f, name)
		require.Contains(t, f.Evidence, c.how, name)
		for k := range r.Steps {
			require.InEpsilon(t, *r.Steps[k].Loss, all.steps[k].value, 1e-4, name)
		}
	}
}
