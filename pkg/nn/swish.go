package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Swish is x·sigmoid(x), also called SiLU; −Inf gives NaN, as in Keras. Keras: "swish", "silu".
// Ramachandran et al. 2017.
type Swish struct{}

var _ = activations.Add(Swish{}, codec.NoClass())
var _ = activations.Say("silu", Swish{})
var _ = activations.Say("swish", Swish{})

// Activate returns x·sigmoid(x).
func (Swish) Activate(x *graph.Node) *graph.Node { return graph.Mul(x, graph.Sigmoid(x)) }

// Bounds are −0.278 and infinity.
func (Swish) Bounds() (low, high float64) { return -0.2784645427610738, math.Inf(1) }

// Apply is Activate.
func (s Swish) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.SiLU.
func (Swish) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("SiLU") }

// HardSwish is x·[HardSigmoid](x). Keras: "hard_swish", "hard_silu". Howard et al. 2019.
type HardSwish struct{}

var _ = activations.Add(HardSwish{}, codec.NoClass())
var _ = activations.Say("hard_silu", HardSwish{})
var _ = activations.Say("hard_swish", HardSwish{})

// Activate returns x·hardSigmoid(x).
func (HardSwish) Activate(x *graph.Node) *graph.Node {
	return graph.Mul(x, HardSigmoid{}.Activate(x))
}

// Bounds are −0.375 and infinity.
func (HardSwish) Bounds() (low, high float64) { return -0.375, math.Inf(1) }

// Apply is Activate.
func (h HardSwish) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return h.Activate(asFloat(x)) }

// TorchSteps is nn.Hardswish.
func (HardSwish) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Hardswish") }

// Mish is x·tanh(softplus(x)). Keras: "mish". Misra 2019.
type Mish struct{}

var _ = activations.Add(Mish{}, codec.NoClass())
var _ = activations.Say("mish", Mish{})

// Activate returns x·tanh(softplus(x)).
func (Mish) Activate(x *graph.Node) *graph.Node {
	return graph.Mul(x, graph.Tanh(Softplus{}.Activate(x)))
}

// Bounds are −0.309 and infinity.
func (Mish) Bounds() (low, high float64) { return -0.30884003276, math.Inf(1) }

// Apply is Activate.
func (m Mish) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return m.Activate(asFloat(x)) }

// TorchSteps is nn.Mish.
func (Mish) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Mish") }

// GELU is x·Φ(x), Φ the distribution function of a standard normal. Keras: "gelu", which is exact.
// Hendrycks & Gimpel 2016.
type GELU struct {
	Approximate bool // Φ(x) ≈ (1+tanh(√(2/π)·(x+0.044715x³)))/2
}

var _ = activations.Add(GELU{}, codec.NoClass())
var _ = activations.Say("gelu", GELU{})

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

// PythonCode is needed for the approximation, for which Keras has no string.
func (GELU) PythonCode() string { return "lambda x: keras.activations.gelu(x, approximate=True)" }

// Bounds are −0.17 and infinity.
func (GELU) Bounds() (low, high float64) { return -0.17004, math.Inf(1) }

// Apply is Activate.
func (g GELU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return g.Activate(asFloat(x)) }

// TorchSteps is nn.GELU.
func (g GELU) TorchSteps([][]int) ([]TorchStep, error) {
	if g.Approximate {
		return torchElementwise("GELU", "approximate='tanh'")
	}
	return torchElementwise("GELU")
}
