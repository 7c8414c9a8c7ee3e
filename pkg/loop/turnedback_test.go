package loop

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// An average of the weights that is copied into them again and again takes nearly all of the way back that they have come; one that is
// halfway, as of an optimizer that looks ahead, doesn't.
func TestAveragesThatAreCopiedBack(t *testing.T) {
	every := func(n int, keep float32) func(int, []float32, []float32) {
		return func(k int, slow, w []float32) {
			if k%n == n-1 {
				for i := range w {
					slow[i] += keep * (w[i] - slow[i])
					w[i] = slow[i]
				}
			}
		}
	}
	for name, c := range map[string]struct {
		change func(int, []float32, []float32)
		named  bool
	}{
		"a tenth, at each step":       {every(1, 0.1), true},
		"a hundredth, at every third": {every(3, 0.01), true},
		"half, at every third":        {every(3, 0.5), false},
		"a fifth, at every third":     {every(3, 0.2), false},
	} {
		f, _ := overwritten(stepping(c.change))
		require.Equal(t, c.named, f != nil, name)
	}
}

// An average that follows slowly is one of several of the weights: it is told from a step halfway back where it has taken back less of
// the way, as behind the first steps of an optimizer's own average that is written into the model to score it. A mean of all weights, which
// takes back half, may be meant.
func TestAveragesThatFollowSlowly(t *testing.T) {
	for name, c := range map[string]struct {
		follow func(k int) float64 // how far the average goes to each step's weights
		fixed  float32             // how far the weights go back to where the last jump has put them, in place of the average; 0: the average
		named  bool
	}{
		"a hundredth, from the first step's weights on": {func(k int) float64 { return map[bool]float64{true: 1, false: 0.01}[k == 0] }, 0, true},
		"a twentieth, from the first weights on":        {func(int) float64 { return 0.05 }, 0, true},
		"the mean":                                      {func(k int) float64 { return 1 / float64(k+1) }, 0, false},
		"a fifth of the way from one point":             {nil, 0.2, false},
		"a third of the way from one point":             {nil, 0.33, false},
	} {
		r := wandering(11, 40, func(k int, w, average, from []float32) {
			for n := range w {
				if c.follow != nil {
					average[n] += float32(c.follow(k)) * (w[n] - average[n])
				}
			}
			if k%5 != 4 {
				return
			}
			for n := range w {
				if c.follow == nil {
					w[n] = from[n] + c.fixed*(w[n]-from[n])
				} else {
					w[n] = average[n]
				}
			}
			copy(from, w)
		})
		f, _ := overwritten(r)
		require.Equal(t, c.named, f != nil, "%s: %v", name, f)
	}
}

// wandering are so many steps of weights, whose changes have little in common; behind each the loop may change them, beside an average
// that begins with the first weights and where they were put last.
func wandering(steps, weights int, behind func(k int, w, average, from []float32)) *Recording {
	random := rand.New(rand.NewPCG(1, 2))
	r := &Recording{Framework: kerasFramework, Parameters: []Parameter{{Name: "w", Shape: []int{weights}, Trainable: true, Model: true}}}
	w, drift := make([]float32, weights), make([]float32, weights)
	for n := range w {
		w[n], drift[n] = float32(random.NormFloat64()), float32(0.01*random.NormFloat64())
	}
	average, from := slices.Clone(w), slices.Clone(w)
	array := func() []dataset.Array {
		return []dataset.Array{{Shape: []int{weights}, Values: slices.Clone(w)}}
	}
	for k := range steps {
		s := Step{Number: k + 1, Arrayed: true, Events: []string{"step"}, before: array()}
		for n := range w {
			w[n] += drift[n] + float32(0.003*random.NormFloat64())
		}
		s.weights = array()
		s.values = map[string]dataset.Array{"after/0": s.weights[0]}
		r.Steps = append(r.Steps, s)
		behind(k, w, average, from)
	}
	return r
}
