package nn

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// HardShrink is x where |x| is above 0.5, 0 elsewhere, for NaN too, as in Keras. Keras: "hard_shrink".
type HardShrink struct{}

var _ = activations.Add(HardShrink{}, codec.NoClass())
var _ = activations.Say("hard_shrink", HardShrink{})

// Activate returns x, or 0 near it.
func (HardShrink) Activate(x *graph.Node) *graph.Node {
	half := graph.Scalar(x.Graph(), x.DType(), 0.5)
	return graph.Where(graph.GreaterThan(graph.Abs(x), half), x, graph.ScalarZero(x.Graph(), x.DType()))
}

// Bounds are both infinite.
func (HardShrink) Bounds() (low, high float64) { return math.Inf(-1), math.Inf(1) }

// Apply is Activate.
func (h HardShrink) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return h.Activate(asFloat(x)) }

// TorchSteps is nn.Hardshrink.
func (HardShrink) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Hardshrink") }

// SoftShrink is x brought nearer to 0 by 0.5, and 0 where it is no farther away, for NaN too, as in
// Keras. Keras: "soft_shrink".
type SoftShrink struct{}

var _ = activations.Add(SoftShrink{}, codec.NoClass())
var _ = activations.Say("soft_shrink", SoftShrink{})

// Activate returns x ∓ 0.5, or 0 between.
func (SoftShrink) Activate(x *graph.Node) *graph.Node {
	half := graph.Scalar(x.Graph(), x.DType(), 0.5)
	below := graph.Where(graph.LessThan(x, graph.Neg(half)), graph.Add(x, half), graph.ScalarZero(x.Graph(), x.DType()))
	return graph.Where(graph.GreaterThan(x, half), graph.Sub(x, half), below)
}

// Bounds are both infinite.
func (SoftShrink) Bounds() (low, high float64) { return math.Inf(-1), math.Inf(1) }

// Apply is Activate.
func (s SoftShrink) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.Softshrink.
func (SoftShrink) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Softshrink") }

// TanhShrink is x − tanh(x). Keras: "tanh_shrink".
type TanhShrink struct{}

var _ = activations.Add(TanhShrink{}, codec.NoClass())
var _ = activations.Say("tanh_shrink", TanhShrink{})

// Activate returns x − tanh(x).
func (TanhShrink) Activate(x *graph.Node) *graph.Node {
	return graph.Sub(x, graph.Tanh(x))
}

// Bounds are both infinite.
func (TanhShrink) Bounds() (low, high float64) { return math.Inf(-1), math.Inf(1) }

// Apply is Activate.
func (t TanhShrink) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return t.Activate(asFloat(x)) }

// TorchSteps is nn.Tanhshrink.
func (TanhShrink) TorchSteps([][]int) ([]TorchStep, error) { return torchElementwise("Tanhshrink") }
