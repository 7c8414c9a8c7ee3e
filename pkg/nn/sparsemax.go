package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Sparsemax is max(x−τ, 0) along the last axis, which sets what lies far below the largest to 0. Keras: "sparsemax".
//
//	τ = (Σ c − 1)/k over the k largest x with 1 + k·x > c, where c is the sum of an x and all larger ones
//
// That is Keras' τ. Martins & Astudillo 2016 take the last c alone, which gives the point of the simplex next to x, of sum 1;
// with Keras' the sum is 1 only where a single x is left, and large values have no upper bound.
type Sparsemax struct{}

var _ = activations.Add(Sparsemax{}, codec.NoClass())
var _ = activations.Say("sparsemax", Sparsemax{})

// Activate returns the projection of the last axis; it panics when x has none.
func (Sparsemax) Activate(x *graph.Node) *graph.Node {
	if x.Rank() == 0 {
		panic(fmt.Errorf("Sparsemax needs an input [batch, …, classes], got %s", x.Shape()))
	}
	// Comparing all pairs needs no sort; of equal ones the first comes first.
	g, n := x.Graph(), x.Shape().Dim(-1)
	wide := shapeLike(x, n)
	last := wide.Rank() - 1
	own := graph.BroadcastToDims(graph.InsertAxes(x, -1), wide.Dimensions...)
	others := graph.BroadcastToDims(graph.InsertAxes(x, -2), wide.Dimensions...)
	tied := graph.And(graph.Equal(others, own), graph.LessOrEqual(graph.Iota(g, wide, last), graph.Iota(g, wide, last-1)))
	before := maskAsFloat(graph.Or(graph.GreaterThan(others, own), tied))
	place := graph.ReduceSum(before, -1)
	sum := graph.ReduceSum(graph.Mul(before, others), -1)
	kept := maskAsFloat(isPositive(graph.Sub(x, graph.Div(graph.AddScalar(sum, -1), place))))
	number := graph.ReduceAndKeep(kept, graph.ReduceSum, -1)
	threshold := graph.Div(graph.AddScalar(graph.ReduceAndKeep(graph.Mul(kept, sum), graph.ReduceSum, -1), -1), number)
	return rectify(graph.Sub(x, threshold))
}

// Bounds are 0 and infinity.
func (Sparsemax) Bounds() (low, high float64) { return 0, math.Inf(1) }

// Apply is Activate.
func (s Sparsemax) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return s.Activate(asFloat(x)) }

// TorchSteps is expressions: there is no module.
func (Sparsemax) TorchSteps([][]int) ([]TorchStep, error) {
	return []TorchStep{
		{Forward: "{x}.sort(-1, descending=True).values", Result: "ordered"},
		{Forward: "{ordered}.cumsum(-1)", Result: "sums"},
		{Forward: "{ordered} > ({sums} - 1) / torch.arange(1, {x}.shape[-1] + 1, device={x}.device)", Result: "kept"},
		{Forward: "nn.functional.relu({x} - (({sums} * {kept}).sum(-1, keepdim=True) - 1) / {kept}.sum(-1, keepdim=True))"},
	}, nil
}
