package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Softmax is eˣ/Σeˣ over the last axis, over others see [SoftmaxOver]: positive values of sum 1. The largest x is subtracted first, so
// that large values don't overflow. Keras: "softmax".
//
// One NaN or +Inf, or nothing but −Inf, makes its whole row NaN.
type Softmax struct{}

var _ = activations.Add(Softmax{}, codec.LastAxis("axis"))
var _ = activations.Say("softmax", Softmax{})

// Activate returns the softmax of the last axis; it panics when x has none.
func (Softmax) Activate(x *graph.Node) *graph.Node {
	if x.Rank() == 0 {
		panic(fmt.Errorf("Softmax needs an input [batch, …, classes], got %s", x.Shape()))
	}
	return softmaxAlong(x, []int{-1})
}

// Bounds are 0 and 1.
func (Softmax) Bounds() (low, high float64) { return 0, 1 }

// Apply is Activate.
func (s Softmax) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is nn.Softmax.
func (Softmax) TorchSteps([][]int) ([]TorchStep, error) { return torchModule("Softmax", "dim=-1") }
