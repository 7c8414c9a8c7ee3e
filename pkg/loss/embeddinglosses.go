package loss

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// CosineEmbeddingLoss brings two vectors a and b together where the label is 1 and apart where it is −1:
//
//	1 − cos(a, b) for 1, max(0, cos(a, b) − Margin) for −1, 0 for other labels
//
// PyTorch's nn.CosineEmbeddingLoss, of a model that returns both. Shapes: predictions [batch, 2, size], a and b stacked, see
// nn.Stack; labels [batch]. A NaN makes the row's loss NaN.
type CosineEmbeddingLoss struct {
	Margin float64 `keras:"-"` // from −1 to 1; PyTorch's default is 0
}

// TripletMarginLoss is max(0, Margin + ‖a − p + Epsilon‖ − ‖a − n + Epsilon‖) for an anchor a, a vector p that is to be near to it
// and n that is to be far: PyTorch's nn.TripletMarginLoss, of a model that returns the three. Shapes: predictions [batch, 3, size],
// stacked, see nn.Stack. Labels are of no account. A NaN makes the row's loss NaN.
type TripletMarginLoss struct {
	Margin  float64 `keras:"-"`        // PyTorch's default is 1
	P       float64 `keras:"-,from=0"` // of the norm, (Σ|x|^P)^(1/P); 0 means 2
	Epsilon float64 `keras:"-"`        // PyTorch's default is 1e-6
	Swap    bool    `keras:"-"`        // n is as far as it is from the nearer of a and p
}

var (
	_ = losses.Add(CosineEmbeddingLoss{}, codec.NoClass())
	_ = losses.Add(TripletMarginLoss{}, codec.NoClass())
)

// PerRow implements [Loss].
func (c CosineEmbeddingLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	parts := stacked(predictions, 2)
	of := func(a, b *graph.Node) *graph.Node { return graph.ReduceSum(graph.Mul(a, b), -1) }
	const tiny = 1e-12 // as there
	squares := graph.Mul(graph.AddScalar(of(parts[0], parts[0]), tiny), graph.AddScalar(of(parts[1], parts[1]), tiny))
	cos := graph.Div(of(parts[0], parts[1]), graph.Sqrt(squares))
	y := alike(labels, cos)
	zero, one := graph.ZerosLike(cos), graph.OnesLike(cos)
	return meanPerRow(graph.Add(
		graph.Where(graph.Equal(y, one), graph.OneMinus(cos), zero),
		graph.Where(graph.Equal(y, graph.Neg(one)), above0(graph.AddScalar(cos, -c.Margin)), zero)))
}

// PerRow implements [Loss].
func (t TripletMarginLoss) PerRow(_, predictions *graph.Node) *graph.Node {
	parts := stacked(predictions, 3)
	far := t.distance(parts[0], parts[2])
	if t.Swap {
		far = graph.Min(far, t.distance(parts[1], parts[2]))
	}
	return meanPerRow(above0(graph.AddScalar(graph.Sub(t.distance(parts[0], parts[1]), far), t.Margin)))
}

// distance is the norm of a − b + Epsilon, whose gradient at 0 is 0.
func (t TripletMarginLoss) distance(a, b *graph.Node) *graph.Node {
	d := graph.Abs(graph.AddScalar(graph.Sub(a, b), t.Epsilon))
	p := or(t.P, 2)
	switch p {
	case 1:
		return graph.ReduceSum(d, -1)
	case 2:
		d = graph.Square(d)
	default:
		d = graph.PowScalar(d, p)
	}
	sum := graph.ReduceSum(d, -1)
	none := graph.Equal(sum, graph.ZerosLike(sum))
	root := graph.PowScalar(graph.Where(none, graph.OnesLike(sum), sum), 1/p)
	if p == 2 {
		root = graph.Sqrt(graph.Where(none, graph.OnesLike(sum), sum))
	}
	return graph.Where(none, graph.ZerosLike(sum), root)
}

// Validate refuses a Margin that isn't finite.
func (c CosineEmbeddingLoss) Validate() error { return codec.Check(c) }

// Validate refuses settings that aren't finite, and a negative P.
func (t TripletMarginLoss) Validate() error { return codec.Check(t) }

// String is "cosine_embedding".
func (CosineEmbeddingLoss) String() string { return "cosine_embedding" }

// String is "triplet_margin".
func (TripletMarginLoss) String() string { return "triplet_margin" }

func (c CosineEmbeddingLoss) torch(int) Torch {
	return torchLambda(codec.Call{Function: "nn.functional.cosine_embedding_loss",
		Arguments: append([]string{"p[:, 0]", "p[:, 1]", "y.flatten()"}, codec.PythonArgument("margin", c.Margin, 0)...)}.String())
}

func (t TripletMarginLoss) torch(int) Torch {
	arguments := append([]string{"p[:, 0]", "p[:, 1]", "p[:, 2]"}, codec.PythonArgument("margin", t.Margin, 1)...)
	arguments = append(arguments, codec.PythonArgument("p", or(t.P, 2), 2)...)
	arguments = append(arguments, codec.PythonArgument("eps", t.Epsilon, 1e-6)...)
	if t.Swap {
		arguments = append(arguments, "swap=True")
	}
	return torchLambda(codec.Call{Function: "nn.functional.triplet_margin_loss", Arguments: arguments}.String())
}

// termsOf is one for each row.
func (CosineEmbeddingLoss) termsOf([]int) int { return 1 }

// termsOf is one for each row.
func (TripletMarginLoss) termsOf([]int) int { return 1 }

// best is that of two vectors at the angle that suits the labels best.
func (c CosineEmbeddingLoss) best(y column) (float64, error) {
	same := average(y, func(v float64) float64 { return indicator(v == 1) })
	other := average(y, func(v float64) float64 { return indicator(v == -1) })
	at := func(cos float64) float64 { return same*(1-cos) + other*max(0, cos-c.Margin) }
	return min(at(1), at(math.Max(-1, math.Min(1, c.Margin))), at(-1)), nil
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
