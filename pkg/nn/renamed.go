package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Renamed gives a layer a name, for those that have no Name of their own: activations, a nested Sequential, a Func.
type Renamed struct {
	Name string
	Layer
}

// ApplyAll applies the layer to several inputs.
func (r Renamed) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	return ApplyAll(r.Layer, scope, xs)
}

// Unwrap is the layer that is renamed.
func (r Renamed) Unwrap() Layer { return r.Layer }

// Wrap gives the name to another layer.
func (r Renamed) Wrap(l Layer) Layer { return Renamed{r.Name, l} }

// LayerName is Name, and the layer's own where that is empty.
func (r Renamed) LayerName() string {
	if r.Name == "" {
		return nameOf(r.Layer)
	}
	return r.Name
}
