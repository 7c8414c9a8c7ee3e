package loss

import "github.com/gomlx/gomlx/core/graph"

// Poisson is the mean of prediction − label·log(prediction + 1e-7), for counts. Keras: "poisson".
//
// Predictions are rates and must be positive: below −1e-7 the loss is NaN. Shapes as for [MSE].
type Poisson struct{}

var (
	_ = losses.Add(Poisson{}, averaged)
	_ = losses.Say("poisson", Poisson{})
)

// PerRow implements [Loss].
func (Poisson) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	log := graph.Log(graph.AddScalar(predictions, epsilon))
	return meanPerRow(graph.Sub(predictions, graph.Mul(labels, log)))
}

// String is "poisson".
func (Poisson) String() string { return "poisson" }
