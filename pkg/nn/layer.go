package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Layer adds its computation to the graph of x and returns the output.
//
// The first axis of x is the batch; rows don't influence each other unless the layer's
// documentation says so (see [BatchMask]). Weights are created in, or found in, scope. What is drawn from the store's seed
// goes into variables, never into the graph itself: layers of equal fields share one compiled program, whatever the seed.
// Apply is graph-building code: it panics on errors, like all of GoMLX's.
type Layer interface {
	Apply(scope *model.Scope, x *graph.Node) *graph.Node
}

// Func makes a layer of any GoMLX model function.
type Func func(scope *model.Scope, x *graph.Node) *graph.Node

// Apply calls f.
func (f Func) Apply(scope *model.Scope, x *graph.Node) *graph.Node { return f(scope, x) }

// Kind is implemented by layers that know Keras' name of what they are, in snake case ("dense",
// "batch_normalization"): the stem of the names that [Sequential] gives.
type Kind interface {
	Kind() string
}

// Named is implemented by layers that may carry a name of their own; an empty name means "number me".
type Named interface {
	LayerName() string
}

// kindOf is a layer's kind, "layer" for those that don't tell.
func kindOf(l Layer) string {
	if k, ok := l.(Kind); ok {
		return k.Kind()
	}
	return "layer"
}

// nameOf is the name that a layer carries, empty for those that carry none.
func nameOf(l Layer) string {
	if n, ok := l.(Named); ok {
		return n.LayerName()
	}
	return ""
}
