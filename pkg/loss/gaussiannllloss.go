package loss

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// GaussianNLLLoss is −log of the density of labels y under normal distributions of mean m and variance v, averaged over them:
//
//	½·(log max(v, Epsilon) + (y − m)²/max(v, Epsilon))
//
// PyTorch's nn.GaussianNLLLoss, of a model that returns both. Shapes: predictions [batch, 2, …], m and v stacked, see nn.Stack;
// labels [batch, …]. A variance below Epsilon has the gradient that it would have at Epsilon, as there. A NaN makes the row's loss NaN.
type GaussianNLLLoss struct {
	Full    bool    `keras:"-"`        // adds ½·log 2π, which makes it the density's
	Epsilon float64 `keras:"-,from=0"` // the smallest variance; PyTorch's default is 1e-6
}

var _ = losses.Add(GaussianNLLLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (l GaussianNLLLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	parts := stacked(predictions, 2)
	mean, variance := parts[0], parts[1]
	variance = withGradient(atLeast(variance, l.Epsilon), variance)
	e := graph.Sub(alike(labels, mean), mean)
	each := graph.MulScalar(graph.Add(graph.Log(variance), graph.Div(graph.Square(e), variance)), 0.5)
	if l.Full {
		each = graph.AddScalar(each, 0.5*math.Log(2*math.Pi))
	}
	return meanPerRow(each)
}

// stacked are the parts of predictions [batch, n, …].
func stacked(predictions *graph.Node, n int) []*graph.Node {
	checkStacked(predictions.Shape().Dimensions, n)
	parts := make([]*graph.Node, n)
	for i := range parts {
		parts[i] = graph.Squeeze(graph.SliceAxis(predictions, 1, graph.AxisElem(i)), 1)
	}
	return parts
}

// Validate refuses a negative, NaN or infinite Epsilon.
func (l GaussianNLLLoss) Validate() error { return codec.Check(l) }

// String is "gaussian_nll".
func (GaussianNLLLoss) String() string { return "gaussian_nll" }

func (l GaussianNLLLoss) torch(int) Torch {
	arguments := []string{"p[:, 0]", "y.view_as(p[:, 0])", "p[:, 1]"}
	if l.Full {
		arguments = append(arguments, "full=True")
	}
	return torchLambda(codec.Call{Function: "nn.functional.gaussian_nll_loss", Arguments: append(arguments, codec.PythonArgument("eps", l.Epsilon, 1e-6)...)}.String())
}

// termsOf is one for each label.
func (GaussianNLLLoss) termsOf(predictions []int) int { return product(predictions[2:]) }

// best is the lowest mean of a column of labels, whose mean and variance are predicted.
func (l GaussianNLLLoss) best(c column) (float64, error) {
	variance, err := bestSquared(c)
	if err != nil {
		return 0, err
	}
	at := max(variance, l.Epsilon)
	best := 0.5 * (math.Log(at) + variance/at)
	if l.Full {
		best += 0.5 * math.Log(2*math.Pi)
	}
	return best, nil
}
