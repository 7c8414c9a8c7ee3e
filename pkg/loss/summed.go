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

// OfBatch is the loss of a batch of which all rows are data, a scalar, as PyTorch has it: the mean of the rows, their sum where the
// loss is [Summed], and of [Outputs] the sum of these times their weights. Labels and predictions are those of each output.
// Graph-building code, as PerRow is.
func OfBatch(l Loss, labels, predictions []*graph.Node) *graph.Node {
	switch l := l.(type) {
	case Outputs:
		return l.Sum(labels, predictions, func(l Loss, at int) *graph.Node { return OfBatch(l, labels[at:at+1], predictions[at:at+1]) })
	case Summed:
		return l.Total(labels[0], predictions[0])
	}
	return graph.ReduceAllMean(Rows(l, labels[0], predictions[0], nil))
}

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
