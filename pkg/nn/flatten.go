package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Flatten makes one feature axis of all axes but the batch, as Keras' Flatten.
//
// Shapes: x [batch, a, b, …] → [batch, a·b·…]; [batch] → [batch, 1]. With "channels_first" the first axis behind the batch
// varies fastest, as where channels come last.
type Flatten struct {
	Name       string `keras:"-"`                                              // empty: "flatten", "flatten_1", …
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
}

var _ = layers.Add(Flatten{})

// Apply adds the layer to the graph. It panics when x has no batch.
func (f Flatten) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := f.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	mustHoldValues(x)
	if x.Rank() > 2 {
		x, _ = channelsToLast(x, f.DataFormat)
	}
	rows := x.Shape().Dim(0)
	return graph.Reshape(x, rows, x.Shape().Size()/rows)
}

// OutputShape is [batch, features].
func (f Flatten) OutputShape(input ...int) ([]int, error) {
	if len(input) == 0 {
		return nil, fmt.Errorf("Flatten needs an input [batch, …], got a scalar")
	}
	if err := codec.Check(f); err != nil {
		return nil, err
	}
	return []int{input[0], sizeOf(input[1:])}, nil
}

// TorchSteps is nn.Flatten, which needs a second axis.
func (f Flatten) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	if len(inputs[0]) == 1 {
		return []TorchStep{{Forward: "{x}[:, None]"}}, nil
	}
	if f.DataFormat == channelsFirst && len(inputs[0]) > 2 {
		return []TorchStep{{Forward: "{x}.movedim(1, -1).flatten(1)"}}, nil
	}
	return torchModule("Flatten")
}

// Reshape gives the features of each row another shape, as Keras' Reshape. The order of values stays.
type Reshape struct {
	Name   string `keras:"-"`                                        // empty: "reshape", "reshape_1", …
	Target []int  `keras:"target_shape,positional,required,from=-1"` // shape without the batch; one entry may be −1: as many as there are
}

var _ = layers.Add(Reshape{})

// Apply adds the layer to the graph. It panics when the sizes don't match.
func (r Reshape) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	dims, err := r.OutputShape(x.Shape().Dimensions...)
	if err != nil {
		panic(err)
	}
	mustHoldValues(x)
	return graph.Reshape(x, dims...)
}

// OutputShape is Target behind the batch, −1 replaced by what is left. The error says why the sizes don't match.
func (r Reshape) OutputShape(input ...int) ([]int, error) {
	if len(input) == 0 {
		return nil, fmt.Errorf("Reshape needs an input [batch, …], got a scalar")
	}
	features := sizeOf(input[1:])
	dims := append([]int{input[0]}, r.Target...)
	open, known := 0, 1
	for i, d := range r.Target {
		switch {
		case d == -1 && open == 0:
			open = i + 1
		case d > 0 && known <= math.MaxInt/d:
			known *= d
		default:
			return nil, fmt.Errorf("Reshape.Target is %v, must hold positive sizes and at most one -1", r.Target)
		}
	}
	if open > 0 && features%known == 0 {
		dims[open] = features / known
		known = features
	}
	if known != features {
		return nil, fmt.Errorf("Reshape.Target is %v, which doesn't hold the %d features of a row of %v", r.Target, features, input)
	}
	return dims, nil
}

// TorchSteps is an expression: modules could do it in two steps alone.
func (r Reshape) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	shape, err := r.OutputShape(inputs[0]...)
	if err != nil {
		return nil, err
	}
	sizes := "{x}.shape[0]" // and not -1, which an empty batch can't stand for
	for _, n := range shape[1:] {
		sizes += fmt.Sprintf(", %d", n)
	}
	return []TorchStep{{Forward: "{x}.reshape(" + sizes + ")"}}, nil
}
