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
// counts the step as skipped. Without permissions it does nothing.
func (u *guard) require(permissions []*graph.Node) {
	if len(permissions) == 0 {
		return
	}
	allowed := allTrue(permissions)
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
	skipped := u.store.VariableWithValue(skippedSteps, int64(0)).SetTrainable(false)
	one := graph.ConvertDType(graph.LogicalNot(allowed), dtypes.Int64)
	skipped.SetNodeValue(graph.Add(skipped.NodeValue(u.graph), one))
}

// allTrue is true where all of the boolean scalars are.
func allTrue(all []*graph.Node) *graph.Node {
	result := all[0]
	for _, x := range all[1:] {
		result = graph.LogicalAnd(result, x)
	}
	return result
}
