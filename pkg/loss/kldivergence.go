package loss

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// KLDivergence is Σ y·log(y/p) over the last axis, for labels y and predictions p that are distributions: what the
// cross-entropy has above the labels' own entropy. Keras: "kl_divergence", "kld".
//
// Both are cut to [1e-7, 1]; outside a prediction has no gradient. They aren't divided by their sum. Shapes:
// [batch, …, classes], both; axes between are averaged. A NaN makes the row's loss NaN.
type KLDivergence struct{}

var (
	_ = losses.Add(KLDivergence{}, averaged, codec.Named("KLDivergence"))
	_ = losses.Say("kl_divergence", KLDivergence{})
	_ = losses.Say("kld", KLDivergence{})
	_ = losses.Say("KLD", KLDivergence{})
)

// PerRow implements [Loss].
func (KLDivergence) PerRow(labels, predictions *graph.Node) *graph.Node {
	y := clip(alike(labels, predictions), epsilon, 1)
	p := clip(predictions, epsilon, 1)
	return meanPerRow(graph.ReduceSum(graph.Mul(y, graph.Log(graph.Div(y, p))), -1))
}

// String is "kl_divergence".
func (KLDivergence) String() string { return "kl_divergence" }
