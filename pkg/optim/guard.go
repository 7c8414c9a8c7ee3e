package optim

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// guard remembers what every variable was before an update, so that the update can be called off. It looks
// at variables alone, so it serves optimizers that know nothing of it.
type guard struct {
	store  *model.Store
	graph  *graph.Graph
	before map[*model.Variable]*graph.Node
}

func newGuard(store *model.Store, g *graph.Graph) *guard {
	before := map[*model.Variable]*graph.Node{}
	for v := range store.IterVariables() {
		if v.InUseByGraph(g) {
			before[v] = v.NodeValue(g)
		}
	}
	return &guard{store, g, before}
}

// require keeps the update where all permissions are true; elsewhere it puts the old values back and
// counts the step as skipped, unless it isn't complete, a boolean scalar that may be nil. What a permission has to
// remember of it comes behind. Without permissions it does nothing.
func (u *guard) require(permissions []permission, complete *graph.Node) {
	if len(permissions) == 0 {
		return
	}
	allowed := allPermitted(permissions)
	u.keep(allowed)
	refused := graph.LogicalNot(allowed)
	if complete != nil {
		refused = graph.LogicalAnd(refused, complete)
	}
	skipped := u.store.VariableWithValue(skippedSteps, int64(0)).SetTrainable(false)
	one := graph.ConvertDType(refused, dtypes.Int64)
	skipped.SetNodeValue(graph.Add(skipped.NodeValue(u.graph), one))
	for _, p := range permissions {
		if p.remember != nil {
			p.remember()
		}
	}
}

// keep puts the old values back where allowed, a boolean scalar, is false.
func (u *guard) keep(allowed *graph.Node) {
	for v := range u.store.IterVariables() {
		if !v.ChangedInGraph(u.graph) {
			continue
		}
		old, known := u.before[v]
		if !known { // came into use during the update, and so began as a parameter of the graph
			old = u.graph.GetParameterByName(v.Path())
		}
		if now := v.NodeValue(u.graph); now != old {
			v.SetNodeValue(graph.Where(allowed, now, old))
		}
	}
}

// permission is what a transformation says to a step.
type permission struct {
	allowed  *graph.Node // boolean scalar
	remember func()      // sets variables that change whether the step is taken or not; may be nil
}

// allPermitted is true where all permissions are; nil without any.
func allPermitted(permissions []permission) *graph.Node {
	if len(permissions) == 0 {
		return nil
	}
	all := make([]*graph.Node, len(permissions))
	for i, p := range permissions {
		all[i] = p.allowed
	}
	return allTrue(all)
}

// allTrue is true where all of the boolean scalars are.
func allTrue(all []*graph.Node) *graph.Node {
	result := all[0]
	for _, x := range all[1:] {
		result = graph.LogicalAnd(result, x)
	}
	return result
}
