package nn

import (
	"fmt"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"
)

// LayerError says which layer could not be applied, and to what.
type LayerError struct {
	Layer string       // path of the layer in its model, "encoder/dense_1"
	Input shapes.Shape // shape of its input, the batch first
	Err   error
}

// Error names the layer, its input's shape and the reason.
func (e *LayerError) Error() string {
	return fmt.Sprintf("layer %q (input %s): %v", e.Layer, e.Input, e.Err)
}

// Unwrap returns the reason.
func (e *LayerError) Unwrap() error { return e.Err }

// mustHoldValues panics when an axis of x has size 0: there is nothing to compute, and a
// backend may not survive the attempt.
func mustHoldValues(x *graph.Node) {
	if x.Shape().Size() == 0 {
		panic(fmt.Errorf("the input has no values: an axis of %s has size 0", x.Shape()))
	}
}

// applyNamed applies a layer and puts its name on what it panics with. Errors of a nested layer get
// the outer name in front, so that the path leads from the model to the place.
func applyNamed(name string, l Layer, scope *model.Scope, x *graph.Node) (y *graph.Node) {
	err := exceptions.TryCatch[error](func() { y = l.Apply(scope, x) })
	if err == nil {
		observe(x.Graph(), scope.Scope(), l, y)
		return y
	}
	if inner, ok := err.(*LayerError); ok {
		panic(&LayerError{Layer: name + "/" + inner.Layer, Input: inner.Input, Err: inner.Err})
	}
	panic(&LayerError{Layer: name, Input: x.Shape(), Err: plain(err)})
}

// plain drops the stack trace that GoMLX's errors print: the layer's name and shape say where.
func plain(err error) error {
	return fmt.Errorf("%s", err.Error())
}
