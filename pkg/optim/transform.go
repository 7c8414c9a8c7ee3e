package optim

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"
)

// Transform changes the gradients of one step before the rule sees them.
//
// vars and gradients run in parallel; Apply returns as many gradients of the same shapes. It is
// graph-building code. What a transformation keeps between steps, and limits that may change without
// a recompilation, are non-trainable variables in scope, which is its own. Transformations compose:
// the order in the chain is the order of computation.
//
// A Transform may also have the methods Validate() error; ProgramKey() (string, bool), see
// [Optimizer.ProgramKey]; and Limits() map[string]float64, see [Optimizer.Limits].
type Transform interface {
	Apply(scope *model.Scope, vars []*model.Variable, gradients []*graph.Node) []*graph.Node
}

// Chain is several transformations, one after the other; empty, it changes nothing.
type Chain []Transform

// Apply implements [Transform].
func (c Chain) Apply(scope *model.Scope, vars []*model.Variable, gradients []*graph.Node) []*graph.Node {
	gradients, _ = c.apply(scope, vars, gradients)
	return gradients
}

// apply is Apply, and returns the permissions that vetoers gave, all of which must be true for the step to be taken.
func (c Chain) apply(scope *model.Scope, vars []*model.Variable, gradients []*graph.Node) (out []*graph.Node, permissions []permission) {
	for i, t := range c {
		own := scope.At("%s", transformScope(i))
		var more []permission
		switch t := t.(type) {
		case Chain:
			gradients, more = t.apply(own, vars, gradients)
		case vetoer:
			more = []permission{t.permit(own, gradients)}
			gradients = t.Apply(own, vars, gradients)
		default:
			gradients = t.Apply(own, vars, gradients)
		}
		if len(gradients) != len(vars) {
			exceptions.Panicf("%T returned %d gradients for %d variables", t, len(gradients), len(vars))
		}
		permissions = append(permissions, more...)
	}
	return gradients, permissions
}

// vetoer is a Transform that can call a whole step off: weights and optimizer state then stay as they were.
type vetoer interface {
	Transform
	permit(scope *model.Scope, gradients []*graph.Node) permission
}

// Validate refuses a nil transformation and what one of them refuses.
func (c Chain) Validate() error {
	for i, t := range c {
		if t == nil {
			return fmt.Errorf("gradient transformation %d is nil", i)
		}
		if err := validate(t); err != nil {
			return err
		}
	}
	return nil
}

// Limits are the limits of all parts, see [Optimizer.Limits].
func (c Chain) Limits() map[string]float64 {
	all := map[string]float64{}
	for i, t := range c {
		if l, ok := t.(interface{ Limits() map[string]float64 }); ok {
			for name, value := range l.Limits() {
				all[transformScope(i)+"/"+name] = value
			}
		}
	}
	return all
}

func transformScope(i int) string { return fmt.Sprintf("transform_%d", i) }

// validate calls v's Validate, if it has one.
func validate(v any) error {
	if v, ok := v.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}
