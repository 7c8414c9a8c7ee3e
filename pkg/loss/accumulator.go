package loss

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// Accumulator is a metric that is worked out of sums over all rows, such as [AUC] out of counts. The sums of each batch are
// taken in float32 on the device, where whole numbers up to 2²⁴ are exact and larger ones have 7 digits; those of all batches
// are added up in float64 on the host, exact up to 2⁵³.
type Accumulator interface {
	Metric
	// Sums is what the rows of a batch add up to, n numbers. It must be a sum over the rows, each times its weight, so that
	// it doesn't matter how rows are put into batches. It is graph-building code and panics when the shapes don't belong
	// together.
	Sums(b Batch) *graph.Node
	// Values works the metric out of the sums of all batches. Several values are reported as String()+"[0]", String()+"[1]", …
	// How many there are depends on n alone.
	Values(sums []float64) []float64
}

// Batch is what a metric looks at. Shapes of labels and predictions: [batch, …].
type Batch struct {
	Labels, Predictions *graph.Node
	Weight              *graph.Node // [batch] of float32, what each row counts, 0 for one that isn't data; nil: all count 1
	Mask                *graph.Node // [batch], 1 for rows of data, see [Batchwise]; nil: all are
	Steps               *graph.Node // the mask of an output of sequences, as for [OfSteps]; nil: it has none
	Together            int         // see [Steps.Means]
}

// Losses are the losses of rows, [batch], of the steps that count where the output has a mask.
func (b Batch) Losses(l Loss) *graph.Node {
	if m, ok := l.(MeanByWeight); ok {
		return m.losses(b)
	}
	if s, ok := l.(Summed); ok && b.Steps != nil {
		steps := OfSteps(s.Of, b.Labels, b.Predictions, b.Steps, b.Mask)
		return s.ofSteps(steps, b.Predictions, b.Mask, b.Together, b.Steps.Rank())
	}
	if b.Steps != nil {
		return OfSteps(l, b.Labels, b.Predictions, b.Steps, b.Mask).Means(b.Mask, b.Together)
	}
	return Rows(l, b.Labels, b.Predictions, b.Mask)
}

// Weighted is x, [batch, …], times the weights of its rows, in float32.
func (b Batch) Weighted(x *graph.Node) *graph.Node {
	x = graph.ConvertDType(x, dtypes.Float32)
	if b.Weight == nil {
		return x
	}
	weight := b.Weight
	for weight.Rank() < x.Rank() {
		weight = graph.InsertAxes(weight, -1)
	}
	return graph.Mul(x, graph.BroadcastToShape(weight, x.Shape()))
}

// Total is the sum of all weights, a scalar.
func (b Batch) Total() *graph.Node {
	if b.Weight == nil {
		return graph.Scalar(b.Predictions.Graph(), dtypes.Float32, b.Predictions.Shape().Dim(0))
	}
	return graph.ReduceAllSum(b.Weight)
}

// Accumulated is the metric as sums: itself, or the mean of a [Loss] over the rows. It is an error for what is neither.
func Accumulated(m Metric) (Accumulator, error) {
	switch m := m.(type) {
	case nil:
		return nil, fmt.Errorf("there is no metric")
	case Accumulator:
		return m, nil
	case Loss:
		return mean{m}, nil
	}
	return nil, fmt.Errorf("%T is no metric: it needs PerRow, to be averaged over rows, or Sums and Values", m)
}

// mean is the mean of a loss over all rows.
type mean struct{ of Loss }

// String is the loss's.
func (m mean) String() string { return m.of.String() }

// Sums implements [Accumulator].
func (m mean) Sums(b Batch) *graph.Node {
	if b.Steps != nil {
		steps := OfSteps(m.of, b.Labels, b.Predictions, b.Steps, b.Mask)
		return vector(graph.ReduceAllSum(b.Weighted(steps.Sums)), graph.ReduceAllSum(b.Weighted(steps.Counts)))
	}
	rows := Rows(m.of, b.Labels, b.Predictions, b.Mask)
	return vector(graph.ReduceAllSum(b.Weighted(rows)), b.Total())
}

// Values implements [Accumulator].
func (mean) Values(sums []float64) []float64 { return []float64{ratio(sums[0], sums[1])} }

// vector is one vector of the numbers in all nodes.
func vector(nodes ...*graph.Node) *graph.Node {
	for i, n := range nodes {
		nodes[i] = graph.Reshape(graph.ConvertDType(n, dtypes.Float32), -1)
	}
	if len(nodes) == 1 {
		return nodes[0]
	}
	return graph.Concatenate(nodes, 0)
}

// ratio is a/b, and 0 where b is: Keras' divide_no_nan.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// columns cuts sums into n vectors of one length.
func columns(sums []float64, n int) [][]float64 {
	size := len(sums) / n
	all := make([][]float64, n)
	for i := range all {
		all[i] = sums[i*size : (i+1)*size]
	}
	return all
}
