package loss

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"
)

// LogCosh is the mean of log(cosh(prediction − label)): like ½e² near 0 and |e| − log 2 far away.
// Keras: "log_cosh". Shapes and NaN as for [MSE].
type LogCosh struct{}

var (
	_ = losses.Add(LogCosh{}, averaged)
	_ = losses.Say("log_cosh", LogCosh{})
)

// PerRow implements [Loss].
func (LogCosh) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	e := graph.Sub(predictions, labels)
	return meanPerRow(graph.AddScalar(graph.Add(e, softplus(graph.MulScalar(e, -2))), -math.Ln2))
}

// String is "log_cosh".
func (LogCosh) String() string { return "log_cosh" }
