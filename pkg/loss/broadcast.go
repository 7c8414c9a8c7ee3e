package loss

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Broadcast is a loss that compares each prediction of a batch with every target of it, and averages over all pairs: what
// PyTorch computes, with a warning, where the ones are [n] and the others [n, 1]. The best prediction is then the targets' mean for all
// rows, whatever the inputs are. Predictions and labels have one number a row. NaN in one label makes the loss of all rows NaN.
//
// As a row is compared with its batch, another batch size gives another loss, see [Batchwise].
type Broadcast struct{ Of Loss }

// PerRow implements [Loss].
func (b Broadcast) PerRow(labels, predictions *graph.Node) *graph.Node {
	return b.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (b Broadcast) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	n := predictions.Shape().Dim(0)
	labels = graph.BroadcastToDims(graph.Reshape(labels, 1, n), n, n)
	pairs := graph.BroadcastToDims(graph.Reshape(predictions, n, 1), n, n)
	losses := graph.Reshape(b.Of.PerRow(graph.Reshape(labels, n*n, 1), graph.Reshape(pairs, n*n, 1)), n, n)
	losses = graph.Transpose(losses, 0, 1) // targets first, for the mask is theirs
	return graph.Div(graph.ReduceSum(onData(losses, mask, 0), 0), dataRows(losses, mask))
}

// termsOf is one for each target of a batch without filling rows.
func (b Broadcast) termsOf(predictions []int) int { return predictions[0] }

// Validate refuses what the loss refuses.
func (b Broadcast) Validate() error { return validate(b.Of) }

// String is "mean_squared_error of each prediction with each target".
func (b Broadcast) String() string { return b.Of.String() + " of each prediction with each target" }

// Matched is the loss that compares each prediction with its own target: that of a [Broadcast], or l itself.
func Matched(l Loss) Loss {
	if b, ok := l.(Broadcast); ok {
		return b.Of
	}
	return l
}
