package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// compiledSteps are five steps of a kernel that stays, a kernel that moves, and of a bias that stays.
func compiledSteps(calls bool) *Recording {
	r := &Recording{
		Framework:  kerasFramework,
		Parameters: []Parameter{{Name: "a", Shape: []int{1, 2}, Trainable: true, Model: true}, {Name: "b", Shape: []int{2, 1}, Trainable: true, Model: true}, {Name: "c", Shape: []int{1}, Trainable: true, Model: true}},
		Optimizers: []Optimizer{{Class: "SGD", Holds: [][]int{{0, 1, 2}}}},
		Called:     []int{0, 1, 2},
	}
	at := func(v float32) []dataset.Array {
		return []dataset.Array{{Shape: []int{1, 2}, Values: []float32{1, 2}}, {Shape: []int{2, 1}, Values: []float32{v, v}}, {Shape: []int{1}, Values: []float32{0}}}
	}
	for k := range 5 {
		s := Step{Number: k + 1, View: viewWeights, Backwards: 1, Arrayed: true, Rates: [][]float64{{0.1}}, before: at(float32(k)), weights: at(float32(k + 1))}
		if calls {
			s.Events = []string{"step"}
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}

// Of compiled steps of a model that isn't computed here, weights that stay tell what is cut off; what isn't called, isn't given to the
// optimizer or has a rate of 0 stays for other reasons.
func TestWeightsThatStayInCompiledSteps(t *testing.T) {
	f := detached(compiledSteps(true))
	require.NotNil(t, f)
	require.Equal(t, Detached, f.Cause)
	require.Contains(t, f.Evidence, "2 of 3 variables")
	for name, change := range map[string]func(r *Recording){
		"not called":  func(r *Recording) { r.Called = []int{1} },
		"not given":   func(r *Recording) { r.Optimizers[0].Holds = [][]int{{1}} },
		"frozen":      func(r *Recording) { r.Parameters[0].Trainable, r.Parameters[2].Trainable = false, false },
		"a rate of 0": func(r *Recording) { setRates(r, 0) },
		"a bias alone": func(r *Recording) {
			for k := range r.Steps {
				r.Steps[k].weights[0].Values = []float32{float32(k), 0}
			}
		},
		"too few steps": func(r *Recording) { r.Steps = r.Steps[:2] },
	} {
		r := compiledSteps(true)
		change(r)
		require.Nil(t, detached(r), name)
	}
}

// Gradients of compiled steps are those of the model as it is computed here: that weights which stay aren't given to the optimizer is only
// one of two reasons, and the program may tell which.
func TestWeightsThatNoCompiledStepMoves(t *testing.T) {
	filtered := func(places ...Place) *Recording {
		r := compiledSteps(true)
		r.Optimizers[0].Holds = [][]int{{1}} // gradients of nothing were left out
		for k := range r.Steps {
			r.Steps[k].values = map[string]dataset.Array{"own/0": {Shape: []int{1, 2}, Values: []float32{1, 1}}, "own/1": {Shape: []int{2, 1}, Values: []float32{1, 1}}, "own/2": {Shape: []int{1}, Values: []float32{1}}}
		}
		r.Source = &Source{Places: places}
		return r
	}
	cut, other := Place{Kind: "cut", How: "stop_gradient"}, Place{Kind: "variables"}
	for name, c := range map[string]struct {
		places   []Place
		detached bool
	}{
		"nothing is known":       {nil, false},
		"cut in the loop":        {[]Place{cut}, true},
		"cut in the model":       {[]Place{{Kind: "cut", How: "stop_gradient", Forward: true}}, true},
		"a leaf is made":         {[]Place{{Kind: "cut", How: "requires_grad_"}}, false},
		"asked for others":       {[]Place{other}, false},
		"cut and asked for some": {[]Place{cut, other}, false},
	} {
		r := filtered(c.places...)
		wrong, off := wrongParameters(r), detached(r)
		if c.detached {
			require.Nil(t, wrong, name)
			require.NotNil(t, off, name)
			require.Contains(t, off.Evidence, "is cut off on its way (stop_gradient)", name)
			continue
		}
		require.Nil(t, off, name)
		require.NotNil(t, wrong, name)
		require.Contains(t, wrong.Evidence, "cut off from the loss, or not given to the optimizer", name)
		require.NotContains(t, wrong.Evidence, "get a gradient", name)
	}
	seen := filtered(cut)
	for k := range seen.Steps {
		seen.Steps[k].View = ""
	}
	require.Contains(t, wrongParameters(seen).Evidence, "get a gradient", "where it is seen, it is told")
	moved := filtered(cut)
	for k := range moved.Steps {
		moved.Steps[k].weights[0].Values, moved.Steps[k].weights[2].Values = []float32{float32(k), 0}, []float32{float32(k)}
	}
	require.Nil(t, detached(moved), "a cut of something else")
	require.Nil(t, wrongParameters(moved))
}

// Compiled steps that move nothing call no optimizer, drop what it returns, or have a rate of 0, which is another cause.
func TestCompiledStepsThatMoveNothing(t *testing.T) {
	still := func(calls bool) *Recording {
		r := compiledSteps(calls)
		for k := range r.Steps {
			r.Steps[k].before, r.Steps[k].weights = r.Steps[0].before, r.Steps[0].before
		}
		return r
	}
	require.Contains(t, noUpdate(still(false), unreplayed(5)).Evidence, "not once")
	require.Contains(t, noUpdate(still(true), unreplayed(5)).Evidence, "is dropped")
	r := still(true)
	setRates(r, 0)
	require.Nil(t, noUpdate(r, unreplayed(len(r.Steps))))
	require.Nil(t, noUpdate(compiledSteps(true), unreplayed(5)))
}

func setRates(r *Recording, rate float64) {
	for k := range r.Steps {
		r.Steps[k].Rates = [][]float64{{rate}}
	}
}
