package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Flatten makes one feature axis of all axes but the batch, as Keras' Flatten.
//
// Shapes: x [batch, a, b, …] → [batch, a·b·…]; [batch] → [batch, 1].
type Flatten struct {
	Name string // empty: "flatten", "flatten_1", …
}

// Kind is "flatten".
func (Flatten) Kind() string { return "flatten" }

// LayerName is Name.
func (f Flatten) LayerName() string { return f.Name }

// Apply adds the layer to the graph.
func (f Flatten) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if x.Rank() == 0 {
		panic(fmt.Errorf("Flatten needs an input [batch, …], got %s", x.Shape()))
	}
	mustHoldValues(x)
	rows := x.Shape().Dim(0)
	return graph.Reshape(x, rows, x.Shape().Size()/rows)
}

// Reshape gives the features of each row another shape, as Keras' Reshape. The order of values stays.
type Reshape struct {
	Name   string // empty: "reshape", "reshape_1", …
	Target []int  // shape without the batch; one entry may be −1: as many as there are
}

// Kind is "reshape".
func (Reshape) Kind() string { return "reshape" }

// LayerName is Name.
func (r Reshape) LayerName() string { return r.Name }

// Apply adds the layer to the graph. It panics when the sizes don't match.
func (r Reshape) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if x.Rank() == 0 {
		panic(fmt.Errorf("Reshape needs an input [batch, …], got %s", x.Shape()))
	}
	mustHoldValues(x)
	rows := x.Shape().Dim(0)
	features := x.Shape().Size() / rows
	dims := append([]int{rows}, r.Target...)
	open, known := 0, 1
	for i, d := range r.Target {
		switch {
		case d == -1 && open == 0:
			open = i + 1
		case d > 0:
			known *= d
		default:
			panic(fmt.Errorf("Reshape.Target is %v, must hold positive sizes and at most one -1", r.Target))
		}
	}
	if open > 0 && features%known == 0 {
		dims[open] = features / known
		known = features
	}
	if known != features {
		panic(fmt.Errorf("Reshape.Target is %v, which doesn't hold the %d features of a row of %s", r.Target, features, x.Shape()))
	}
	return graph.Reshape(x, dims...)
}
