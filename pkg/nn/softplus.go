package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Softplus is ln(1+eˣ), a smooth ReLU. Keras: "softplus".
type Softplus struct{}

// Activate returns ln(1+eˣ), without overflow.
func (Softplus) Activate(x *graph.Node) *graph.Node {
	// At 0 GoMLX takes 1 for the slopes of both max and |x|: together the exact 1/2.
	tail := graph.Log1p(graph.Exp(graph.Neg(graph.Abs(x))))
	return graph.Add(graph.Max(x, graph.ScalarZero(x.Graph(), x.DType())), tail)
}

// Apply is Activate.
func (s Softplus) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// Kind is "activation".
func (Softplus) Kind() string { return "activation" }

// Softsign is x/(1+|x|), from −1 to 1; ±Inf gives NaN, as in Keras. Keras: "softsign".
type Softsign struct{}

// Activate returns x/(1+|x|).
func (Softsign) Activate(x *graph.Node) *graph.Node {
	return graph.Div(x, graph.OnePlus(graph.Abs(x)))
}

// Apply is Activate.
func (s Softsign) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// Kind is "activation".
func (Softsign) Kind() string { return "activation" }

// Exponential is eˣ, +Inf from 89 on. Keras: "exponential".
type Exponential struct{}

// Activate returns eˣ.
func (Exponential) Activate(x *graph.Node) *graph.Node { return graph.Exp(x) }

// Apply is Activate.
func (e Exponential) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return e.Activate(asFloat(x)) }

// Kind is "activation".
func (Exponential) Kind() string { return "activation" }
