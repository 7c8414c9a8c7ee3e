package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// given are steps of which only what the optimizer was given is seen: of two kernels and a bias, so much of the claimed loss's gradient of each.
func given(times [3]float32, places ...Place) (*Recording, *replays) {
	r := compiledSteps(true)
	r.Source = &Source{Places: places}
	all := unreplayed(len(r.Steps))
	for k := range r.Steps {
		s := &r.Steps[k]
		s.View, s.Stepped, s.Loss, s.values = viewGradients, []int{0, 1, 2}, new(float64), map[string]dataset.Array{}
		all.steps[k].value = 0
		for i, own := range [][]float32{{1, -2}, {0.5, float32(k + 1)}, {0.3}} {
			shape := r.Parameters[i].Shape
			s.values[arrayName("own", i)], s.values[arrayName("grad", i)] = dataset.Array{Shape: shape, Values: own}, dataset.Array{Shape: shape, Values: multiplied(own, float64(times[i]))}
		}
	}
	return r, all
}

// Variables of which the optimizer is given zeros, where the claimed loss has a gradient by them, are cut off by what the program has on the way
// to the loss; where it has nothing, or changes gradients, nothing is named, and what goes another way unexplained is no correct loop.
func TestGradientsThatAreGivenAsZero(t *testing.T) {
	cut, changes := Place{Kind: "cut", How: "stop_gradient"}, Place{Kind: "gradients", How: "="}
	for name, c := range map[string]struct {
		times    [3]float32
		change   func(r *Recording)
		places   []Place
		detached bool
		others   bool
	}{
		"cut off":                     {[3]float32{0, 1, 1}, nil, []Place{cut}, true, true},
		"cut off, a decay moves it":   {[3]float32{0, 1, 1}, func(r *Recording) { r.Steps[2].weights[0].Values = []float32{0.9, 1.8} }, []Place{cut}, true, true},
		"the second kernel":           {[3]float32{1, 0, 0}, nil, []Place{cut}, true, true},
		"no cut is known":             {[3]float32{1, 0, 0}, nil, nil, false, true},
		"frozen by the loop":          {[3]float32{1, 0, 0}, nil, []Place{changes}, false, false},
		"a part of each is cut":       {[3]float32{1, 0.1, 1}, nil, []Place{cut}, false, true},
		"a bias alone":                {[3]float32{1, 1, 0}, nil, []Place{cut}, false, false},
		"all":                         {[3]float32{0, 0, 0}, nil, []Place{cut}, false, false},
		"not called":                  {[3]float32{0, 1, 1}, func(r *Recording) { r.Called = []int{1, 2} }, []Place{cut}, false, true},
		"once it isn't 0":             {[3]float32{0, 1, 1}, func(r *Recording) { r.Steps[1].values["grad/0"] = r.Steps[1].values["own/0"] }, []Place{cut}, false, true},
		"all as it should be":         {[3]float32{1, 1, 1}, nil, []Place{cut}, false, false},
		"asked for some of them only": {[3]float32{0, 1, 1}, nil, []Place{cut, {Kind: "variables"}}, false, true},
	} {
		r, all := given(c.times, c.places...)
		if c.change != nil {
			c.change(r)
		}
		f := detached(r)
		require.Equal(t, c.detached, f != nil, name)
		require.Equal(t, c.others, r.givenOthers(all), name)
		if f != nil {
			require.Contains(t, f.Evidence, "a gradient of exactly 0 at each of 5 steps", name)
			continue
		}
		if c.others {
			report := &Report{Steps: make([]Row, len(r.Steps))}
			require.Contains(t, r.undecided(report, all), "go another way than those of the claimed loss", name)
		}
	}
}
