package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// moved is a loop of ten steps over a weight of 48 numbers, each of which is moved on by up to that by the optimizer, and changed behind that.
func moved(by float32, change func(k int, start, w []float32)) *Recording {
	r := &Recording{Framework: torchFramework, Parameters: []Parameter{{Name: "w", Shape: []int{48}, Trainable: true, Model: true}}}
	var w []float32
	for n := range 48 {
		w = append(w, float32(math.Sin(float64(n*n)+0.5)))
	}
	array := func() []dataset.Array {
		return []dataset.Array{{Shape: []int{48}, Values: append([]float32{}, w...)}}
	}
	start := array()[0].Values
	for k := range 10 {
		s := Step{Number: k + 1, Arrayed: true, Events: []string{"step"}, before: array()}
		for n := range w {
			w[n] += by * float32(math.Cos(float64(n)+float64(k)/7))
		}
		s.weights = array()
		s.values = map[string]dataset.Array{"after/0": s.weights[0]}
		r.Steps = append(r.Steps, s)
		change(k, start, w)
	}
	return r
}

func towards(share float64) func(int, []float32, []float32) {
	return func(_ int, point, w []float32) {
		for n := range w {
			w[n] += float32(share * float64(point[n]-w[n]))
		}
	}
}

// Weights that go a share of the way to weights that stay are pulled back; a decay, a pull of a thousandth, an average that follows and what
// happens at a few steps alone aren't.
func TestPulledBack(t *testing.T) {
	average := make([]float32, 48)
	for name, c := range map[string]struct {
		change func(k int, start, w []float32)
		named  bool
	}{
		"to the start": {towards(0.1), true},
		"to other weights": {func(k int, start, w []float32) {
			other := make([]float32, len(start))
			for n := range other {
				other[n] = float32(math.Sin(float64(7 * n)))
			}
			towards(0.05)(k, other, w)
		}, true},
		"to the start, by a hundredth": {towards(0.01), false},
		"a decay":                      {func(_ int, _, w []float32) { copy(w, multiplied(w, 0.9)) }, false},
		"to an average that follows": {func(k int, start, w []float32) {
			for n := range w {
				if k == 0 {
					average[n] = start[n]
				}
				average[n] += 0.5 * (w[n] - average[n])
			}
			towards(0.1)(k, average, w)
		}, false},
		"at each third step": {func(k int, start, w []float32) {
			if k%3 == 2 {
				towards(0.5)(k, start, w)
			}
		}, false},
		"nothing": {func(int, []float32, []float32) {}, false},
	} {
		f := pulledBack(moved(0.01, c.change))
		require.Equal(t, c.named, f != nil, name)
		if c.named {
			require.Equal(t, WeightsOverwritten, f.Cause, name)
			require.Contains(t, f.Evidence, "of the way to one and the same point", name)
		}
	}
}
