package nn

import (
	"reflect"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Layer adds its computation to the graph of x and returns the output.
//
// The first axis of x is the batch; rows don't influence each other unless the layer says so (see [MixesRows]).
// Weights are created in, or found in, scope. What is drawn from the store's seed goes into variables, never into the
// graph itself: layers of equal fields share one compiled program, whatever the seed.
// Apply is graph-building code: it panics on errors, like all of GoMLX's.
type Layer interface {
	Apply(scope *model.Scope, x *graph.Node) *graph.Node
}

// Func makes a layer of any GoMLX model function.
type Func func(scope *model.Scope, x *graph.Node) *graph.Node

// Apply calls f.
func (f Func) Apply(scope *model.Scope, x *graph.Node) *graph.Node { return f(scope, x) }

// Kind is implemented by layers of other packages that know Keras' name of what they are, in snake case ("dense",
// "batch_normalization"): the stem of the names that [Sequential] gives. Those of this package need not: theirs is
// their class.
type Kind interface {
	Kind() string
}

// Named is implemented by layers that may carry a name of their own; an empty name means "number me". Those of this
// package have a field Name instead.
type Named interface {
	LayerName() string
}

// kindOf is a layer's kind, "layer" for those that don't tell.
func kindOf(l Layer) string {
	if k, ok := l.(Kind); ok {
		return k.Kind()
	}
	if w, ok := l.(Wrapper); ok {
		return kindOf(w.Unwrap())
	}
	switch c, ok := classOf(l); {
	case ok && (c.Module == layersModule || c.Module == operationsModule):
		return codec.ClassName(c.Name)
	case ok: // Keras' layer Activation, of a function
		return "activation"
	}
	return "layer"
}

func classOf(l Layer) (*codec.Class, bool) { return codec.ClassOf(l) }

// nameOf is the name that a layer carries, empty for those that carry none.
func nameOf(l Layer) string {
	if n, ok := l.(Named); ok {
		return n.LayerName()
	}
	if w, ok := l.(Wrapper); ok {
		return nameOf(w.Unwrap())
	}
	if _, ok := classOf(l); !ok {
		return ""
	}
	name := reflect.ValueOf(l).FieldByName("Name")
	if !name.IsValid() {
		return ""
	}
	return name.String()
}

// MixesRows reports whether the layer lets rows of a batch influence each other in training, as a batch normalization
// does. Such a layer looks at [BatchMask]. A [Func] may, unseen.
func MixesRows(l Layer) bool {
	m, ok := Bare(l).(interface{ MixesRows() bool })
	return ok && m.MixesRows()
}
