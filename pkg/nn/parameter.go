package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Parameter gives a weight by itself, the same for each row, whatever the row holds: learned positions, a class token, a scale.
// It is PyTorch's nn.Parameter; Keras has no such layer.
//
// Shapes: x [batch, …] → [batch, Shape…]; value [Shape…].
type Parameter struct {
	Name        string
	Shape       []int       // at least one axis; sizes must be positive
	Initializer Initializer // nil: Zeros
}

// Apply adds the layer to the graph. It panics when Shape isn't one.
func (p Parameter) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if err := p.check(); err != nil {
		panic(err)
	}
	w := create(scope, p, x)
	return forAllRows(w.node("value"), x)
}

// forAllRows repeats a tensor for each row of x.
func forAllRows(value, x *graph.Node) *graph.Node {
	dims := append([]int{x.Shape().Dim(0)}, value.Shape().Dimensions...)
	return graph.BroadcastToDims(graph.InsertAxes(value, 0), dims...)
}

func (p Parameter) check() error {
	for _, n := range p.Shape {
		if n < 1 {
			return fmt.Errorf("Parameter.Shape is %v, must hold positive sizes", p.Shape)
		}
	}
	if len(p.Shape) == 0 {
		return errors.New("Parameter.Shape is empty, must have an axis")
	}
	return nil
}

// LayerName is Name.
func (p Parameter) LayerName() string { return p.Name }

// Kind is "parameter".
func (Parameter) Kind() string { return "parameter" }

// Bends is false.
func (Parameter) Bends() bool { return false }

// OutputShape is Shape behind the batch.
func (p Parameter) OutputShape(input ...int) ([]int, error) {
	return append(slices.Clone(input[:1]), p.Shape...), p.check()
}

// Weights is value.
func (p Parameter) Weights(...int) []Weight {
	return []Weight{{Name: "value", Role: Shift, Shape: p.Shape, Initializer: orInitializer(p.Initializer, Zeros{})}}
}

// TorchSteps is an nn.Parameter.
func (p Parameter) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	return []TorchStep{{
		Module: "nn.Parameter(torch.zeros(" + torchTuple(p.Shape) + "))", Forward: "{m}.expand({x}.shape[0], *{m}.shape)",
		Parameters: []TorchParameter{{Weight: "value"}},
	}}, nil
}

// Fixed gives the same numbers for each row, whatever the row holds: positions, a mask.
//
// Shapes: x [batch, …] → [batch, Shape…].
type Fixed struct {
	Name   string
	Values []float64 // the last axis is the fastest
	Shape  []int     // at least one axis, whose sizes hold as many numbers as there are
}

// Apply adds the layer to the graph. It panics when Values don't fit Shape.
func (f Fixed) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if err := f.check(); err != nil {
		panic(err)
	}
	return forAllRows(constantNode(x.Graph(), f.Values, f.Shape), x)
}

func (f Fixed) check() error {
	if err := (Parameter{Shape: f.Shape}).check(); err != nil || sizeOf(f.Shape) != len(f.Values) {
		return fmt.Errorf("Fixed has %d numbers for the shape %v", len(f.Values), f.Shape)
	}
	return nil
}

// LayerName is Name.
func (f Fixed) LayerName() string { return f.Name }

// Kind is "fixed".
func (Fixed) Kind() string { return "fixed" }

// Bends is false.
func (Fixed) Bends() bool { return false }

// OutputShape is Shape behind the batch.
func (f Fixed) OutputShape(input ...int) ([]int, error) {
	return append(slices.Clone(input[:1]), f.Shape...), f.check()
}

// TorchSteps is a tensor.
func (f Fixed) TorchSteps([][]int) ([]TorchStep, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	return torchAsHere(constantText(f.Values, f.Shape, torchTensor) + ".expand({x}.shape[0], " + torchTuple(f.Shape)[1:])
}
