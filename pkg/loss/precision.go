package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// Precision is the share of right ones among the predictions above a threshold, tp/(tp+fp), 0 where there are none. Shapes:
// labels and predictions alike, [batch, …]; a label other than 0 is positive. Several thresholds give a value each.
type Precision struct {
	Thresholds []float64 `keras:"thresholds,alone"` // from 0 to 1; nil: 0.5, with TopK none
	TopK       int       `keras:"top_k,optional"`   // only so many largest predictions of a row can be positive; 0: all
	ClassID    []int     `keras:"class_id,alone"`   // looks at one class alone, its place on the last axis; nil: at all
}

// Recall is the share of positive labels whose prediction is above a threshold, tp/(tp+fn), 0 where there are none. The rest is
// as for [Precision].
type Recall struct {
	Thresholds []float64 `keras:"thresholds,alone"` // see Precision
	TopK       int       `keras:"top_k,optional"`   // see Precision
	ClassID    []int     `keras:"class_id,alone"`   // see Precision
}

var (
	_ = metrics.Add(Precision{})
	_ = metrics.Add(Recall{})
)

// Sums implements [Accumulator].
func (p Precision) Sums(b Batch) *graph.Node {
	labels, predictions := selected(b, p.TopK, p.ClassID)
	return p.thresholds().sums(b, labels, predictions, 1, nil)
}

// Values implements [Accumulator]: one for each threshold.
func (p Precision) Values(sums []float64) []float64 {
	c := p.thresholds().confusions(sums, 1)[0]
	return ratios(c.tp, c.fp)
}

func (p Precision) thresholds() thresholds {
	if p.TopK > 0 {
		return listed(p.Thresholds, -1e10)
	}
	return listed(p.Thresholds, 0.5)
}

// Validate refuses thresholds that aren't from 0 to 1 and a negative or a second class.
func (p Precision) Validate() error {
	if len(p.ClassID) > 1 || len(p.ClassID) == 1 && p.ClassID[0] < 0 || p.TopK < 0 {
		return fmt.Errorf("%s: TopK %d and ClassID %v: must be no number or one, and not negative", p, p.TopK, p.ClassID)
	}
	return checkThresholds(p.String(), p.Thresholds)
}

// String is "precision".
func (Precision) String() string { return "precision" }

// HigherIsBetter is true.
func (Precision) HigherIsBetter() bool { return true }

// Sums implements [Accumulator].
func (r Recall) Sums(b Batch) *graph.Node { return Precision(r).Sums(b) }

// Values implements [Accumulator]: one for each threshold.
func (r Recall) Values(sums []float64) []float64 {
	c := Precision(r).thresholds().confusions(sums, 1)[0]
	return ratios(c.tp, c.fn)
}

// Validate refuses what [Precision] refuses.
func (r Recall) Validate() error {
	if err := Precision(r).Validate(); err != nil {
		return fmt.Errorf("recall, as for %w", err)
	}
	return nil
}

// String is "recall".
func (Recall) String() string { return "recall" }

// HigherIsBetter is true.
func (Recall) HigherIsBetter() bool { return true }

// ratios are a/(a+b) of each, 0 where both are.
func ratios(a, b []float64) []float64 {
	all := make([]float64, len(a))
	for i := range a {
		all[i] = ratio(a[i], a[i]+b[i])
	}
	return all
}
