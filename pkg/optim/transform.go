package optim

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Transform changes the gradients of one step before the rule sees them.
//
// vars and gradients run in parallel; Apply returns as many gradients of the same shapes. It is
// graph-building code. What a transformation keeps between steps, and limits that may change without
// a recompilation, are non-trainable variables in scope, which is its own. Transformations compose: the order in the chain is the order of computation.
type Transform interface {
	Apply(scope *model.Scope, vars []*model.Variable, gradients []*graph.Node) []*graph.Node
}

// Chain is several transformations, one after the other; empty, it changes nothing.
type Chain []Transform

// Apply implements [Transform].
func (c Chain) Apply(scope *model.Scope, vars []*model.Variable, gradients []*graph.Node) []*graph.Node {
	for i, t := range c {
		gradients = t.Apply(scope.At("transform_%d", i), vars, gradients)
	}
	return gradients
}
