package loss

import "github.com/gomlx/gomlx/core/graph"

// Summed trains by the sum of a loss over the batch where the loss has the mean: reduction="sum". The steps are those of the sum, so
// that a learning rate acts as one that is as many times larger as there are terms; what is reported, in training and in
// evaluation, stays the mean, which doesn't grow with the number of rows.
//
// The terms are those of Keras, one for each place of all axes but the last: of predictions [batch, outputs] one a row. A loss
// that is one number of the whole batch, as [Dice] without an Axis, has one term.
type Summed struct {
	Of      Loss
	AsTorch bool // each output is a term by itself, as in PyTorch, where the loss averages over them
}

// PerRow implements [Loss].
func (s Summed) PerRow(labels, predictions *graph.Node) *graph.Node {
	return s.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise].
func (s Summed) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	mean := Rows(s.Of, labels, predictions, mask)
	return withGradient(mean, s.scaled(labels, predictions, mask, mean))
}

// scaled are rows whose mean is the sum.
func (s Summed) scaled(labels, predictions, mask, mean *graph.Node) *graph.Node {
	if o, ok := s.Of.(ofTerms); ok && !s.AsTorch {
		if n, whole := o.kerasTerms(predictions.Shape().Dimensions); whole {
			return graph.MulScalar(mean, float64(n))
		}
	}
	return graph.Mul(s.sums(labels, predictions, mask), dataRows(mean, mask))
}

// ofTerms is implemented by losses of which Keras has another number of terms than one for each place of all axes but the last:
// n of each row, or of the whole batch.
type ofTerms interface {
	kerasTerms(predictions []int) (n int, whole bool)
}

// Total is the sum, a scalar, over rows that are all data: what Keras and PyTorch print. Graph-building code, as PerRow is.
func (s Summed) Total(labels, predictions *graph.Node) *graph.Node {
	return graph.ReduceAllMean(s.scaled(labels, predictions, nil, Rows(s.Of, labels, predictions, nil)))
}

// ofSteps is the sum over the steps that count, as the losses of rows, whose value is the mean.
func (s Summed) ofSteps(steps Steps, predictions *graph.Node, rows *graph.Node, together int, axes int) *graph.Node {
	mean := steps.Means(rows, together)
	n := 1 // terms of a step
	for _, d := range predictions.Shape().Dimensions[min(axes, predictions.Rank()-1) : predictions.Rank()-1] {
		n *= d
	}
	return withGradient(mean, graph.Mul(graph.MulScalar(steps.Sums, float64(n)), dataRows(mean, rows)))
}

// sums are the sums of the rows, [batch].
func (s Summed) sums(labels, predictions, mask *graph.Node) *graph.Node {
	switch of := s.Of.(type) {
	case SparseCategoricalCrossentropy:
		terms, _ := of.terms(labels, predictions)
		return inRows(terms)
	case Circle:
		return of.rows(labels, predictions, mask)
	}
	return graph.MulScalar(s.Of.PerRow(labels, predictions), float64(s.ofRow(predictions.Shape().Dimensions)))
}

// Terms is how many losses are added up of a batch of predictions, by their shape: as many times as large as the gradient of the
// mean is that of the sum.
func (s Summed) Terms(predictions []int) int {
	if o, ok := s.Of.(ofTerms); ok && !s.AsTorch {
		if n, whole := o.kerasTerms(predictions); whole {
			return n
		}
	}
	return predictions[0] * s.ofRow(predictions)
}

// ofRow is how many losses a row's mean is of.
func (s Summed) ofRow(predictions []int) int {
	n, last := product(predictions[1:]), len(predictions)-1
	switch of := s.Of.(type) {
	case SparseCategoricalCrossentropy:
		if of.ClassesFirst {
			return n / max(1, predictions[1])
		}
		return n / max(1, predictions[last])
	case ofTerms:
		if !s.AsTorch {
			n, _ := of.kerasTerms(predictions)
			return n
		}
	case interface{ termsOf(predictions []int) int }:
		if s.AsTorch {
			return of.termsOf(predictions)
		}
	}
	if s.AsTorch || last == 0 {
		return n
	}
	return n / max(1, predictions[last])
}

func product(sizes []int) int {
	n := 1
	for _, size := range sizes {
		n *= size
	}
	return n
}

func (CTC) kerasTerms([]int) (int, bool) { return 1, false }

// Validate refuses what the loss refuses.
func (s Summed) Validate() error { return validate(s.Of) }

// String is the loss's.
func (s Summed) String() string { return s.Of.String() }

// OfBatch is the loss of a batch of which all rows are data, a scalar, as Keras and PyTorch have it: the mean of the rows, their
// sum where the loss is [Summed], and of [Outputs] the sum of these times their weights. Labels and predictions are those of each output.
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

// Unreduced is the loss that has the mean over the rows: that of a [Summed] or a [MeanByWeight], or l itself.
func Unreduced(l Loss) Loss {
	switch l := l.(type) {
	case Summed:
		return l.Of
	case MeanByWeight:
		return l.Of
	}
	return l
}

// ReducedAs is a loss as another one is reduced: by its sum, by its mean by weights, or by its mean. nil stays nil.
func ReducedAs(like, l Loss) Loss {
	if l == nil {
		return nil
	}
	switch like := like.(type) {
	case Summed:
		return Summed{Of: Unreduced(l), AsTorch: like.AsTorch}
	case MeanByWeight:
		return MeanByWeight{Of: Unreduced(l)}
	}
	return l
}

// termsOf is how many losses a row's mean is of.
func (c CategoricalCrossentropy) termsOf(predictions []int) int {
	classes := predictions[len(predictions)-1]
	if c.ClassesFirst {
		classes = predictions[1]
	}
	return product(predictions[1:]) / max(1, classes)
}
