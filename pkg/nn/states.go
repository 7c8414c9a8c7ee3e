package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// This file is what recurrent layers do with states that come from outside and go there: Keras' initial_state and return_state.
// As in Keras 3, a layer that is given states runs over all steps, whatever mask its sequence has; its output has that mask.

// recurrentParameters are the arguments of a recurrent layer's call.
var recurrentParameters = []string{"sequences", "initial_state"}

// arrangeStates puts the sequence in front of the states that begin it. Keras 2 writes them all as one argument.
func arrangeStates(layer string, given map[string][]string) ([]string, error) {
	inputs := slices.Concat(given["sequences"], given["initial_state"])
	for name := range given {
		if !slices.Contains(recurrentParameters, name) {
			return nil, fmt.Errorf("%s takes no further argument %s here", layer, name)
		}
	}
	if len(inputs) == 0 {
		return nil, fmt.Errorf("%s is given no sequence", layer)
	}
	return inputs, nil
}

// carries is implemented by the recurrent layers of this package.
type carries interface{ shared() recurrent }

// statesOf is how many states a recurrent layer, or one around such, begins with; 0 for others.
func statesOf(l Layer) int {
	switch l := Bare(l).(type) {
	case Bidirectional:
		if l.Layer != nil {
			return 2 * statesOf(l.Layer)
		}
	case carries:
		if l.shared().gates == 4 {
			return 2
		}
		return 1
	}
	return 0
}

// returnsState reports whether a recurrent layer's states are outputs of it.
func returnsState(l Layer) bool {
	switch l := Bare(l).(type) {
	case Bidirectional:
		return l.Layer != nil && returnsState(l.Layer)
	case carries:
		return l.shared().returnState
	}
	return false
}

// TakesStates reports whether a layer's inputs behind the first are states that it begins with.
func TakesStates(l Layer) bool { return statesOf(l) > 0 }

// SeveralOutputs reports whether a layer gives more than one output, so that it can't stand in a Sequential.
func SeveralOutputs(l Layer) bool {
	if b, ok := Bare(l).(Bidirectional); ok && b.MergeMode == "none" {
		return true
	}
	if p, ok := Bare(l).(interface{ severalOutputs() bool }); ok {
		return p.severalOutputs()
	}
	return returnsState(l)
}

// begin checks the states that a layer is given behind its sequence, and brings them to the type of its weights.
func (r *recurrence) begin(xs []*graph.Node, n int) {
	if len(xs) == 1 {
		return
	}
	if _, err := r.outputShapes(shapesOf(xs), n); err != nil {
		panic(err)
	}
	r.given, r.before = true, nil
	for _, h := range xs[1:] {
		r.before = append(r.before, asFloat(h))
	}
}

// outputShapes are those of the output and, where they are returned, of n states.
func (r recurrent) outputShapes(inputs [][]int, n int) ([][]int, error) {
	if len(inputs) != 1 && len(inputs) != 1+n {
		return nil, fmt.Errorf("%s takes a sequence and %d states to begin with, or none, here are %d inputs", r.layer, n, len(inputs))
	}
	first, err := r.outputShape(inputs[0])
	if err != nil {
		return nil, err
	}
	state := []int{inputs[0][0], r.units}
	for _, given := range inputs[1:] {
		if !slices.Equal(given, state) {
			return nil, fmt.Errorf("%s begins with states %v, here is one %v", r.layer, state, given)
		}
	}
	shapes := [][]int{first}
	if r.returnState {
		for range n {
			shapes = append(shapes, slices.Clone(state))
		}
	}
	return shapes, nil
}

// onlyOutput is the only output of a layer that is applied to one sequence.
func onlyOutput(ys []*graph.Node) *graph.Node {
	if len(ys) != 1 {
		panic(errors.New("a layer with ReturnState has several outputs: use it in an nn.Graph"))
	}
	return ys[0]
}

// applyPartTo is applyPart for several inputs.
func applyPartTo(l Layer, scope *model.Scope, xs []*graph.Node) []*graph.Node {
	name := partNamed(l)
	return applyNamed(name, l, scope.At("%s", name), xs)
}

// torchStates says what isn't written of states in PyTorch.
func (r recurrent) torchStates(inputs int) error {
	switch {
	case r.returnState:
		return fmt.Errorf("%s.ReturnState is set: the states of PyTorch's module aren't written", r.layer)
	case r.stateful:
		return fmt.Errorf("%s.Stateful is set: a state that goes from batch to batch isn't written in PyTorch", r.layer)
	case inputs > 1:
		return fmt.Errorf("%s begins with states that it is given: that isn't written in PyTorch", r.layer)
	}
	return nil
}
