package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// CELU is x above 0 and eˣ−1 below: [ELU] with a slope that has no jump, whatever its scale. Keras: "celu".
// Barron 2017.
type CELU struct{}

var _ = activations.Add(CELU{}, codec.NoClass())
var _ = activations.Say("celu", CELU{})

// Activate returns x or eˣ−1.
func (CELU) Activate(x *graph.Node) *graph.Node {
	return elu(x, 1)
}

// Bounds are −1 and infinity.
func (CELU) Bounds() (low, high float64) { return -1, math.Inf(1) }

// Apply is Activate.
func (c CELU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return c.Activate(asFloat(x)) }

// TorchSteps is nn.CELU.
func (CELU) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("CELU") }

// Squareplus is (x + √(x²+4))/2, a [Softplus] without exponentials. Keras: "squareplus". Barron 2021.
type Squareplus struct{}

var _ = activations.Add(Squareplus{}, codec.NoClass())
var _ = activations.Say("squareplus", Squareplus{})

// Activate returns (x + √(x²+4))/2.
func (Squareplus) Activate(x *graph.Node) *graph.Node {
	return graph.MulScalar(graph.Add(x, graph.Sqrt(graph.AddScalar(graph.Square(x), 4))), 0.5)
}

// Bounds are 0 and infinity.
func (Squareplus) Bounds() (low, high float64) { return 0, math.Inf(1) }

// Apply is Activate.
func (s Squareplus) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is an expression: there is no module.
func (Squareplus) TorchSteps([][]int) ([]TorchStep, error) {
	return torchExpression("({x} + torch.sqrt({x} ** 2 + 4)) / 2")
}

// LogSigmoid is −ln(1+e⁻ˣ). Keras: "log_sigmoid".
type LogSigmoid struct{}

var _ = activations.Add(LogSigmoid{}, codec.NoClass())
var _ = activations.Say("log_sigmoid", LogSigmoid{})

// Activate returns −ln(1+e⁻ˣ).
func (LogSigmoid) Activate(x *graph.Node) *graph.Node {
	return graph.Neg(Softplus{}.Activate(graph.Neg(x)))
}

// Bounds are minus infinity and 0.
func (LogSigmoid) Bounds() (low, high float64) { return math.Inf(-1), 0 }

// Apply is Activate.
func (l LogSigmoid) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return l.Activate(asFloat(x)) }

// TorchSteps is nn.LogSigmoid.
func (LogSigmoid) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("LogSigmoid") }

// HardTanh is x cut to [−1, 1]. Keras: "hard_tanh".
type HardTanh struct{}

var _ = activations.Add(HardTanh{}, codec.NoClass())
var _ = activations.Say("hard_tanh", HardTanh{})

// Activate returns x between −1 and 1.
func (HardTanh) Activate(x *graph.Node) *graph.Node {
	one := graph.ScalarOne(x.Graph(), x.DType())
	x = graph.Where(graph.LessThan(x, graph.Neg(one)), graph.Neg(one), x)
	return graph.Where(graph.GreaterThan(x, one), one, x)
}

// FlatBeyond are −1 and 1: the slope is 1 between and 0 outside.
func (HardTanh) FlatBeyond() (low, high float32) { return -1, 1 }

// Bounds are −1 and 1.
func (HardTanh) Bounds() (low, high float64) { return -1, 1 }

// Apply is Activate.
func (h HardTanh) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return h.Activate(asFloat(x)) }

// TorchSteps is nn.Hardtanh.
func (HardTanh) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Hardtanh") }
