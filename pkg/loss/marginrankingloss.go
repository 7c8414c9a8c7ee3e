package loss

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// checkStacked panics where predictions aren't n outputs of a model, stacked behind the rows.
func checkStacked(predictions []int, n int) {
	if len(predictions) < 2 || predictions[1] != n {
		panic(fmt.Errorf("predictions have shape %v: the loss takes %d outputs together, stacked along axis 1", predictions, n))
	}
}

// MarginRankingLoss is the mean of max(0, −y·(a − b) + Margin) for labels y of 1, where a is to be the larger, and −1: PyTorch's
// nn.MarginRankingLoss, of a model that returns a and b. Shapes: predictions [batch, 2, …], a and b stacked, see nn.Stack; labels
// [batch, …]. A NaN makes the row's loss NaN.
type MarginRankingLoss struct {
	Margin float64 `keras:"-"` // PyTorch's default is 0
}

var _ = losses.Add(MarginRankingLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (m MarginRankingLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	parts := stacked(predictions, 2)
	y := alike(labels, parts[0])
	return meanPerRow(above0(graph.AddScalar(graph.Neg(graph.Mul(y, graph.Sub(parts[0], parts[1]))), m.Margin)))
}

// Validate refuses a Margin that isn't finite.
func (m MarginRankingLoss) Validate() error { return codec.Check(m) }

// String is "margin_ranking".
func (MarginRankingLoss) String() string { return "margin_ranking" }

func (m MarginRankingLoss) torch(int) Torch {
	return torchLambda(codec.Call{Function: "nn.functional.margin_ranking_loss",
		Arguments: append([]string{"p[:, 0]", "p[:, 1]", "y.view_as(p[:, 0])"}, codec.PythonArgument("margin", m.Margin, 0)...)}.String())
}

// termsOf is one for each label.
func (MarginRankingLoss) termsOf(predictions []int) int { return product(predictions[2:]) }

// best is that of two outputs that are alike, or as far apart as the labels want where these all say the same.
func (m MarginRankingLoss) best(c column) (float64, error) {
	q := (1 + average(c, identity)) / 2 // the share of ones
	if q < 0 || q > 1 {
		return 0, fmt.Errorf("the labels' mean is %g: this loss is for labels of −1 and 1", 2*q-1)
	}
	// Linear in a − b between −|Margin| and |Margin|, so that the lowest value is at an end; beyond, nothing falls further.
	at := func(d float64) float64 { return q*max(0, m.Margin-d) + (1-q)*max(0, m.Margin+d) }
	return min(at(m.Margin), at(-m.Margin)), nil
}
