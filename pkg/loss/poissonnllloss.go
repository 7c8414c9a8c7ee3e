package loss

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// PoissonNLLLoss is the mean of eˣ − y·x for counts y and predictions x that are logarithms of rates, or with Rates of
// x − y·log(x + Epsilon): PyTorch's nn.PoissonNLLLoss. Keras' own is [Poisson], which takes rates. Shapes as for [MSE].
type PoissonNLLLoss struct {
	Rates   bool    `keras:"-"`        // predictions are rates: PyTorch's log_input=False
	Full    bool    `keras:"-"`        // adds Stirling's y·log y − y + ½·log(2πy) for labels above 1, of which predictions know nothing
	Epsilon float64 `keras:"-,from=0"` // added to rates ahead of the logarithm; PyTorch's default is 1e-8
}

var _ = losses.Add(PoissonNLLLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (p PoissonNLLLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	y := alike(labels, predictions)
	var each *graph.Node
	if p.Rates {
		each = graph.Sub(predictions, graph.Mul(y, graph.Log(graph.AddScalar(predictions, p.Epsilon))))
	} else {
		each = graph.Sub(graph.Exp(predictions), graph.Mul(y, predictions))
	}
	if p.Full {
		one := graph.ScalarOne(y.Graph(), y.DType())
		large := graph.GreaterThan(y, one)
		n := graph.Where(large, y, one)
		stirling := graph.Add(graph.Sub(graph.Mul(n, graph.Log(n)), n), graph.MulScalar(graph.Log(graph.MulScalar(n, 2*math.Pi)), 0.5))
		each = graph.Add(each, graph.Where(large, stirling, graph.ScalarZero(y.Graph(), y.DType())))
	}
	return meanPerRow(each)
}

// stirling is what Full adds for a label.
func (p PoissonNLLLoss) stirling(y float64) float64 {
	if !p.Full || y <= 1 {
		return 0
	}
	return y*math.Log(y) - y + 0.5*math.Log(2*math.Pi*y)
}

// Floor is the loss of a label that is predicted as it is.
func (p PoissonNLLLoss) Floor(label float64) float64 {
	if label <= 0 {
		return 0
	}
	return label - label*math.Log(label) + p.stirling(label)
}

// best is the lowest mean of a column of labels.
func (p PoissonNLLLoss) best(c column) (float64, error) {
	rest := average(c, p.stirling)
	best, err := bestPoisson(c) // at a rate that is the mean, but for what the ε there takes away
	if mean := average(c, identity); err == nil && mean > 0 {
		best += epsilon
		if p.Rates {
			best -= p.Epsilon
		}
	}
	return best + rest, err
}

// Validate refuses a negative, NaN or infinite Epsilon.
func (p PoissonNLLLoss) Validate() error { return codec.Check(p) }

// String is "poisson_nll".
func (PoissonNLLLoss) String() string { return "poisson_nll" }

func (p PoissonNLLLoss) torch(int) Torch {
	var arguments []string
	if p.Rates {
		arguments = append(arguments, "log_input=False")
	}
	if p.Full {
		arguments = append(arguments, "full=True")
	}
	return torchModule("PoissonNLLLoss", append(arguments, codec.PythonArgument("eps", p.Epsilon, 1e-8)...)...)
}
