package loss

import (
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// MeanByWeight divides the sum of the rows' losses, times their sample and class weights, by the sum of these weights, where other
// losses are divided by the number of rows:
//
//	Σ w·l / Σ w
//
// over the steps that count where the output has a mask; 0 where nothing counts. Keras: reduction="mean_with_sample_weight". Without
// weights it is the loss itself. As the mean is that of a batch, another batch size gives another loss.
type MeanByWeight struct{ Of Loss }

// ByWeight reports whether a loss, or that of an output, is a [MeanByWeight].
func ByWeight(l Loss) bool {
	if all, several := l.(Outputs); several {
		return slices.ContainsFunc(all, func(o Output) bool { return ByWeight(o.Loss) })
	}
	_, is := l.(MeanByWeight)
	return is
}

// PerRow implements [Loss], without weights.
func (m MeanByWeight) PerRow(labels, predictions *graph.Node) *graph.Node {
	return m.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [Batchwise], without weights; [Batch.Losses] looks at them.
func (m MeanByWeight) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	return Rows(m.Of, labels, predictions, mask)
}

// losses are those of rows: times their weights and divided by the number of rows they add up to the mean.
func (m MeanByWeight) losses(b Batch) *graph.Node {
	if b.Weight == nil {
		b.Weight = b.Mask
	}
	if b.Weight == nil {
		return Batch{Labels: b.Labels, Predictions: b.Predictions, Steps: b.Steps, Together: b.Together}.Losses(m.Of)
	}
	var sums, counts *graph.Node
	if b.Steps != nil {
		steps := OfSteps(m.Of, b.Labels, b.Predictions, b.Steps, b.Mask)
		sums, counts = steps.Sums, steps.Counts
	} else {
		sums = Rows(m.Of, b.Labels, b.Predictions, b.Mask)
		counts = graph.OnesLike(sums)
	}
	data := graph.OnesLike(counts)
	if b.Mask != nil {
		data = graph.ConvertDType(b.Mask, counts.DType())
	}
	n := counts.Shape().Dim(0)
	together := b.Together
	if together <= 0 || together > n {
		together = n
	}
	weights := graph.Mul(graph.Mul(counts, data), graph.ConvertDType(b.Weight, counts.DType()))
	return graph.Mul(sums, quotient(inGroups(data, together), inGroups(weights, together)))
}

// Validate refuses what the loss refuses.
func (m MeanByWeight) Validate() error { return validate(m.Of) }

// String is the loss's.
func (m MeanByWeight) String() string { return m.Of.String() }
