package loss

import "github.com/gomlx/gomlx/core/graph"

// Summed trains by the sum of a loss over the batch where the loss has the mean: PyTorch's reduction="sum". The steps are those
// of the sum; what is reported, in training and in evaluation, stays the mean, which doesn't grow with the number of rows.
type Summed struct{ Of Loss }

// PerRow implements [Loss].
func (s Summed) PerRow(labels, predictions *graph.Node) *graph.Node {
	return s.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (s Summed) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	mean := Rows(s.Of, labels, predictions, mask)
	return withGradient(mean, graph.Mul(s.sums(labels, predictions), dataRows(mean, mask)))
}

// Total is the sum, a scalar, over rows that are all data: what PyTorch prints. Graph-building code, as PerRow is.
func (s Summed) Total(labels, predictions *graph.Node) *graph.Node {
	return graph.ReduceAllSum(s.sums(labels, predictions))
}

// sums are the sums of the rows, [batch].
func (s Summed) sums(labels, predictions *graph.Node) *graph.Node {
	if counted, ok := s.Of.(SparseCategoricalCrossentropy); ok {
		terms, _ := counted.terms(labels, predictions)
		return inRows(terms)
	}
	n := predictions.Shape().Size() / predictions.Shape().Dim(0)
	if o, ok := s.Of.(interface {
		termsOf(predictions *graph.Node) int
	}); ok {
		n = o.termsOf(predictions)
	}
	return graph.MulScalar(s.Of.PerRow(labels, predictions), float64(n))
}

// Validate refuses what the loss refuses.
func (s Summed) Validate() error { return validate(s.Of) }

// String is the loss's.
func (s Summed) String() string { return s.Of.String() }

// Unsummed is the loss that has the mean: that of a [Summed], or l itself.
func Unsummed(l Loss) Loss {
	if s, ok := l.(Summed); ok {
		return s.Of
	}
	return l
}

// termsOf is how many losses a row's mean is of.
func (c CategoricalCrossentropy) termsOf(predictions *graph.Node) int {
	classes := predictions.Shape().Dim(-1)
	if c.ClassesFirst {
		classes = predictions.Shape().Dim(1)
	}
	return predictions.Shape().Size() / predictions.Shape().Dim(0) / classes
}
