package loss

import (
	"github.com/gomlx/gomlx/core/graph"
)

// Batchwise is implemented by losses in which the loss of a row depends on the batch that it is in, such as [Dice]
// over all of it. Another batch size gives other losses then, in training and in evaluation, as in Keras.
type Batchwise interface {
	Loss
	// PerRowOf is PerRow of a batch that was filled up: mask [batch] is 1 for rows of data and 0 for the others, whose
	// labels and predictions are of no account and whose losses are anything. nil: all rows are data.
	PerRowOf(labels, predictions, mask *graph.Node) *graph.Node
}

// Rows is the loss of each row of a batch that may be filled up, see [Batchwise] for the mask. Graph-building code, as
// PerRow is.
func Rows(l Loss, labels, predictions, mask *graph.Node) *graph.Node {
	if b, ok := l.(Batchwise); ok {
		return b.PerRowOf(labels, predictions, mask)
	}
	return l.PerRow(labels, predictions)
}

// onData is x, [batch, …], with fill in all rows that aren't data.
func onData(x, mask *graph.Node, fill float64) *graph.Node {
	if mask == nil {
		return x
	}
	data := graph.GreaterThan(mask, graph.ScalarZero(mask.Graph(), mask.DType()))
	for data.Rank() < x.Rank() {
		data = graph.InsertAxes(data, -1)
	}
	shape := x.Shape().Clone()
	shape.DType = data.DType()
	return graph.Where(graph.BroadcastToShape(data, shape), x, graph.Scalar(x.Graph(), x.DType(), fill))
}

// dataRows is the number of rows of data, a scalar of x's type.
func dataRows(x, mask *graph.Node) *graph.Node {
	if mask == nil {
		return graph.Scalar(x.Graph(), x.DType(), x.Shape().Dim(0))
	}
	return graph.ConvertDType(graph.ReduceAllSum(mask), x.DType())
}
