package optim

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/gomlx/gomlx/support/exceptions"
)

// Wrapped is any GoMLX optimizer behind gradient transformations. Make one with [Wrap].
type Wrapped struct {
	Inner      optimizer.Interface // must be a train.OptimizeWithGradients too
	Transforms []Transform
}

var (
	_ optimizer.Interface         = Wrapped{}
	_ train.OptimizeWithGradients = Wrapped{}
)

// Wrap puts transformations in front of any GoMLX optimizer that takes gradients, such as
// optimizer.Adam().Done() or optimizer.StochasticGradientDescent().
func Wrap(inner optimizer.Interface, t ...Transform) Wrapped {
	return Wrapped{Inner: inner, Transforms: append([]Transform(nil), t...)}
}

// Validate refuses an inner optimizer that doesn't take gradients, and what a transformation refuses.
func (w Wrapped) Validate() error {
	if _, ok := w.Inner.(train.OptimizeWithGradients); !ok {
		return fmt.Errorf("%T can't be wrapped: it has no UpdateGraphWithGradients", w.Inner)
	}
	return Chain(w.Transforms).Validate()
}

// UpdateGraph adds one training step on the scalar loss. It implements optimizer.Interface.
func (w Wrapped) UpdateGraph(scope *model.Scope, _ *graph.Graph, loss *graph.Node) {
	w.UpdateGraphWithGradients(scope, scope.BuildTrainableVariablesGradientsGraph(loss), loss.DType())
}

// UpdateGraphWithGradients adds one training step from the gradients of the trainable variables, in the
// order of scope.IterVariables. Graph-building code: it panics with what [Wrapped.Validate] refuses.
func (w Wrapped) UpdateGraphWithGradients(scope *model.Scope, grads []*graph.Node, lossDType dtypes.DType) {
	if err := w.Validate(); err != nil {
		panic(err)
	}
	vars := trainables(scope, grads)
	before := newGuard(scope.Store(), grads[0].Graph())
	grads, permissions := Chain(w.Transforms).apply(scope.At(optimizer.Scope), vars, grads)
	observe(grads[0].Graph(), vars, grads)
	w.Inner.(train.OptimizeWithGradients).UpdateGraphWithGradients(scope, grads, lossDType)
	before.require(permissions, nil)
}

// Clear deletes the variables of the inner optimizer and of the transformations. It implements
// optimizer.Interface.
func (w Wrapped) Clear(scope *model.Scope) error {
	if err := w.Inner.Clear(scope); err != nil {
		return err
	}
	for i := range w.Transforms {
		if err := scope.At(optimizer.Scope).At("%s", transformScope(i)).DeleteVariablesInScope(); err != nil {
			return err
		}
	}
	if scope.Store().GetVariable(skippedSteps) == nil {
		return nil
	}
	return scope.Store().DeleteVariable(skippedSteps)
}

// ErrNothingTrained is the error of a training in which every variable is frozen, or that has none: its loss stays where it is.
var ErrNothingTrained = errors.New("there is nothing to train: no variable is trainable")

// trainables are the variables that GoMLX takes gradients of, in its order. It panics when they don't
// match the gradients.
func trainables(scope *model.Scope, grads []*graph.Node) []*model.Variable {
	if len(grads) == 0 {
		panic(ErrNothingTrained)
	}
	var vars []*model.Variable
	for v := range scope.IterVariables() {
		if v.Trainable && v.InUseByGraph(grads[0].Graph()) {
			vars = append(vars, v)
		}
	}
	if len(vars) != len(grads) {
		exceptions.Panicf("%d gradients for %d trainable variables", len(grads), len(vars))
	}
	return vars
}
