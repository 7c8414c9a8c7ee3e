package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// SensitivityAtSpecificity is the largest sensitivity, tp/(tp+fn), at the thresholds where the specificity, tn/(tn+fp), is at
// least Specificity; 0 where it is nowhere. Thresholds lie at even distances from 0 to 1. Shapes as for [Precision].
type SensitivityAtSpecificity struct {
	Specificity   float64 `keras:"specificity,required,positional,from=0,to=1"`
	NumThresholds int     `keras:"num_thresholds,default=200,from=1"` // 0: 200; 1: that of 0.5
	ClassID       []int   `keras:"class_id,alone"`                    // see Precision
}

// SpecificityAtSensitivity is the largest specificity where the sensitivity is at least Sensitivity; the rest is as for
// [SensitivityAtSpecificity].
type SpecificityAtSensitivity struct {
	Sensitivity   float64 `keras:"sensitivity,required,positional,from=0,to=1"`
	NumThresholds int     `keras:"num_thresholds,default=200,from=1"` // 0: 200; 1: that of 0.5
	ClassID       []int   `keras:"class_id,alone"`                    // see Precision
}

// PrecisionAtRecall is the largest precision, tp/(tp+fp), where the recall, tp/(tp+fn), is at least Recall; the rest is as for
// [SensitivityAtSpecificity].
type PrecisionAtRecall struct {
	Recall        float64 `keras:"recall,required,positional,from=0,to=1"`
	NumThresholds int     `keras:"num_thresholds,default=200,from=1"` // 0: 200; 1: that of 0.5
	ClassID       []int   `keras:"class_id,alone"`                    // see Precision
}

// RecallAtPrecision is the largest recall where the precision is at least Precision; the rest is as for
// [SensitivityAtSpecificity].
type RecallAtPrecision struct {
	Precision     float64 `keras:"precision,required,positional,from=0,to=1"`
	NumThresholds int     `keras:"num_thresholds,default=200,from=1"` // 0: 200; 1: that of 0.5
	ClassID       []int   `keras:"class_id,alone"`                    // see Precision
}

var (
	_ = metrics.Add(SensitivityAtSpecificity{})
	_ = metrics.Add(SpecificityAtSensitivity{})
	_ = metrics.Add(PrecisionAtRecall{})
	_ = metrics.Add(RecallAtPrecision{})
)

// operatingPoint is what these metrics have in common.
type operatingPoint struct {
	atLeast float64
	n       int
	class   []int
}

func (o operatingPoint) thresholds() thresholds {
	switch o.n {
	case 0:
		return thresholds{evenN: 200}
	case 1:
		return thresholds{of: []float64{0.5}}
	}
	return thresholds{evenN: o.n}
}

func (o operatingPoint) sums(b Batch) *graph.Node {
	labels, predictions := selected(b, 0, o.class)
	return o.thresholds().sums(b, labels, predictions, 1, nil)
}

// best is the largest that one share reaches where the other is large enough.
func (o operatingPoint) best(sums []float64, wanted, constrained func(confusion) []float64) []float64 {
	c := o.thresholds().confusions(sums, 1)[0]
	largest, limits := 0.0, constrained(c)
	for i, x := range wanted(c) {
		if float32(limits[i]) >= float32(o.atLeast) { // as Keras compares them
			largest = max(largest, x)
		}
	}
	return []float64{largest}
}

func (o operatingPoint) validate(metric string) error {
	if !(o.atLeast >= 0 && o.atLeast <= 1) {
		return fmt.Errorf("%s: %g must be from 0 to 1", metric, o.atLeast)
	}
	if o.n < 0 || len(o.class) > 1 || len(o.class) == 1 && o.class[0] < 0 {
		return fmt.Errorf("%s: NumThresholds %d and ClassID %v: must be no number or one, and not negative", metric, o.n, o.class)
	}
	return nil
}

func sensitivities(c confusion) []float64 { return ratios(c.tp, c.fn) }
func specificities(c confusion) []float64 { return ratios(c.tn, c.fp) }
func precisions(c confusion) []float64    { return ratios(c.tp, c.fp) }

func (s SensitivityAtSpecificity) point() operatingPoint {
	return operatingPoint{s.Specificity, s.NumThresholds, s.ClassID}
}

// Sums implements [Accumulator].
func (s SensitivityAtSpecificity) Sums(b Batch) *graph.Node { return s.point().sums(b) }

// Values implements [Accumulator].
func (s SensitivityAtSpecificity) Values(sums []float64) []float64 {
	return s.point().best(sums, sensitivities, specificities)
}

// Validate refuses numbers out of their range.
func (s SensitivityAtSpecificity) Validate() error { return s.point().validate(s.String()) }

// String is "sensitivity_at_specificity".
func (SensitivityAtSpecificity) String() string { return "sensitivity_at_specificity" }

// HigherIsBetter is true.
func (SensitivityAtSpecificity) HigherIsBetter() bool { return true }

func (s SpecificityAtSensitivity) point() operatingPoint {
	return operatingPoint{s.Sensitivity, s.NumThresholds, s.ClassID}
}

// Sums implements [Accumulator].
func (s SpecificityAtSensitivity) Sums(b Batch) *graph.Node { return s.point().sums(b) }

// Values implements [Accumulator].
func (s SpecificityAtSensitivity) Values(sums []float64) []float64 {
	return s.point().best(sums, specificities, sensitivities)
}

// Validate refuses numbers out of their range.
func (s SpecificityAtSensitivity) Validate() error { return s.point().validate(s.String()) }

// String is "specificity_at_sensitivity".
func (SpecificityAtSensitivity) String() string { return "specificity_at_sensitivity" }

// HigherIsBetter is true.
func (SpecificityAtSensitivity) HigherIsBetter() bool { return true }

func (s PrecisionAtRecall) point() operatingPoint {
	return operatingPoint{s.Recall, s.NumThresholds, s.ClassID}
}

// Sums implements [Accumulator].
func (s PrecisionAtRecall) Sums(b Batch) *graph.Node { return s.point().sums(b) }

// Values implements [Accumulator].
func (s PrecisionAtRecall) Values(sums []float64) []float64 {
	return s.point().best(sums, precisions, sensitivities)
}

// Validate refuses numbers out of their range.
func (s PrecisionAtRecall) Validate() error { return s.point().validate(s.String()) }

// String is "precision_at_recall".
func (PrecisionAtRecall) String() string { return "precision_at_recall" }

// HigherIsBetter is true.
func (PrecisionAtRecall) HigherIsBetter() bool { return true }

func (s RecallAtPrecision) point() operatingPoint {
	return operatingPoint{s.Precision, s.NumThresholds, s.ClassID}
}

// Sums implements [Accumulator].
func (s RecallAtPrecision) Sums(b Batch) *graph.Node { return s.point().sums(b) }

// Values implements [Accumulator].
func (s RecallAtPrecision) Values(sums []float64) []float64 {
	return s.point().best(sums, sensitivities, precisions)
}

// Validate refuses numbers out of their range.
func (s RecallAtPrecision) Validate() error { return s.point().validate(s.String()) }

// String is "recall_at_precision".
func (RecallAtPrecision) String() string { return "recall_at_precision" }

// HigherIsBetter is true.
func (RecallAtPrecision) HigherIsBetter() bool { return true }
