package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// SoftMarginLoss is the mean of log(1 + e^(−y·x)) for labels y of −1 and 1: PyTorch's nn.SoftMarginLoss, which is the binary
// cross-entropy from logits of labels 0 and 1. Shapes and NaN as for [MSE].
type SoftMarginLoss struct{}

var _ = losses.Add(SoftMarginLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (SoftMarginLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	return meanPerRow(softplus(graph.Neg(graph.Mul(alike(labels, predictions), predictions))))
}

// best is the lowest mean of a column of labels.
func (SoftMarginLoss) best(c column) (float64, error) {
	q := (1 + average(c, identity)) / 2
	if q < 0 || q > 1 {
		return 0, fmt.Errorf("the labels' mean is %g: this loss is for labels of −1 and 1, and has no lowest value here", 2*q-1)
	}
	return -cross(q, q, true) - cross(1-q, 1-q, true), nil
}

// String is "soft_margin".
func (SoftMarginLoss) String() string { return "soft_margin" }

func (SoftMarginLoss) torch(int) Torch { return torchModule("SoftMarginLoss") }
