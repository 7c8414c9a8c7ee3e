// Package loss holds the losses that a training minimizes and the metrics that it reports beside them, with Keras' names and
// formulas.
//
// A [Loss] gives one number per row; the trainer weighs and averages them. So the same definition
// serves full batches, padded batches, sample weights and evaluation.
//
// Which one: [MSE] for numbers with a linear last layer; [BinaryCrossentropy] for 0 and 1 with one sigmoid unit;
// [SparseCategoricalCrossentropy] for class numbers with a softmax unit for each class, [CategoricalCrossentropy] for one-hot
// rows. Where the last layer has no sigmoid or softmax, set FromLogits.
//
// Is a loss good? [BestConstant] says what always predicting one best number or class would have: for MSE the targets'
// variance. A model that stays there has learned nothing of its inputs.
package loss

import "github.com/gomlx/gomlx/core/graph"

// Loss compares labels and predictions.
type Loss interface {
	// PerRow returns the loss of each row, shape [batch]: the mean over all axes but the first.
	// It is graph-building code and panics when the shapes don't belong together.
	PerRow(labels, predictions *graph.Node) *graph.Node
	// String is Keras' name of the loss, "mse".
	String() string
}
