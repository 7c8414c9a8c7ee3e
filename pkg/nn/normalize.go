package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Normalize divides its input by its length, the root of the sum of squares along an axis, or by Epsilon where that is
// larger, as keras.ops.normalize. [UnitNormalization] is the layer.
//
// Shapes: x [batch, …] → the same.
type Normalize struct {
	Name    string  `keras:"-"` // empty: "normalize", "normalize_1", …
	Axis    int     // behind the batch; −1: the last
	Epsilon float64 `keras:",default=1e-7,above=0"` // 0: 1e-7
}

var _ = operations.Add(Normalize{})

// Apply adds the operation to the graph. It panics when there is no such axis.
func (n Normalize) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axis, err := axisBehind("Normalize.Axis", n.Axis, x.Rank())
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	square := graph.ReduceAndKeep(graph.Square(x), graph.ReduceSum, axis)
	inverse := graph.Reciprocal(graph.Sqrt(square))
	most := graph.BroadcastToDims(graph.Scalar(x.Graph(), x.DType(), 1/n.epsilon()), inverse.Shape().Dimensions...)
	return graph.Mul(x, firstWhere(graph.LessThan, inverse, most))
}

func (n Normalize) epsilon() float64 {
	if n.Epsilon == 0 {
		return 1e-7
	}
	return n.Epsilon
}

// OutputShape is the input's. The error says that there is no such axis.
func (n Normalize) OutputShape(input ...int) ([]int, error) {
	_, err := axisBehind("Normalize.Axis", n.Axis, len(input))
	return input, err
}

// Bounds are −1 and 1.
func (Normalize) Bounds() (low, high float64) { return -1, 1 }

// Bends is true.
func (Normalize) Bends() bool { return true }

// KerasCall is keras.ops.normalize.
func (n Normalize) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.normalize(%s, axis=%d, epsilon=%s)", inputs[0], n.Axis, codec.PythonFloat(n.epsilon()))
}

// TorchSteps is nn.functional.normalize.
func (n Normalize) TorchSteps([][]int) ([]TorchStep, error) {
	return torchAsHere(fmt.Sprintf("nn.functional.normalize({x}, dim=%d, eps=%s)", n.Axis, codec.PythonFloat(n.epsilon())))
}
