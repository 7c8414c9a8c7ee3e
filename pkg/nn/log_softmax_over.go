package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// LogSoftmaxOver is the logarithm of [SoftmaxOver]: x − log Σ eˣ over axes behind the batch.
//
// Shapes: x [batch, …] → the same.
type LogSoftmaxOver struct {
	Name string `keras:"-"` // empty: "log_softmax_over", "log_softmax_over_1", …
	Axes []int  // over which the sum goes; nil: all behind the batch
}

var _ = operations.Add(LogSoftmaxOver{})

// Apply adds the operation to the graph. It panics when there are no such axes.
func (l LogSoftmaxOver) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	axes, err := axesBehind("LogSoftmaxOver.Axes", l.Axes, x.Rank())
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	shifted := graph.Sub(x, graph.StopGradient(graph.ReduceAndKeep(x, graph.ReduceMax, axes...)))
	return graph.Sub(shifted, graph.Log(graph.ReduceAndKeep(graph.Exp(shifted), graph.ReduceSum, axes...)))
}

// OutputShape is the input's. The error says which axis isn't there.
func (l LogSoftmaxOver) OutputShape(input ...int) ([]int, error) {
	_, err := axesBehind("LogSoftmaxOver.Axes", l.Axes, len(input))
	return input, err
}

// Bends is true.
func (LogSoftmaxOver) Bends() bool { return true }

// KerasCall is keras.ops.log_softmax.
func (l LogSoftmaxOver) KerasCall(inputs []string) string {
	return fmt.Sprintf("keras.ops.log_softmax(%s, axis=%s)", inputs[0], kerasAxes(l.Axes, inputs[0]))
}

// TorchSteps is an expression.
func (l LogSoftmaxOver) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	axes, err := axesBehind("LogSoftmaxOver.Axes", l.Axes, len(inputs[0]))
	if err != nil {
		return nil, err
	}
	return torchAsHere("{x} - {x}.logsumexp(dim=" + pythonAxes(axes) + ", keepdim=True)")
}
