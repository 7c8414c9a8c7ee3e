// Package fittest checks what every callback of a training promises, yours too:
//
//	func TestMyCallback(t *testing.T) {
//		fittest.TestCallback(t, func() fit.Callback { return &MyCallback{} })
//	}
package fittest

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// TestCallback checks a callback that make returns, a new one each time, on small trainings: that it
// can be used for a second Fit, to the same effect; that it leaves the History as it is; that its place
// among other callbacks doesn't matter (but two that set the learning rate may contend); that it bears losses of NaN; and, if it is a fit.Stateful, that
// a new one goes on from its state.
func TestCallback(t *testing.T, make func() fit.Callback) {
	t.Run("a second Fit", func(t *testing.T) {
		c := make()
		first, second := train(t, 1e-2, c), train(t, 1e-2, c)
		same(t, first, second)
		same(t, first, train(t, 1e-2, make()))
	})
	t.Run("History is left unchanged", func(t *testing.T) {
		var before fit.History
		train(t, 1e-2,
			fit.OnEpochEnd(func(r *fit.Run) error { before = clone(r.History); return nil }),
			make(),
			fit.OnEpochEnd(func(r *fit.Run) error {
				if !reflect.DeepEqual(before, clone(r.History)) {
					t.Error("the callback has changed the History")
				}
				return nil
			}))
	})
	t.Run("any order", func(t *testing.T) {
		other := func() fit.Callback { return &callback.EarlyStopping{Patience: 3, MinDelta: 0.1} }
		same(t, train(t, 1e-2, make(), other()), train(t, 1e-2, other(), make()))
	})
	t.Run("NaN", func(t *testing.T) {
		if r := train(t, math.MaxFloat32, make()); len(r.History.Epochs) == 0 && r.History.Stopped == "" {
			t.Error("nothing was trained, and nobody says why")
		}
	})
	if _, ok := make().(fit.Stateful); ok {
		t.Run("state", func(t *testing.T) { testState(t, make) })
	}
}

func testState(t *testing.T, make func() fit.Callback) {
	c := make().(fit.Stateful)
	train(t, 1e-2, c)
	state, err := c.State()
	if err != nil {
		t.Fatal(err)
	}
	other := make().(fit.Stateful)
	if err := other.SetState(state); err != nil {
		t.Fatal(err)
	}
	if again, err := other.State(); err != nil || !slices.Equal(state, again) {
		t.Errorf("the state %s became %s, %v", state, again, err)
	}
	if err := other.SetState([]byte("not a state")); err == nil {
		t.Error("a state of nonsense was taken")
	}
}

// outcome is what a training left behind.
type outcome struct {
	History fit.History
	Weights []fit.Weight
}

// train runs eight epochs on pure Go, with validation data.
func train(t *testing.T, rate float64, callbacks ...fit.Callback) outcome {
	t.Helper()
	net := nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	m, err := fit.Compile(net, optim.SGD(rate), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	data, err := dataset.Random(20, []int{3}, []int{1}, 1)
	if err != nil {
		t.Fatal(err)
	}
	h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 8, BatchSize: 8, ValidationSplit: 0.2, Callbacks: callbacks})
	if err != nil {
		t.Fatal(err)
	}
	weights, err := m.Weights()
	if err != nil {
		t.Fatal(err)
	}
	return outcome{History: clone(h), Weights: weights}
}

// clone copies a History without the wall clock.
func clone(h *fit.History) fit.History {
	c := *h
	c.Epochs, c.Steps = slices.Clone(h.Epochs), slices.Clone(h.Steps)
	for i := range c.Epochs {
		c.Epochs[i].Duration = 0
	}
	return c
}

func same(t *testing.T, a, b outcome) {
	t.Helper()
	if !reflect.DeepEqual(a, b) {
		t.Errorf("two trainings that should be the same differ:\n%+v\n%+v", a, b)
	}
}
