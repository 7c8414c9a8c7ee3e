package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Softplus is ln(1+eˣ), a smooth ReLU. Keras: "softplus".
type Softplus struct{}

var _ = activations.Add(Softplus{}, codec.NoClass())
var _ = activations.Say("softplus", Softplus{})

// Activate returns ln(1+eˣ), without overflow.
func (Softplus) Activate(x *graph.Node) *graph.Node {
	// At 0 GoMLX takes 1 for the slopes of both max and |x|: together the exact 1/2.
	tail := graph.Log1p(graph.Exp(graph.Neg(graph.Abs(x))))
	return graph.Add(graph.Max(x, graph.ScalarZero(x.Graph(), x.DType())), tail)
}

// Bounds are 0 and infinity.
func (Softplus) Bounds() (low, high float64) { return 0, math.Inf(1) }

// Apply is Activate.
func (s Softplus) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.Softplus.
func (Softplus) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Softplus") }

// Softsign is x/(1+|x|), from −1 to 1; ±Inf gives NaN, as in Keras. Keras: "softsign".
type Softsign struct{}

var _ = activations.Add(Softsign{}, codec.NoClass())
var _ = activations.Say("softsign", Softsign{})

// Activate returns x/(1+|x|).
func (Softsign) Activate(x *graph.Node) *graph.Node {
	return graph.Div(x, graph.OnePlus(graph.Abs(x)))
}

// Bounds are −1 and 1.
func (Softsign) Bounds() (low, high float64) { return -1, 1 }

// Apply is Activate.
func (s Softsign) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.Softsign.
func (Softsign) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Softsign") }

// Exponential is eˣ, +Inf from 89 on. Keras: "exponential".
type Exponential struct{}

var _ = activations.Add(Exponential{}, codec.NoClass())
var _ = activations.Say("exponential", Exponential{})

// Activate returns eˣ.
func (Exponential) Activate(x *graph.Node) *graph.Node { return graph.Exp(x) }

// Bounds are 0 and infinity.
func (Exponential) Bounds() (low, high float64) { return 0, math.Inf(1) }

// Apply is Activate.
func (e Exponential) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return e.Activate(asFloat(x)) }

// TorchSteps is torch.exp, for which there is no module.
func (Exponential) TorchSteps([][]int) ([]TorchStep, error) {
	return torchExpression("torch.exp({x})")
}
