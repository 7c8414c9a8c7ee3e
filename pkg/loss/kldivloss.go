package loss

import (
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// KLDivLoss is y·(log y − x), averaged over all outputs, for predictions x that are logarithms of probabilities and labels y
// that are probabilities, whose 0 counts for nothing: PyTorch's nn.KLDivLoss. Keras' own, see [KLDivergence], takes probabilities and cuts them.
//
// Shapes as for [MSE]; a NaN makes the row's loss NaN.
type KLDivLoss struct {
	LogTarget bool `keras:"-"` // labels are logarithms of probabilities, too
	BatchMean bool `keras:"-"` // outputs are summed and not averaged, as the divergence is defined: PyTorch's reduction="batchmean"
}

var _ = losses.Add(KLDivLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (k KLDivLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	y := alike(labels, predictions)
	var each *graph.Node
	if k.LogTarget {
		each = graph.Mul(graph.Exp(y), graph.Sub(y, predictions))
	} else {
		each = graph.Sub(entropyTerm(y), graph.Mul(y, predictions))
	}
	if k.BatchMean {
		return inRows(each)
	}
	return meanPerRow(each)
}

// entropyTerm is y·log y, 0 where y is.
func entropyTerm(y *graph.Node) *graph.Node {
	zero := graph.ScalarZero(y.Graph(), y.DType())
	none := graph.Equal(y, zero)
	return graph.Where(none, zero, graph.Mul(y, graph.Log(graph.Where(none, graph.OnesLike(y), y))))
}

// String is "kl_div".
func (KLDivLoss) String() string { return "kl_div" }

func (k KLDivLoss) torch(int) Torch {
	var arguments []string
	if k.BatchMean {
		arguments = append(arguments, "reduction='batchmean'")
	}
	if k.LogTarget {
		arguments = append(arguments, "log_target=True")
	}
	return torchModule("KLDivLoss", arguments...)
}

// termsOf is how many terms PerRow divides a row's sum by.
func (k KLDivLoss) termsOf(predictions []int) int {
	if k.BatchMean {
		return 1
	}
	return product(predictions[1:])
}

// best is the lowest mean of predictions that are logarithms of one distribution over the last axis.
func (k KLDivLoss) best(t *table) (float64, error) {
	sum := 0.0
	for at := 0; at < len(t.columns); at += t.last {
		frequency := make([]float64, t.last)
		for i := range frequency {
			c := t.columns[at+i]
			y := identity
			if k.LogTarget {
				y = math.Exp
			}
			frequency[i] = average(c, y)
			sum += average(c, func(v float64) float64 { return cross(y(v), y(v), true) })
		}
		sum += entropy(frequency, true)
	}
	if k.BatchMean {
		return sum, nil
	}
	return sum / float64(len(t.columns)), nil
}
