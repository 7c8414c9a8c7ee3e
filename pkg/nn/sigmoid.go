package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Sigmoid is 1/(1+e⁻ˣ), from 0 to 1; its slope is at most 1/4. Keras: "sigmoid".
type Sigmoid struct{}

// Activate returns 1/(1+e⁻ˣ).
func (Sigmoid) Activate(x *graph.Node) *graph.Node { return graph.Sigmoid(x) }

// Apply is Activate.
func (s Sigmoid) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// Kind is "activation".
func (Sigmoid) Kind() string { return "activation" }

// Tanh is the hyperbolic tangent, from −1 to 1. Keras: "tanh".
type Tanh struct{}

// Activate returns tanh(x).
func (Tanh) Activate(x *graph.Node) *graph.Node { return graph.Tanh(x) }

// Apply is Activate.
func (t Tanh) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return t.Activate(asFloat(x)) }

// Kind is "activation".
func (Tanh) Kind() string { return "activation" }

// HardSigmoid is min(max(x+3, 0), 6)/6, three straight lines near the sigmoid. Keras: "hard_sigmoid"
// (Keras 2 had a slope of 0.2 instead of 1/6).
type HardSigmoid struct{}

// Activate returns min(max(x+3, 0), 6)/6.
func (HardSigmoid) Activate(x *graph.Node) *graph.Node {
	return graph.DivScalar(ReLU{MaxValue: 6}.Activate(graph.AddScalar(x, 3)), 6)
}

// Apply is Activate.
func (h HardSigmoid) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return h.Activate(asFloat(x)) }

// Kind is "activation".
func (HardSigmoid) Kind() string { return "activation" }
