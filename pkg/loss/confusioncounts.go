package loss

import "github.com/gomlx/gomlx/core/graph"

// TruePositives counts predictions above a threshold whose label is positive, weighted by their rows. Shapes and thresholds
// as for [Precision].
type TruePositives struct {
	Thresholds []float64 `keras:"thresholds,alone"` // from 0 to 1; nil: 0.5
}

// FalsePositives counts predictions above a threshold whose label is 0. The rest is as for [TruePositives].
type FalsePositives struct {
	Thresholds []float64 `keras:"thresholds,alone"` // from 0 to 1; nil: 0.5
}

// TrueNegatives counts predictions that are not above a threshold and whose label is 0. The rest is as for [TruePositives].
type TrueNegatives struct {
	Thresholds []float64 `keras:"thresholds,alone"` // from 0 to 1; nil: 0.5
}

// FalseNegatives counts predictions that are not above a threshold and whose label is positive. The rest is as for
// [TruePositives].
type FalseNegatives struct {
	Thresholds []float64 `keras:"thresholds,alone"` // from 0 to 1; nil: 0.5
}

var (
	_ = metrics.Add(TruePositives{})
	_ = metrics.Add(FalsePositives{})
	_ = metrics.Add(TrueNegatives{})
	_ = metrics.Add(FalseNegatives{})
)

// counted is the confusion at each threshold.
func counted(of []float64, sums []float64) confusion { return listed(of, 0.5).confusions(sums, 1)[0] }

// Sums implements [Accumulator].
func (c TruePositives) Sums(b Batch) *graph.Node { return Precision{Thresholds: c.Thresholds}.Sums(b) }

// Values implements [Accumulator]: one for each threshold.
func (c TruePositives) Values(sums []float64) []float64 { return counted(c.Thresholds, sums).tp }

// Validate refuses thresholds that aren't from 0 to 1.
func (c TruePositives) Validate() error { return checkThresholds(c.String(), c.Thresholds) }

// String is "true_positives".
func (TruePositives) String() string { return "true_positives" }

// HigherIsBetter is true.
func (TruePositives) HigherIsBetter() bool { return true }

// Sums implements [Accumulator].
func (c FalsePositives) Sums(b Batch) *graph.Node { return Precision{Thresholds: c.Thresholds}.Sums(b) }

// Values implements [Accumulator]: one for each threshold.
func (c FalsePositives) Values(sums []float64) []float64 { return counted(c.Thresholds, sums).fp }

// Validate refuses thresholds that aren't from 0 to 1.
func (c FalsePositives) Validate() error { return checkThresholds(c.String(), c.Thresholds) }

// String is "false_positives".
func (FalsePositives) String() string { return "false_positives" }

// Sums implements [Accumulator].
func (c TrueNegatives) Sums(b Batch) *graph.Node { return Precision{Thresholds: c.Thresholds}.Sums(b) }

// Values implements [Accumulator]: one for each threshold.
func (c TrueNegatives) Values(sums []float64) []float64 { return counted(c.Thresholds, sums).tn }

// Validate refuses thresholds that aren't from 0 to 1.
func (c TrueNegatives) Validate() error { return checkThresholds(c.String(), c.Thresholds) }

// String is "true_negatives".
func (TrueNegatives) String() string { return "true_negatives" }

// HigherIsBetter is true.
func (TrueNegatives) HigherIsBetter() bool { return true }

// Sums implements [Accumulator].
func (c FalseNegatives) Sums(b Batch) *graph.Node { return Precision{Thresholds: c.Thresholds}.Sums(b) }

// Values implements [Accumulator]: one for each threshold.
func (c FalseNegatives) Values(sums []float64) []float64 { return counted(c.Thresholds, sums).fn }

// Validate refuses thresholds that aren't from 0 to 1.
func (c FalseNegatives) Validate() error { return checkThresholds(c.String(), c.Thresholds) }

// String is "false_negatives".
func (FalseNegatives) String() string { return "false_negatives" }
