package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Sigmoid is 1/(1+e⁻ˣ), from 0 to 1; its slope is at most 1/4. Keras: "sigmoid".
type Sigmoid struct{}

var _ = activations.Add(Sigmoid{}, codec.NoClass())
var _ = activations.Say("sigmoid", Sigmoid{})

// Activate returns 1/(1+e⁻ˣ).
func (Sigmoid) Activate(x *graph.Node) *graph.Node { return graph.Sigmoid(x) }

// Bounds are 0 and 1.
func (Sigmoid) Bounds() (low, high float64) { return 0, 1 }

// FlatBeyond are 0.015 and 0.985: sigmoid(2x) = (1 + tanh x)/2.
func (Sigmoid) FlatBeyond() (low, high float32) { return (1 - tanhFlat) / 2, 1 - (1-tanhFlat)/2 }

// Apply is Activate.
func (s Sigmoid) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.Sigmoid.
func (Sigmoid) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Sigmoid") }

// Tanh is the hyperbolic tangent, from −1 to 1. Keras: "tanh".
type Tanh struct{}

var _ = activations.Add(Tanh{}, codec.NoClass())
var _ = activations.Say("tanh", Tanh{})

// Activate returns tanh(x).
func (Tanh) Activate(x *graph.Node) *graph.Node { return graph.Tanh(x) }

// Bounds are −1 and 1.
func (Tanh) Bounds() (low, high float64) { return -1, 1 }

const tanhFlat = 0.97

// FlatBeyond are ±0.97.
func (Tanh) FlatBeyond() (low, high float32) { return -tanhFlat, tanhFlat }

// Apply is Activate.
func (t Tanh) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return t.Activate(asFloat(x)) }

// TorchSteps is nn.Tanh.
func (Tanh) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Tanh") }

// HardSigmoid is min(max(x+3, 0), 6)/6, three straight lines near the sigmoid. Keras: "hard_sigmoid".
type HardSigmoid struct {
	Steep bool // min(max(0.2·x + 0.5, 0), 1) instead, which Keras 2 called by that name
}

var _ = activations.Add(HardSigmoid{}, codec.NoClass())
var _ = activations.Say("hard_sigmoid", HardSigmoid{})

// Activate returns min(max(x+3, 0), 6)/6, or Keras 2's function.
func (h HardSigmoid) Activate(x *graph.Node) *graph.Node {
	if h.Steep {
		return ReLU{MaxValue: 1}.Activate(graph.AddScalar(graph.MulScalar(x, 0.2), 0.5))
	}
	return graph.DivScalar(ReLU{MaxValue: 6}.Activate(graph.AddScalar(x, 3)), 6)
}

// Bounds are 0 and 1.
func (HardSigmoid) Bounds() (low, high float64) { return 0, 1 }

// FlatBeyond are 0 and 1, which it reaches: the numbers next to them.
func (HardSigmoid) FlatBeyond() (low, high float32) { return 1e-30, math.Nextafter32(1, 0) }

// Apply is Activate.
func (h HardSigmoid) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return h.Activate(asFloat(x)) }

// PythonCode is needed for Keras 2's function, for which Keras 3 has no name.
func (HardSigmoid) PythonCode() string { return "lambda x: keras.ops.clip(0.2 * x + 0.5, 0, 1)" }

// TorchSteps is nn.Hardsigmoid, or the expression of Keras 2's function.
func (h HardSigmoid) TorchSteps([][]int) ([]TorchStep, error) {
	if h.Steep {
		return torchExpression("torch.clamp(0.2 * {x} + 0.5, 0, 1)")
	}
	return torchElementwise("Hardsigmoid")
}
