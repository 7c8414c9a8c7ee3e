package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Cast brings values to those of a number type: "float32" leaves them, "int32" cuts fractions off, "bool" makes 1 of what
// isn't 0. They stay float32; only the first passes gradients on.
//
// Shapes: x [batch, …] → the same.
type Cast struct {
	Name string `keras:"-"`                         // empty: "cast", "cast_1", …
	To   string `keras:",oneof=float32|int32|bool"` // empty: "float32"
}

var _ = operations.Add(Cast{})

// Apply adds the operation to the graph. It panics when there is no such type.
func (c Cast) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	x = asFloat(x)
	switch c.To {
	case "", "float32":
		return x
	case "int32":
		return wholeOf(x)
	case "bool":
		return truth(isTrue(x))
	}
	panic(fmt.Errorf("Cast.To is %q, must be \"float32\", \"int32\" or \"bool\"", c.To))
}

// wholeOf cuts fractions off.
func wholeOf(x *graph.Node) *graph.Node {
	still := graph.StopGradient(x)
	return graph.StopGradient(graph.Mul(graph.Sign(still), graph.Floor(graph.Abs(still))))
}

// Bends is true but for "float32".
func (c Cast) Bends() bool { return c.To != "" && c.To != "float32" }

// KerasCall is keras.ops.cast.
func (c Cast) KerasCall(inputs []string) string {
	to := c.To
	if to == "" {
		to = "float32"
	}
	return "keras.ops.cast(" + inputs[0] + ", '" + to + "')"
}

// TorchSteps is trunc, a comparison or nothing.
func (c Cast) TorchSteps([][]int) ([]TorchStep, error) {
	switch c.To {
	case "int32":
		return torchExpression("{x}.trunc().detach()")
	case "bool":
		return torchExpression("({x} != 0).float()")
	}
	return nil, nil
}

// Whole says that an operation cuts fractions off what it is given.
func (c Cast) Whole() bool { return c.To == "int32" }
