package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/layers/activation"
	"github.com/gomlx/gomlx/ml/model"
)

// Activation is a function of one value, applied to each. Every activation is a layer too: it goes
// into a Dense as its Activation or into a Sequential by itself.
type Activation interface {
	Layer
	Activate(x *graph.Node) *graph.Node
}

// Linear returns its input. Keras: "linear".
type Linear struct{}

// Activate returns x.
func (Linear) Activate(x *graph.Node) *graph.Node { return x }

// Apply returns x.
func (Linear) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return x }

// Kind is "activation".
func (Linear) Kind() string { return "activation" }

// ReLU is max(x, 0). Keras: "relu".
type ReLU struct{}

// Activate returns max(x, 0).
func (ReLU) Activate(x *graph.Node) *graph.Node { return activation.Relu(x) }

// Apply is Activate.
func (a ReLU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return a.Activate(x) }

// Kind is "re_lu", as Keras names the layer.
func (ReLU) Kind() string { return "re_lu" }

// activate applies a, nil meaning linear.
func activate(a Activation, x *graph.Node) *graph.Node {
	if a == nil {
		return x
	}
	return a.Activate(x)
}
