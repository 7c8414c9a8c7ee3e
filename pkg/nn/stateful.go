package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// This file is what recurrent layers do that are stateful, as Keras' with stateful=True: row i of a batch goes on from where
// row i of the batch before has left it, in training and in inference, whatever the rows are. The states are variables of the
// model, zero at first. They aren't weights, so that no file of Keras has them.

// statePrefix begins the names of the variables of states. What begins with "#" is no weight.
const statePrefix = "#state_"

// IsState reports whether v holds a state of a stateful layer.
func IsState(v *model.Variable) bool { return strings.HasPrefix(v.Name(), statePrefix) }

// FirstStateful is the path of the first layer of a model that keeps its state from batch to batch; false: there is none.
func FirstStateful(model Layer) (path string, there bool) {
	for _, p := range Leaves(model) {
		if c, ok := p.Layer.(carries); ok && c.shared().stateful {
			return p.Path, true
		}
	}
	return "", false
}

// carry lets a stateful layer begin with the states [batch, …] of the batch before, and keep those that it ends with.
func (r *recurrence) carry(scope *model.Scope, g *graph.Graph, state ...int) {
	if !r.stateful {
		return
	}
	n := 1
	if r.gates == 4 {
		n = 2
	}
	for i := range n {
		name := fmt.Sprint(statePrefix, i)
		v := scope.GetVariable(name)
		if v == nil {
			v = scope.VariableWithValue(name, tensors.FromShape(shapes.Make(dtypes.Float32, state...))).SetTrainable(false)
		}
		if kept := v.Shape().Dimensions; !slices.Equal(kept, state) {
			panic(fmt.Errorf("%s is stateful and keeps a state of shape %v, a batch as this one has one of %v: all batches must have %d rows", r.layer, kept, state, kept[0]))
		}
		r.kept = append(r.kept, v)
		r.before = append(r.before, graph.StopGradient(v.NodeValue(g)))
	}
}

// keep is for the states behind the last step.
func (r *recurrence) keep(last states) {
	for i, v := range r.kept {
		v.SetNodeValue(graph.StopGradient(last[i]))
	}
}
