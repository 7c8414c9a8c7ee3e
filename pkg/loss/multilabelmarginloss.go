package loss

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// MultiLabelMarginLoss is, with Y the classes of a row, x its predictions, one for each of C classes,
//
//	1/C · Σ_{y∈Y} Σ_{k∉Y} max(0, 1 − x_y + x_k)
//
// PyTorch's nn.MultiLabelMarginLoss. Shapes: both [batch, classes]; a row of labels are the numbers of its classes, and −1 behind
// them; what follows the first −1 is of no account. A label that is no class makes the row's loss NaN.
type MultiLabelMarginLoss struct{}

var _ = losses.Add(MultiLabelMarginLoss{}, codec.NoClass())

// PerRow implements [Loss].
func (MultiLabelMarginLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	labels = alike(labels, predictions)
	if predictions.Rank() != 2 {
		panic(fmt.Errorf("predictions have shape %v: MultiLabelMarginLoss needs [batch, classes]", predictions.Shape().Dimensions))
	}
	g, dtype := predictions.Graph(), predictions.DType()
	batch, classes := predictions.Shape().Dim(0), predictions.Shape().Dim(1)
	cube := func(x *graph.Node, axis int) *graph.Node {
		return graph.BroadcastToDims(graph.InsertAxes(x, axis), batch, classes, classes)
	}
	// ended is above 0 from the first −1 on.
	negative := graph.ConvertDType(graph.LessThan(labels, graph.ScalarZero(g, dtype)), dtype)
	square := shapes.Make(dtype, classes, classes)
	upTo := graph.ConvertDType(graph.LessOrEqual(graph.Iota(g, square, 0), graph.Iota(g, square, 1)), dtype)
	ended := graph.Dot(negative, upTo).Product()
	counts := graph.Equal(ended, graph.ScalarZero(g, dtype))
	labels = graph.Where(counts, labels, graph.ZerosLike(labels))
	// The k-th label of a row lies along the second axis, the classes along the third.
	each := oneHotOf(labels, cube(predictions, 1))
	each = graph.Mul(each, cube(graph.ConvertDType(counts, dtype), -1))
	others := graph.ConvertDType(graph.Equal(graph.ReduceSum(each, 1), graph.ScalarZero(g, dtype)), dtype)
	own := graph.ReduceSum(graph.Mul(each, cube(predictions, 1)), -1)
	margins := above0(graph.OneMinus(graph.Sub(cube(own, -1), cube(predictions, 1))))
	weights := graph.Mul(cube(graph.ReduceSum(each, -1), -1), cube(others, 1))
	return graph.DivScalar(inRows(graph.Mul(margins, weights)), float64(classes))
}

// String is "multilabel_margin".
func (MultiLabelMarginLoss) String() string { return "multilabel_margin" }

func (MultiLabelMarginLoss) torch(int) Torch {
	t := torchModule("MultiLabelMarginLoss")
	t.Numbers = true
	return t
}

// termsOf is one for each row: PyTorch divides by the classes in any case.
func (MultiLabelMarginLoss) termsOf([]int) int { return 1 }

// best is the lowest mean that descent finds.
func (MultiLabelMarginLoss) best(t *table) (float64, error) {
	classes := len(t.columns)
	if classes > mostClasses {
		return 0, fmt.Errorf("the best constant for %d classes %w", classes, ErrUnknownConstant)
	}
	type row struct {
		of    []int
		share float64
	}
	sets := map[string]*row{}
	var order []string // the map's is random, and so would be the sum's last digits
	for i := range t.columns[0].y {
		var of []int
		for _, c := range t.columns {
			k := c.y[i]
			if k < 0 {
				break
			}
			if k != math.Trunc(k) || int(k) >= classes {
				return 0, fmt.Errorf("label %g in row %d is no class number", k, i+1)
			}
			of = append(of, int(k))
		}
		key := fmt.Sprint(of)
		if sets[key] == nil {
			sets[key] = &row{of: of}
			order = append(order, key)
		}
		sets[key].share += t.columns[0].share(i) / float64(classes)
	}
	return descend(classes, func(x, slope []float64) (value float64) {
		for _, key := range order {
			r := sets[key]
			for _, y := range r.of {
				for k := range x {
					if z := 1 - x[y] + x[k]; z > 0 && !slices.Contains(r.of, k) {
						value += r.share * z
						slope[k] += r.share
						slope[y] -= r.share
					}
				}
			}
		}
		return value
	}), nil
}
