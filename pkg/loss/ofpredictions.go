package loss

import "github.com/gomlx/gomlx/core/graph"

// Mean is the mean of all predictions, whatever the labels: Keras' metric Mean of the predictions as values, which its compile
// doesn't take. Shapes: predictions [batch, …].
type Mean struct{}

// Sum is the sum of all predictions, whatever the labels; the rest is as for [Mean].
type Sum struct{}

var (
	_ = metrics.Add(Mean{})
	_ = metrics.Add(Sum{})
)

// ofPredictions is implemented by metrics that Keras updates with values, not with labels and predictions.
type ofPredictions interface{ ofPredictions() }

func (Mean) ofPredictions() {}
func (Sum) ofPredictions()  {}

// PerRow is the mean of each row's predictions.
func (Mean) PerRow(_, predictions *graph.Node) *graph.Node { return meanPerRow(predictions) }

// String is "mean".
func (Mean) String() string { return "mean" }

// Sums implements [Accumulator].
func (Sum) Sums(b Batch) *graph.Node { return vector(graph.ReduceAllSum(b.Weighted(b.Predictions))) }

// Values implements [Accumulator].
func (Sum) Values(sums []float64) []float64 { return sums }

// String is "sum".
func (Sum) String() string { return "sum" }
