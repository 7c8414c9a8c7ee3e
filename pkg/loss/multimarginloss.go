package loss

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MultiMarginLoss is, with y the class number that is the label and x the predictions, one for each of C classes,
//
//	1/C · Σ_{k≠y} w_y · max(0, Margin − x_y + x_k)^p
//
// where p is 1 or, with Squared, 2: PyTorch's nn.MultiMarginLoss, in Keras' terms a multi-class hinge for class numbers.
//
// Shapes: predictions [batch, classes], labels [batch] or [batch, 1]. A label that is no class makes the row's loss NaN.
type MultiMarginLoss struct {
	Margin       float64   `keras:"-"`        // PyTorch's default is 1
	Squared      bool      `keras:"-"`        // PyTorch's p=2
	ClassWeights []float64 `keras:"-,from=0"` // w, what a label of each class counts; nil: 1
}

var _ = losses.Add(MultiMarginLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (m MultiMarginLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	if predictions.Rank() != 2 {
		panic(fmt.Errorf("predictions have shape %v: MultiMarginLoss needs [batch, classes]", predictions.Shape().Dimensions))
	}
	oneHot := oneHotOf(labels, predictions)
	own := graph.ReduceAndKeep(graph.Mul(oneHot, predictions), graph.ReduceSum, -1)
	each := above0(graph.AddScalar(graph.Sub(predictions, graph.BroadcastToShape(own, predictions.Shape())), m.Margin))
	if m.Squared {
		each = graph.Square(each)
	}
	if m.ClassWeights != nil {
		weights := graph.ReduceAndKeep(graph.Mul(oneHot, perClass(m.ClassWeights, predictions)), graph.ReduceSum, -1)
		each = graph.Mul(each, graph.BroadcastToShape(weights, each.Shape()))
	}
	return meanPerRow(graph.Mul(each, graph.OneMinus(oneHot)))
}

// above0 is max(x, 0), whose gradient at 0 is 0. A NaN stays NaN.
func above0(x *graph.Node) *graph.Node {
	zero := graph.ScalarZero(x.Graph(), x.DType())
	return graph.Where(graph.LessOrEqual(x, zero), zero, x)
}

// Validate refuses a Margin that isn't finite and weights that are negative or not finite.
func (m MultiMarginLoss) Validate() error { return codec.Check(m) }

// String is "multi_margin".
func (MultiMarginLoss) String() string { return "multi_margin" }

func (m MultiMarginLoss) torch(int) Torch {
	var arguments []string
	if m.Squared {
		arguments = append(arguments, "p=2")
	}
	arguments = append(arguments, codec.PythonArgument("margin", m.Margin, 1)...)
	t := torchModule("MultiMarginLoss", append(arguments, torchTensor("weight", m.ClassWeights)...)...)
	t.Numbers = true
	return t
}

// termsOf is one for each row: PyTorch divides by the classes in any case.
func (MultiMarginLoss) termsOf([]int) int { return 1 }

// best is the lowest mean that descent finds for labels of one column. Of classes without a weight those up to the largest label
// are known.
func (m MultiMarginLoss) best(t *table) (float64, error) {
	if len(t.columns) != 1 {
		return 0, fmt.Errorf("labels have %d numbers a row: this loss takes one class number", len(t.columns))
	}
	c := t.columns[0]
	classes := len(m.ClassWeights)
	for row, k := range c.y {
		if k < 0 || k != math.Trunc(k) || k >= mostClasses || m.ClassWeights != nil && int(k) >= classes {
			return 0, fmt.Errorf("label %g in row %d is no class number", k, row+1)
		}
		if m.ClassWeights == nil {
			classes = max(classes, int(k)+1)
		}
	}
	share := make([]float64, classes)
	for row, k := range c.y {
		share[int(k)] += c.share(row) * weightAt(m.ClassWeights, int(k)) / float64(classes)
	}
	return descend(classes, func(x, slope []float64) (value float64) {
		for y, w := range share {
			for k := range x {
				z := m.Margin - x[y] + x[k]
				if k == y || w == 0 || z <= 0 {
					continue
				}
				d := w
				if m.Squared {
					d *= 2 * z
					value += w * z * z
				} else {
					value += w * z
				}
				slope[k] += d
				slope[y] -= d
			}
		}
		return value
	}), nil
}

// mostClasses bounds what is worked out pair by pair.
const mostClasses = 2000

// share is the part of a row in a mean.
func (c column) share(row int) float64 {
	if c.weights != nil {
		return c.weights[row]
	}
	return 1 / float64(len(c.y))
}

// descend is the lowest value of a convex function of n numbers that resilient descent finds from 0 on. of returns the value at x
// and adds to slope, which is zeros.
func descend(n int, of func(x, slope []float64) float64) float64 {
	x, slope, size, last := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range size {
		size[i] = 0.1
	}
	lowest := math.Inf(1)
	for range 300 {
		clear(slope)
		lowest = min(lowest, of(x, slope))
		for i, s := range slope {
			if turn := s * last[i]; turn > 0 {
				size[i] *= 1.2
			} else if turn < 0 {
				size[i] *= 0.5
			}
			switch last[i] = s; {
			case s > 0:
				x[i] -= size[i]
			case s < 0:
				x[i] += size[i]
			}
		}
	}
	return lowest
}
