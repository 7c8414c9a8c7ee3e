package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// CategoricalGeneralizedCrossEntropy is (1 − p^Q)/Q, p being the probability of the class whose number, from 0, is the
// label: between the cross-entropy, for Q towards 0, and the mean absolute error, for 1; it bears wrong labels. Keras:
// CategoricalGeneralizedCrossEntropy. Source: Zhang & Sabuncu 2018, arXiv:1805.07836.
//
// Shapes: predictions [batch, …, classes], labels [batch, …]. Unlike Keras it refuses labels [batch, 1], which Keras
// compares with every row. A label that is no class makes the row's loss NaN, as in [SparseCategoricalCrossentropy].
// Probabilities are taken as they are; of one that is 0 the gradient is infinite.
type CategoricalGeneralizedCrossEntropy struct {
	Q float64 `keras:"q,default=0.5,above=0,below=1"` // 0 means 0.5
}

var (
	_ = losses.Add(CategoricalGeneralizedCrossEntropy{}, averaged)
	_ = losses.Say("categorical_generalized_cross_entropy", CategoricalGeneralizedCrossEntropy{})
)

// PerRow implements [Loss].
func (c CategoricalGeneralizedCrossEntropy) PerRow(labels, predictions *graph.Node) *graph.Node {
	needsClasses(predictions)
	if labels.Rank() == predictions.Rank() {
		panic(shapeOfNumbers(labels, predictions))
	}
	q := or(c.Q, 0.5)
	p := graph.ReduceSum(graph.Mul(predictions, oneHotOf(labels, predictions)), -1)
	return meanPerRow(graph.DivScalar(graph.OneMinus(power(p, q)), q))
}

// Validate refuses a Q outside (0, 1).
func (c CategoricalGeneralizedCrossEntropy) Validate() error { return codec.Check(c) }

// String is "categorical_generalized_cross_entropy".
func (CategoricalGeneralizedCrossEntropy) String() string {
	return "categorical_generalized_cross_entropy"
}
