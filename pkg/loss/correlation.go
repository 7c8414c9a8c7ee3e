package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// PearsonCorrelation is the correlation of a row's labels and predictions along the last axis, averaged over the rows: NaN
// where one of them doesn't vary there, as with a single output. Shapes: both [batch, …, outputs].
type PearsonCorrelation struct{}

// ConcordanceCorrelation is that of Lin as Keras has it, along the last axis, averaged over the rows: besides the correlation
// it counts how far labels and predictions are apart. Shapes: both [batch, …, outputs].
type ConcordanceCorrelation struct{}

// Cosine is the cosine of the angle between a row's labels and predictions along the last axis, averaged over the rows: Keras'
// metric CosineSimilarity, and the opposite of the loss [CosineSimilarity]. Shapes: both [batch, …, outputs].
type Cosine struct{}

var (
	_ = metrics.Add(PearsonCorrelation{}, codec.LastAxis("axis"))
	_ = metrics.Add(ConcordanceCorrelation{}, codec.LastAxis("axis"))
	_ = metrics.Add(Cosine{}, codec.Named("CosineSimilarity"), codec.LastAxis("axis")) // which Keras doesn't write into its files
)

// lastMean is the mean along the last axis, in x's shape.
func lastMean(x *graph.Node) *graph.Node {
	return graph.BroadcastToShape(graph.ReduceAndKeep(x, graph.ReduceMean, -1), x.Shape())
}

// lastVariance is the variance along the last axis, in x's shape.
func lastVariance(x *graph.Node) *graph.Node {
	return lastMean(graph.Square(graph.Sub(x, lastMean(x))))
}

// PerRow is the correlation of each row.
func (PearsonCorrelation) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	normal := func(x *graph.Node) *graph.Node {
		x = graph.Sub(x, lastMean(x))
		return graph.Div(x, graph.Sqrt(lastVariance(x)))
	}
	return meanPerRow(graph.Mul(normal(labels), normal(predictions)))
}

// String is "pearson_correlation".
func (PearsonCorrelation) String() string { return "pearson_correlation" }

// HigherIsBetter is true.
func (PearsonCorrelation) HigherIsBetter() bool { return true }

// PerRow is the correlation of each row.
func (ConcordanceCorrelation) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	meanOfLabels, meanOfPredictions := lastMean(labels), lastMean(predictions)
	covariance := graph.Mul(graph.Sub(labels, meanOfPredictions), graph.Sub(predictions, meanOfPredictions))
	norm := graph.Add(graph.Add(lastVariance(labels), lastVariance(predictions)), graph.Square(graph.Sub(meanOfLabels, meanOfPredictions)))
	return meanPerRow(graph.Div(graph.MulScalar(covariance, 2), graph.AddScalar(norm, epsilon)))
}

// String is "concordance_correlation".
func (ConcordanceCorrelation) String() string { return "concordance_correlation" }

// HigherIsBetter is true.
func (ConcordanceCorrelation) HigherIsBetter() bool { return true }

// PerRow is the cosine of each row.
func (Cosine) PerRow(labels, predictions *graph.Node) *graph.Node {
	return graph.Neg(CosineSimilarity{}.PerRow(labels, predictions))
}

// String is "cosine_similarity".
func (Cosine) String() string { return "cosine_similarity" }

// HigherIsBetter is true.
func (Cosine) HigherIsBetter() bool { return true }
