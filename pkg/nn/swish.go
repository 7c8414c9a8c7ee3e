package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Swish is x·sigmoid(x), also called SiLU; −Inf gives NaN, as in Keras. Keras: "swish", "silu".
// Ramachandran et al. 2017.
type Swish struct{}

// Activate returns x·sigmoid(x).
func (Swish) Activate(x *graph.Node) *graph.Node { return graph.Mul(x, graph.Sigmoid(x)) }

// Apply is Activate.
func (s Swish) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// Kind is "activation".
func (Swish) Kind() string { return "activation" }

// HardSwish is x·[HardSigmoid](x). Keras: "hard_swish", "hard_silu". Howard et al. 2019.
type HardSwish struct{}

// Activate returns x·hardSigmoid(x).
func (HardSwish) Activate(x *graph.Node) *graph.Node {
	return graph.Mul(x, HardSigmoid{}.Activate(x))
}

// Apply is Activate.
func (h HardSwish) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return h.Activate(asFloat(x)) }

// Kind is "activation".
func (HardSwish) Kind() string { return "activation" }

// Mish is x·tanh(softplus(x)). Keras: "mish". Misra 2019.
type Mish struct{}

// Activate returns x·tanh(softplus(x)).
func (Mish) Activate(x *graph.Node) *graph.Node {
	return graph.Mul(x, graph.Tanh(Softplus{}.Activate(x)))
}

// Apply is Activate.
func (m Mish) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return m.Activate(asFloat(x)) }

// Kind is "activation".
func (Mish) Kind() string { return "activation" }

// GELU is x·Φ(x), Φ the distribution function of a standard normal. Keras: "gelu", which is exact.
// Hendrycks & Gimpel 2016.
type GELU struct {
	Approximate bool // Φ(x) ≈ (1+tanh(√(2/π)·(x+0.044715x³)))/2
}

// Activate returns x·Φ(x).
func (g GELU) Activate(x *graph.Node) *graph.Node {
	var twicePhi *graph.Node
	if g.Approximate {
		// x³ as products: the gradient of a power takes a logarithm of x.
		cube := graph.Mul(graph.Mul(x, x), x)
		inner := graph.Add(x, graph.MulScalar(cube, 0.044715))
		twicePhi = graph.OnePlus(graph.Tanh(graph.MulScalar(inner, math.Sqrt(2/math.Pi))))
	} else {
		twicePhi = graph.OnePlus(graph.Erf(graph.MulScalar(x, math.Sqrt(0.5))))
	}
	return graph.Mul(x, graph.MulScalar(twicePhi, 0.5))
}

// Apply is Activate.
func (g GELU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return g.Activate(asFloat(x)) }

// Kind is "activation".
func (GELU) Kind() string { return "activation" }
