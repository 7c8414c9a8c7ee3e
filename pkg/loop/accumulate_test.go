package loop

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// batches are steps of one parameter: each batch has a gradient of its own, the optimizer makes a step at every n-th, and clears behind that
// unless it keeps what was there.
func batches(n int, keeps bool) *Recording {
	r := &Recording{Parameters: []Parameter{{Name: "w", Shape: []int{2}, Model: true, Trainable: true}}}
	there := []float32{0, 0}
	for k := range 12 {
		array := func(values []float32) dataset.Array { return dataset.Array{Shape: []int{2}, Values: values} }
		own := []float32{float32(k%5) + 1, float32(k%3) - 1}
		s := Step{Number: k + 1, Arrayed: true, Backwards: 1, Events: []string{"forward", "watch", "backward"}, values: map[string]dataset.Array{"own/0": array(own)}}
		if there[0] != 0 {
			s.values["start/0"] = array(there)
		}
		there = sum(there, own)
		if (k+1)%n == 0 {
			s.Events, s.Stepped = append(s.Events, "step"), []int{0}
			if !keeps {
				there = []float32{0, 0}
			}
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}

// Gradients that are kept behind the optimizer's step pile up, whether it comes at each batch or at every few; those that are added up over the
// batches of one step don't.
func TestGradientsThatPileUp(t *testing.T) {
	for n := 1; n <= 4; n++ {
		t.Run(fmt.Sprintf("a step in %d batches", n), func(t *testing.T) {
			require.Nil(t, accumulate(batches(n, false)))
			f := accumulate(batches(n, true))
			require.NotNil(t, f)
			require.Equal(t, GradientsAccumulate, f.Cause)
			require.Equal(t, 2*n, f.Step)
			if n > 1 {
				require.Contains(t, f.Evidence, "the batches since its last step")
			}
		})
	}
}
