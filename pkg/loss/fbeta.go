package loss

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// FBetaScore is (1+β²)·precision·recall / (β²·precision+recall) of each class, or one number of all. Shapes: labels and
// predictions [batch, classes], labels 0 and 1.
type FBetaScore struct {
	// Average is "micro", one number over all classes together, "macro", the mean over the classes, or "weighted", that by how
	// many positive labels each has; empty: a value for each class.
	Average   string  `keras:"average,optional"`
	Beta      float64 `keras:"beta,default=1,above=0,point"`          // how much more recall counts than precision; 0: 1
	Threshold float64 `keras:"threshold,optional,above=0,to=1,point"` // what is above it is positive; 0: the largest of each row
}

// F1Score is [FBetaScore] with β = 1.
type F1Score struct {
	Average   string  `keras:"average,optional"`                      // see FBetaScore
	Threshold float64 `keras:"threshold,optional,above=0,to=1,point"` // see FBetaScore
}

var (
	_ = metrics.Add(FBetaScore{})
	_ = metrics.Add(F1Score{})
)

// Sums implements [Accumulator]: true positives, false positives and false negatives of each class.
func (f FBetaScore) Sums(b Batch) *graph.Node {
	predictions := b.Predictions
	labels := graph.ConvertDType(b.Labels, predictions.DType())
	if predictions.Rank() != 2 || !labels.Shape().Equal(predictions.Shape()) {
		panic(fmt.Errorf("labels have shape %v, predictions %v: must be [batch, classes], both", labels.Shape().Dimensions, predictions.Shape().Dimensions))
	}
	g, dtype := predictions.Graph(), predictions.DType()
	var positive *graph.Node
	if f.Threshold == 0 {
		largest := graph.BroadcastToShape(graph.ReduceAndKeep(predictions, graph.ReduceMax, -1), predictions.Shape())
		positive = graph.LogicalAnd(graph.GreaterOrEqual(predictions, largest),
			graph.GreaterThan(graph.Abs(predictions), graph.Scalar(g, dtype, 1e-9)))
	} else {
		positive = graph.GreaterThan(predictions, graph.Scalar(g, dtype, f.Threshold))
	}
	p := graph.ConvertDType(positive, dtype)
	sum := func(x *graph.Node) *graph.Node { return graph.ReduceSum(b.Weighted(x), 0) }
	return vector(sum(graph.Mul(p, labels)), sum(graph.Mul(p, graph.OneMinus(labels))), sum(graph.Mul(graph.OneMinus(p), labels)))
}

// Values implements [Accumulator].
func (f FBetaScore) Values(sums []float64) []float64 {
	c := columns(sums, 3)
	tp, fp, fn := c[0], c[1], c[2]
	if f.Average == "micro" {
		tp, fp, fn = []float64{total(tp)}, []float64{total(fp)}, []float64{total(fn)}
	}
	beta := f.Beta
	if beta == 0 {
		beta = 1
	}
	scores, positives := make([]float64, len(tp)), make([]float64, len(tp))
	for i := range tp {
		precision, recall := tp[i]/(tp[i]+fp[i]+epsilon), tp[i]/(tp[i]+fn[i]+epsilon)
		scores[i] = (1 + beta*beta) * precision * recall / (beta*beta*precision + recall + epsilon)
		positives[i] = tp[i] + fn[i]
	}
	switch f.Average {
	case "":
		return scores
	case "weighted":
		weighted := 0.0
		for i, s := range scores {
			weighted += s * positives[i] / (total(positives) + epsilon)
		}
		return []float64{weighted}
	}
	return []float64{total(scores) / float64(len(scores))}
}

func total(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// Validate refuses numbers out of their range and another Average.
func (f FBetaScore) Validate() error {
	switch {
	case !slices.Contains([]string{"", "micro", "macro", "weighted"}, f.Average):
		return fmt.Errorf("%s: Average is %q: must be micro, macro, weighted or empty", f, f.Average)
	case !(f.Beta >= 0) || math.IsInf(f.Beta, 0):
		return fmt.Errorf("%s: Beta is %g: must be positive and finite", f, f.Beta)
	case !(f.Threshold >= 0 && f.Threshold <= 1):
		return fmt.Errorf("%s: Threshold is %g: must be above 0 and at most 1", f, f.Threshold)
	}
	return nil
}

// String is "fbeta_score".
func (FBetaScore) String() string { return "fbeta_score" }

// HigherIsBetter is true.
func (FBetaScore) HigherIsBetter() bool { return true }

func (f F1Score) beta() FBetaScore { return FBetaScore{Average: f.Average, Threshold: f.Threshold} }

// Sums implements [Accumulator] as [FBetaScore] does.
func (f F1Score) Sums(b Batch) *graph.Node { return f.beta().Sums(b) }

// Values implements [Accumulator].
func (f F1Score) Values(sums []float64) []float64 { return f.beta().Values(sums) }

// Validate refuses what [FBetaScore] refuses.
func (f F1Score) Validate() error { return f.beta().Validate() }

// String is "f1_score".
func (F1Score) String() string { return "f1_score" }

// HigherIsBetter is true.
func (F1Score) HigherIsBetter() bool { return true }
