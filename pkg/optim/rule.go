package optim

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Rule turns a gradient into a weight's next value. A Rule may also have the methods Validate() error and
// ProgramKey() (string, bool), see [Optimizer.ProgramKey].
type Rule interface {
	// Update returns the next value of the weight w, given its gradient (after the transformations).
	// All three have the same shape. What has to be remembered goes into s.Slot.
	Update(s *State, w, gradient *graph.Node) *graph.Node
}

// preparer is a Rule with work to be done once a step, before the first weight.
type preparer interface {
	prepare(s *State)
}

// State is what a [Rule] sees of the step and what it remembers from the ones before.
type State struct {
	LearningRate *graph.Node // scalar float
	Step         *graph.Node // scalar float, counts from 1 since the optimizer's first step

	scope    *model.Scope
	graph    *graph.Graph
	variable *model.Variable
	shared   map[string]*graph.Node
}

// Slot is a value that a rule keeps for one weight.
type Slot struct{ v *model.Variable }

// Slot returns the slot of that name for the weight at hand; it starts with initial everywhere.
func (s *State) Slot(name string, initial float64) Slot {
	return s.SlotOf(name, initial, s.variable.Shape().Dimensions...)
}

// SlotOf is [State.Slot] for a value of another shape than the weight's.
func (s *State) SlotOf(name string, initial float64, dimensions ...int) Slot {
	path := model.JoinPath(s.scope.Scope(), name, s.variable.Path())
	v := s.scope.Store().GetVariable(path)
	if v == nil {
		values := make([]float32, shapes.Make(dtypes.Float32, dimensions...).Size())
		for i := range values {
			values[i] = float32(initial)
		}
		// Values, not an initializer: the variable must exist before any program has run.
		v = s.scope.Store().VariableWithValue(path, tensors.FromFlatDataAndDimensions(values, dimensions...))
		v.SetTrainable(false)
	}
	return Slot{v}
}

// Value is the slot's value in the graph g.
func (s Slot) Value(g graph.GraphProvider) *graph.Node { return s.v.NodeValue(g) }

// Set makes x the slot's value from here on.
func (s Slot) Set(x *graph.Node) *graph.Node {
	s.v.SetNodeValue(x)
	return x
}

// Before is the weight at hand as it was before the step, without the weight decay.
func (s *State) Before() *graph.Node { return s.variable.NodeValue(s.graph) }

// Scalar returns a scalar that the rule keeps for all weights together.
func (s *State) Scalar(name string, initial float64) Slot {
	path := model.JoinPath(s.scope.Scope(), name)
	v := s.scope.Store().GetVariable(path)
	if v == nil {
		v = s.scope.Store().VariableWithValue(path, float32(initial)).SetTrainable(false)
	}
	return Slot{v}
}

// share keeps a node that is the same for all weights of this step.
func (s *State) share(name string, x *graph.Node) {
	if s.shared == nil {
		s.shared = map[string]*graph.Node{}
	}
	s.shared[name] = x
}
