package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// stepping is a loop of eight steps that each move four weights by a step of their own, and change them behind that.
func stepping(change func(k int, start, w []float32)) *Recording {
	r := &Recording{Framework: torchFramework, Parameters: []Parameter{{Name: "w", Shape: []int{4}, Trainable: true, Model: true}}}
	start := []float32{0.1, -0.2, 0.3, -0.4}
	at := append([]float32{}, start...)
	array := func(v []float32) []dataset.Array {
		return []dataset.Array{{Shape: []int{4}, Values: append([]float32{}, v...)}}
	}
	for k := range 8 {
		s := Step{Number: k + 1, Arrayed: true, Events: []string{"step"}, before: array(at)}
		for n := range at {
			at[n] += []float32{0.05, -0.04, 0.03, -0.02}[n] * float32(1+(k*n)%3)
		}
		s.weights = array(at)
		s.values = map[string]dataset.Array{"after/0": s.weights[0], "y": {Shape: []int{1}, Values: []float32{1}}}
		r.Steps = append(r.Steps, s)
		change(k, start, at)
	}
	return r
}

func limit(to float32) func(int, []float32, []float32) {
	return func(_ int, _, w []float32) {
		for n := range w {
			w[n] = min(max(w[n], -to), to)
		}
	}
}

// Weights that are limited so far that little is left of a step are named where the claimed loss is one of its outputs and targets; a
// wide limit, and a critic's, is a remark, and none is none.
func TestWeightsThatAreLimited(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(int, []float32, []float32)
		claimed bool
		named   bool
		remark  string
	}{
		"narrow":     {limit(0.01), true, true, ""},
		"a critic's": {limit(0.01), false, false, "between -0.01 and 0.01 ahead of 7 of 7 steps; 100 %"},
		"one-sided": {func(_ int, _, w []float32) {
			for n := range w {
				w[n] = max(w[n], -0.25)
			}
		}, true, false, "at least -0.25 ahead of 6 of 7 steps; 50 %"},
		"far":         {limit(10), true, false, ""},
		"none":        {func(int, []float32, []float32) {}, true, false, ""},
		"scaled down": {func(_ int, _, w []float32) { copy(w, multiplied(w, 0.9)) }, true, false, ""},
		"once": {func(k int, _, w []float32) {
			if k == 3 {
				limit(0.01)(k, nil, w)
			}
		}, true, false, ""},
	} {
		r := stepping(c.change)
		all := unreplayed(8)
		for k := range all.steps {
			if c.claimed {
				all.steps[k].claim = &claim{}
			}
		}
		f, remark := overwritten(r)
		require.Nil(t, f, name)
		require.Empty(t, remark, name)
		f, remark = heldBack(r, all)
		require.Equal(t, c.named, f != nil, name)
		require.Equal(t, c.remark == "", remark == "", "%s: %s", name, remark)
		require.Contains(t, remark, c.remark, name)
	}
}

// Weights a quarter of which lie at their limits, on both sides, are held back where the loss stands still, and aren't where it falls.
func TestWeightsThatAreLimitedWhileTheLossStands(t *testing.T) {
	for name, c := range map[string]struct {
		fall  float64 // of the loss from step to step
		named bool
	}{"stands": {1, true}, "falls": {0.9, false}} {
		r := stepping(func(int, []float32, []float32) {})
		all := unreplayed(8)
		for k := range r.Steps {
			v := math.Pow(c.fall, float64(k))
			r.Steps[k].Loss = &v
			all.steps[k].claim = &claim{}
			r.Steps[k].before = []dataset.Array{{Shape: []int{8}, Values: []float32{0.1, -0.2, 0.2, -0.05, 0.01, 0.02, 0.03, 0.04}}}
			r.Steps[k].weights = []dataset.Array{{Shape: []int{8}, Values: []float32{0.1, -0.4, 0.4, -0.05, 0.01, 0.02, 0.03, 0.04}}}
			r.Steps[k].values["after/0"] = r.Steps[k].weights[0]
		}
		for n := 9; n < 30; n++ {
			v := math.Pow(c.fall, float64(n))
			r.Rates = append(r.Rates, RateSample{Step: n, Rates: [][]float64{{0.1}}, Loss: &v})
		}
		f, remark := heldBack(r, all)
		require.Equal(t, c.named, f != nil, "%s: %s", name, remark)
	}
}
