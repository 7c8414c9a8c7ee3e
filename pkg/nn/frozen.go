package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Frozen keeps a layer's weights as they are: they aren't trained, and a BatchNormalization in it infers
// in training too, as in Keras with trainable=False. Dropout still drops.
//
// Name, kind and paths of the weights are the layer's own, so it can be frozen without renaming anything.
// The mark stays with the variables of the store: to train them again, call their SetTrainable(true) or copy
// their values into a new model.
type Frozen struct{ Layer }

// Unwrap is the layer that is frozen.
func (f Frozen) Unwrap() Layer { return f.Layer }

// Wrap freezes another layer.
func (Frozen) Wrap(l Layer) Layer { return Frozen{l} }

const frozenParam = "nn_frozen"

// Apply applies the layer and marks its variables as not trainable.
func (f Frozen) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return f.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll is Apply for a layer with several inputs or outputs.
func (f Frozen) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	g := xs[0].Graph()
	before := isFrozen(scope.Scope(), g)
	scope.SetGraphParam(g, frozenParam, true)
	ys := ApplyAll(f.Layer, scope, xs)
	scope.SetGraphParam(g, frozenParam, before)
	for v := range scope.IterVariables() {
		v.SetTrainable(false)
	}
	return ys
}

// isFrozen says whether a Frozen around the scope of that path is being applied: GoMLX looks a graph's parameter
// up in the scope and all around it.
func isFrozen(path string, g *graph.Graph) bool {
	value, _ := model.GetGraphParam(g, model.JoinPath(path, frozenParam))
	frozen, _ := value.(bool)
	return frozen
}
