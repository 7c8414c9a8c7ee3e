package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// R2Score is the share of the targets' variance that predictions explain, 1 − Σ(y−p)²/Σ(y−ȳ)²: 1 at best, 0 for always
// predicting the mean ȳ. Of one output it is 0 where all its targets are equal; NaN where predictions are equal to them, too.
// Shapes: labels and predictions [batch, outputs].
// It is worked out of Σy and Σy², as in Keras: targets whose mean is thousands of times their spread leave it few digits.
type R2Score struct {
	// ClassAggregation is "uniform_average", the mean over the outputs, "variance_weighted_average", that by their targets'
	// variance, or "none", a value for each; empty: "uniform_average".
	ClassAggregation string `keras:"class_aggregation,oneof=uniform_average|variance_weighted_average|none,null=none"`
	// NumRegressors is how many inputs the model has, for the adjusted score; 0: not adjusted.
	NumRegressors int `keras:"num_regressors"`
}

var _ = metrics.Add(R2Score{})

// Sums implements [Accumulator].
func (r R2Score) Sums(b Batch) *graph.Node {
	labels := alike(b.Labels, b.Predictions)
	if labels.Rank() != 2 {
		panic(fmt.Errorf("predictions have shape %v: R2Score takes [batch, outputs]", b.Predictions.Shape().Dimensions))
	}
	sum := func(x *graph.Node) *graph.Node { return graph.ReduceSum(b.Weighted(x), 0) }
	one := graph.OnesLike(labels)
	rows := graph.Scalar(labels.Graph(), dtypes.Float32, labels.Shape().Dim(0))
	if b.Mask != nil {
		rows = graph.ReduceAllSum(graph.ConvertDType(b.Mask, dtypes.Float32))
	}
	return vector(sum(labels), sum(graph.Square(labels)), sum(graph.Square(graph.Sub(labels, b.Predictions))), sum(one),
		graph.BroadcastToDims(rows, labels.Shape().Dim(1)))
}

// Values implements [Accumulator].
func (r R2Score) Values(sums []float64) []float64 {
	c := columns(sums, 5)
	scores, spread := make([]float64, len(c[0])), make([]float64, len(c[0]))
	for i := range scores {
		spread[i] = c[1][i] - c[0][i]*(c[0][i]/c[3][i])
		if scores[i] = 1 - c[2][i]/spread[i]; math.IsInf(scores[i], 0) {
			scores[i] = 0
		}
	}
	switch r.ClassAggregation {
	case "", "uniform_average":
		scores = []float64{total(scores) / float64(len(scores))}
	case "variance_weighted_average":
		weighted := 0.0
		for i, s := range scores {
			weighted += spread[i] * s
		}
		scores = []float64{weighted / total(spread)}
	}
	n, p := c[4][0]*float64(len(c[0])), float64(r.NumRegressors) // Keras counts an example for each output
	if p != 0 && p < n-1 {
		for i, s := range scores {
			scores[i] = 1 - (1-s)*(n-1)/(n-p-1)
		}
	}
	return scores
}

// Validate refuses another ClassAggregation, and fewer than no regressors.
func (r R2Score) Validate() error {
	switch r.ClassAggregation {
	case "", "uniform_average", "variance_weighted_average", "none":
	default:
		return fmt.Errorf("R2Score.ClassAggregation is %q: must be uniform_average, variance_weighted_average or none", r.ClassAggregation)
	}
	if r.NumRegressors < 0 {
		return fmt.Errorf("R2Score.NumRegressors is %d: must not be negative", r.NumRegressors)
	}
	return nil
}

// String is "r2_score".
func (R2Score) String() string { return "r2_score" }

// HigherIsBetter is true.
func (R2Score) HigherIsBetter() bool { return true }
