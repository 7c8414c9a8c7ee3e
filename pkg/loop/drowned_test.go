package loop

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Noise that is many times as long as the gradient drowns it; a little of it, a decay that is added by hand, and a momentum don't.
func TestNoiseThatDrownsGradients(t *testing.T) {
	for _, size := range []int{400, 60} {
		drownsNoise(t, size)
	}
}

func drownsNoise(t *testing.T, size int) {
	random := rand.New(rand.NewSource(3))
	normal := func(by float32) []float32 {
		v := make([]float32, size)
		for i := range v {
			v[i] = by * float32(random.NormFloat64())
		}
		return v
	}
	weights, sums := normal(20), make([]float32, size)
	for what, c := range map[string]struct {
		added   func(own []float32) []float32
		drowned bool
		rises   float64 // the loss, by the step
	}{
		"noise of a few times, and the loss rises": {func([]float32) []float32 { return normal(6) }, true, 0.1},
		"noise of a few times, and it falls":       {func([]float32) []float32 { return normal(6) }, false, -0.1},
		"much noise":                               {func([]float32) []float32 { return normal(30) }, true, 0},
		"some noise":                               {func([]float32) []float32 { return normal(2) }, false, 0},
		"nothing":                                  {func([]float32) []float32 { return normal(0) }, false, 0},
		"the weights' decay":                       {func([]float32) []float32 { return weights }, false, 0},
		"a momentum":                               {func(own []float32) []float32 { sums = sum(sums, own); return sums }, false, 0},
		"a factor": {func(own []float32) []float32 {
			v := make([]float32, size)
			for i := range v {
				v[i] = 50 * own[i]
			}
			return v
		}, false, 0},
	} {
		random.Seed(5) // the cases come in any order
		r := &Recording{Parameters: []Parameter{{Name: "w", Shape: []int{size}, Model: true, Trainable: true}}}
		for k := range 8 {
			own := normal(1)
			array := func(v []float32) dataset.Array { return dataset.Array{Shape: []int{size}, Values: v} }
			loss := 2 + c.rises*float64(k)
			r.Steps = append(r.Steps, Step{Number: k + 1, Loss: &loss, Arrayed: true, Backwards: 1, Stepped: []int{0}, Events: []string{"backward", "step"},
				values: map[string]dataset.Array{"own/0": array(own), "grad/0": array(sum(own, c.added(own)))}})
		}
		f := drowned(r)
		require.Equal(t, c.drowned, f != nil, what)
		if f != nil {
			require.Equal(t, GradientsChanged, f.Cause)
			require.Regexp(t, "that is ([5-7]|2[6-9]|3[0-4])[.0-9]* times as long", f.Evidence)
		}
	}
}
