package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// GLU is the first half of the features times the sigmoid of the second, which gates it. Keras: "glu". Dauphin et al. 2016.
//
// It halves the features, so it stands as a layer of its own: in a layer's setting Activation it is refused.
//
// Shapes: x [batch, …, features] → [batch, …, features/2]; features must be even.
type GLU struct{}

var _ = activations.Add(GLU{}, codec.NoClass())
var _ = activations.Say("glu", GLU{})

// Activate returns the gated half. It panics when the features are odd in number.
func (g GLU) Activate(x *graph.Node) *graph.Node {
	if _, err := g.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	half := x.Shape().Dim(-1) / 2
	value := graph.SliceAxis(x, -1, graph.AxisRange(0, half))
	gate := graph.SliceAxis(x, -1, graph.AxisRange(half))
	return graph.Mul(value, Sigmoid{}.Activate(gate))
}

// Apply is Activate.
func (g GLU) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return g.Activate(asFloat(x)) }

// OutputShape has half the features. The error says that they are odd in number.
func (GLU) OutputShape(input ...int) ([]int, error) {
	if err := needsFeatures("GLU", input); err != nil {
		return nil, err
	}
	features := input[len(input)-1]
	if features%2 != 0 {
		return nil, fmt.Errorf("GLU needs an even number of features, got %v", input)
	}
	return withLast(input, features/2), nil
}

// TorchSteps is nn.GLU.
func (GLU) TorchSteps([][]int) ([]TorchStep, error) { return torchModule("GLU", "dim=-1") }

// Reshapes reports whether an activation gives another shape than it takes, so that it can't be the setting of a layer.
func Reshapes(a Activation) bool {
	_, shaped := a.(Shaped)
	return shaped
}
