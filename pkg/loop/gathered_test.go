package loop

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// A loop that adds gradients up in variables of its own, uses them at every second batch and never sets them to zero is found, also where it takes their
// mean or clips it. One that sets them to zero isn't, nor are a momentum and a running mean that forgets.
func TestGathered(t *testing.T) {
	const size, every = 40, 2
	judged := func(keep, by float32, clips bool) *Finding {
		random := rand.New(rand.NewSource(7))
		r := &Recording{Parameters: []Parameter{{Name: "w", Shape: []int{size}, Model: true, Trainable: true}}}
		total := make([]float32, size)
		for k := range 12 {
			own := make([]float32, size)
			for i := range own {
				own[i] = float32(random.NormFloat64() + 0.5)
				total[i] += own[i] * by
			}
			array := func(v []float32) dataset.Array {
				return dataset.Array{Shape: []int{size}, Values: append([]float32(nil), v...)}
			}
			s := Step{Number: k + 1, Arrayed: true, Backwards: 1, Events: []string{"backward"}, values: map[string]dataset.Array{"own/0": array(own)}}
			if (k+1)%every == 0 {
				s.Events, s.Stepped = append(s.Events, "step"), []int{0}
				seen := array(total)
				if n := norm(seen.Values); clips {
					for i := range seen.Values {
						seen.Values[i] /= float32(n)
					}
				}
				s.values["grad/0"] = seen
				for i := range total {
					total[i] *= keep
				}
			}
			r.Steps = append(r.Steps, s)
		}
		return gathered(r)
	}
	for _, f := range []*Finding{judged(1, 1, false), judged(1, 0.5, false), judged(1, 1, true)} {
		require.NotNil(t, f)
		require.Equal(t, GradientsAccumulate, f.Cause)
		require.Equal(t, 4, f.Step)
		require.Contains(t, f.Evidence, "5 of 5 steps")
	}
	require.Nil(t, judged(0, 1, false))
	require.Nil(t, judged(0, 0.5, true))
	require.Nil(t, judged(0.9, 1, false), "a momentum")
	require.Nil(t, judged(0.5, 0.5, false), "a running mean")
}
