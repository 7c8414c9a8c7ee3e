package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Discretization says in which bin each value lies, as Keras' Discretization: bin i begins at boundary i−1, which belongs to
// it, and ends below boundary i. Below the first boundary is bin 0; NaN is in the last one. The bin's number is what comes
// out, or what [CategoryEncoding] makes of it. No gradient goes through it.
//
// Shapes: x [batch, …] → the same; for other modes than "int" see CategoryEncoding, with len(BinBoundaries)+1 for NumTokens.
type Discretization struct {
	Name          string    `keras:"-"`                                             // empty: "discretization", "discretization_1", …
	BinBoundaries []float64 `keras:"bin_boundaries,positional"`                     // from the smallest to the largest, at least one
	OutputMode    string    `keras:"output_mode,oneof=int|one_hot|multi_hot|count"` // "int", "one_hot", "multi_hot" or "count"; empty: int
}

var _ = layers.Add(Discretization{}, ignoresSparse, codec.Ignored("num_bins", "epsilon"), codec.Settled(func(from codec.Source, value any) any {
	if d := value.(Discretization); d.BinBoundaries == nil {
		from.Problem("bin_boundaries", "there are none: call adapt with the data before the model is saved, or give bin_boundaries")
	}
	return value
}))

// ignoresSparse is the option to hold the same numbers in another way.
var ignoresSparse codec.Option = func(c *codec.Class) { codec.Ignored("sparse")(c) }

// Apply adds the layer to the graph. It panics when there are no boundaries, or they don't rise.
func (d Discretization) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := d.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	bounds := make([]float32, len(d.BinBoundaries))
	for i, b := range d.BinBoundaries {
		bounds[i] = float32(b)
	}
	wide := shapeLike(x, len(bounds)).Dimensions
	edges := graph.Const(x.Graph(), tensors.FromFlatDataAndDimensions(bounds, append(slices.Repeat([]int{1}, x.Rank()), len(bounds))...))
	// Not below an edge, rather than at or above it: NaN is behind the last.
	below := graph.LessThan(graph.BroadcastToDims(graph.InsertAxes(x, -1), wide...), graph.BroadcastToDims(edges, wide...))
	bin := graph.StopGradient(graph.ReduceSum(graph.ConvertDType(graph.LogicalNot(below), dtypes.Float32), -1))
	return encoded(bin, d.mode(), len(bounds)+1)
}

func (d Discretization) mode() string {
	if d.OutputMode == "" {
		return asIndex
	}
	return d.OutputMode
}

// OutputShape is the input's, or as the mode says. The error says what is wrong with the settings or the input.
func (d Discretization) OutputShape(input ...int) ([]int, error) {
	if len(d.BinBoundaries) == 0 {
		return nil, errors.New("Discretization.BinBoundaries is empty: there must be one boundary at least")
	}
	for i, b := range d.BinBoundaries {
		if math.IsNaN(b) || math.IsInf(b, 0) || i > 0 && b < d.BinBoundaries[i-1] {
			return nil, fmt.Errorf("Discretization.BinBoundaries are %v, must be finite and rise", d.BinBoundaries)
		}
	}
	return encodedShape("Discretization", input, d.mode(), len(d.BinBoundaries)+1)
}

// Indices is 0: any number has a bin.
func (Discretization) Indices() int { return 0 }

// Bounds are 0 and the last bin, or as the mode says.
func (d Discretization) Bounds() (low, high float64) {
	switch d.mode() {
	case asIndex:
		return 0, float64(len(d.BinBoundaries))
	case asCount:
		return 0, math.Inf(1)
	}
	return 0, 1
}

// TorchSteps is torch.bucketize.
func (d Discretization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	bin := fmt.Sprintf("torch.bucketize({x}, torch.tensor(%s, device={x}.device), right=True)", torchNumbers(d.BinBoundaries))
	return []TorchStep{{Forward: torchEncoded(bin, inputs[0], d.mode(), len(d.BinBoundaries)+1)}}, nil
}
