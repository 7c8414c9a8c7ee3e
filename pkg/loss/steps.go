package loss

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// Steps is a loss or a metric of the steps of masked sequences: what doesn't count is left out.
type Steps struct {
	// Sums is the sum over the steps of each row that count, shape [batch]; 0 for a row that only fills the batch up.
	Sums *graph.Node
	// Counts is how many they are, shape [batch]. Of a mean over all axes behind the steps each counts as one.
	Counts *graph.Node
}

// OfSteps looks at the steps of sequences one by one: labels and predictions are [batch, time, …], mask [batch, time] is
// true where a step counts, and may have fewer or more axes than one of time. rows [batch] is 1 for rows of data and 0 for
// others, nil for data alone. What labels and losses are where a step doesn't count is of no account; a prediction that isn't
// finite there makes gradients NaN, as in Keras.
//
// It is graph-building code and panics when shapes don't belong together, and for what isn't the mean over steps, as [Dice],
// [Tversky], [Circle] and [CTC].
func OfSteps(l Loss, labels, predictions, mask, rows *graph.Node) Steps {
	dims := mask.Shape().Dimensions
	axes := len(dims)
	for _, x := range []*graph.Node{labels, predictions} {
		if x.Rank() < axes || !slices.Equal(x.Shape().Dimensions[:axes], dims) {
			panic(fmt.Errorf("labels have shape %v, predictions %v, their mask %v: both must begin with the axes of the mask",
				labels.Shape().Dimensions, predictions.Shape().Dimensions, dims))
		}
	}
	if err := MaskedOutput(l); err != nil {
		panic(err)
	}
	g := predictions.Graph()
	mask = graph.StopGradient(mask)
	counts := graph.ConvertDType(mask, predictions.DType())
	if rows != nil {
		counts = graph.Mul(counts, besides(graph.ConvertDType(rows, counts.DType()), counts))
		mask = graph.GreaterThan(counts, graph.ScalarZero(g, counts.DType()))
	}
	if takesNumbers(l) { // those that are no class, where nothing counts, would make the gradient NaN
		labels = graph.Where(besides(mask, labels), labels, graph.ScalarZero(g, labels.DType()))
	}
	apart := func(x *graph.Node) *graph.Node {
		return graph.Reshape(x, append([]int{mask.Shape().Size()}, x.Shape().Dimensions[axes:]...)...)
	}
	var known *graph.Node
	if rows != nil {
		known = apart(besides(rows, counts))
	}
	values := graph.Reshape(Rows(l, apart(labels), apart(predictions), known), dims...)
	values = graph.Where(mask, values, graph.ScalarZero(g, values.DType()))
	return Steps{Sums: inRows(values), Counts: inRows(counts)}
}

// besides is x, which has the first axes of y, with the shape of y.
func besides(x, y *graph.Node) *graph.Node {
	for x.Rank() < y.Rank() {
		x = graph.InsertAxes(x, -1)
	}
	return graph.BroadcastToDims(x, y.Shape().Dimensions...)
}

// inRows adds up all axes but the first.
func inRows(x *graph.Node) *graph.Node {
	if x.Rank() == 1 {
		return x
	}
	return graph.ReduceSum(graph.Reshape(x, x.Shape().Dim(0), -1), -1)
}

// Means are the losses of rows whose mean is the mean over all steps that count, as Keras has it of a loss: shape [batch].
// together is how many rows were one batch in Keras, from the first on; 0: all of them. Where no step counts they are 0.
// rows is as for [OfSteps].
func (s Steps) Means(rows *graph.Node, together int) *graph.Node {
	n := s.Sums.Shape().Dim(0)
	if together <= 0 || together > n {
		together = n
	}
	data := graph.OnesLike(s.Counts)
	if rows != nil {
		data = graph.ConvertDType(rows, s.Counts.DType())
	}
	return graph.Mul(s.Sums, quotient(inGroups(data, together), inGroups(s.Counts, together)))
}

// inGroups is, for each row, the sum over the group of rows that it is in.
func inGroups(x *graph.Node, size int) *graph.Node {
	n := x.Shape().Dim(0)
	groups := (n + size - 1) / size
	if missing := groups*size - n; missing > 0 {
		x = graph.Concatenate([]*graph.Node{x, graph.BroadcastToDims(graph.ScalarZero(x.Graph(), x.DType()), missing)}, 0)
	}
	sums := graph.ReduceAndKeep(graph.Reshape(x, groups, size), graph.ReduceSum, -1)
	all := graph.Reshape(graph.BroadcastToDims(sums, groups, size), groups*size)
	if groups*size == n {
		return all
	}
	return graph.Slice(all, graph.AxisRange(0, n))
}

// quotient is x/y, 0 where y is.
func quotient(x, y *graph.Node) *graph.Node {
	zero := graph.ScalarZero(y.Graph(), y.DType())
	none := graph.Equal(y, zero)
	return graph.Where(none, zero, graph.Div(x, graph.Where(none, graph.OnesLike(y), y)))
}

// Mean is the mean over all steps that count, a scalar, and how many they are; 0 where there is none. A metric has it.
func (s Steps) Mean() (mean, count *graph.Node) {
	count = graph.ReduceAllSum(s.Counts)
	return quotient(graph.ReduceAllSum(s.Sums), count), count
}

// MaskedOutput says why a loss or a metric can't leave steps of an output with a mask out; nil: it can.
func MaskedOutput(l Metric) error {
	switch l := bare(l).(type) {
	case Dice, Tversky, Circle, CTC:
		return fmt.Errorf("the loss %s of an output with a mask is not supported: Keras itself has no mean over steps for it", l)
	case Broadcast:
		return fmt.Errorf("the loss %s of an output with a mask is not supported", l)
	case Summed:
		if l.AsTorch {
			return fmt.Errorf("the sum of the loss %s of an output with a mask is not supported", l)
		}
		return MaskedOutput(l.Of)
	case MeanByWeight:
		return MaskedOutput(l.Of)
	case SparseCategoricalCrossentropy:
		if l.ClassWeights != nil || l.Ignore != nil {
			return fmt.Errorf("the loss %s with ClassWeights or Ignore of an output with a mask is not supported: use one of them", l)
		}
	}
	return nil
}

// takesNumbers reports whether labels are class numbers.
func takesNumbers(l Metric) bool {
	switch l := bare(l).(type) {
	case Summed:
		return takesNumbers(l.Of)
	case MeanByWeight:
		return takesNumbers(l.Of)
	case SparseCategoricalCrossentropy, CategoricalGeneralizedCrossEntropy, MultiMarginLoss, MultiLabelMarginLoss:
		return true
	}
	return false
}

func bare(m Metric) Metric {
	for {
		on, ok := m.(Reported)
		if !ok {
			return m
		}
		m = on.Metric
	}
}
