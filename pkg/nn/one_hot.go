package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// OneHot makes a vector of each whole number, with 1 at its place and 0 elsewhere; all 0 for numbers that have no place.
//
// Shapes: x [batch, …] → [batch, …, Classes].
type OneHot struct {
	Name    string `keras:"-"`       // empty: "one_hot", "one_hot_1", …
	Classes int    `keras:",from=1"` // places of the vector; must be positive
}

var _ = operations.Add(OneHot{})

// Apply adds the operation to the graph. It panics when Classes isn't positive.
func (o OneHot) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	out, err := o.OutputShape(x.Shape().Dimensions...)
	if err != nil {
		panic(err)
	}
	places := make([]float64, o.Classes)
	for i := range places {
		places[i] = float64(i)
	}
	shape, _ := constantShape("OneHot", places, []int{o.Classes}, len(out)) // it has an axis less
	is := graph.Equal(
		graph.BroadcastToDims(graph.InsertAxes(wholeOf(asFloat(x)), -1), out...),
		graph.BroadcastToDims(constantNode(x.Graph(), places, shape), out...))
	return truth(is)
}

// OutputShape is the input's with Classes behind. The error says that Classes isn't positive.
func (o OneHot) OutputShape(input ...int) ([]int, error) {
	if o.Classes < 1 {
		return nil, fmt.Errorf("OneHot.Classes is %d, must be positive", o.Classes)
	}
	return append(append([]int{}, input...), o.Classes), nil
}

// Bounds are 0 and 1.
func (OneHot) Bounds() (low, high float64) { return 0, 1 }

// Whole says that an operation cuts fractions off what it is given.
func (OneHot) Whole() bool { return true }

// Bends is true.
func (OneHot) Bends() bool { return true }

// KerasCall is keras.ops.one_hot.
func (o OneHot) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.one_hot(keras.ops.cast(%s, 'int32'), %d)", inputs[0], o.Classes)
}

// TorchSteps compares with all places.
func (o OneHot) TorchSteps([][]int) ([]TorchStep, error) {
	return torchAsHere(fmt.Sprintf("({x}.trunc().unsqueeze(-1) == torch.arange(%d)).float()", o.Classes))
}
