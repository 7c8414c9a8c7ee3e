package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Rescaling is Scale·x + Offset with fixed numbers, as Keras' Rescaling: 1/255 brings the bytes of an image to 0…1.
//
// Shapes: x [batch, …, features] → the same; Scales and Offsets have a number for each feature.
type Rescaling struct {
	Name   string  `keras:"-"`                                     // empty: "rescaling", "rescaling_1", …
	Scale  float64 `keras:"scale,positional,required,list=Scales"` // a finite number
	Offset float64 `keras:"offset,list=Offsets"`                   // a finite number

	Scales  []float64 // in place of Scale, for each feature; nil: Scale for all
	Offsets []float64 // in place of Offset, for each feature; nil: Offset for all
}

var _ = layers.Add(Rescaling{})

// Apply adds the layer to the graph. It panics when a setting isn't finite, or there are other features.
func (r Rescaling) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := r.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	x = asFloat(x)
	if r.Scales == nil {
		x = graph.MulScalar(x, r.Scale)
	} else {
		x = graph.Mul(x, perFeature(x, r.Scales))
	}
	if r.Offsets == nil {
		return graph.AddScalar(x, r.Offset)
	}
	return graph.Add(x, perFeature(x, r.Offsets))
}

// perFeature has a number for each place of x's last axis.
func perFeature(x *graph.Node, values []float64) *graph.Node {
	flat := make([]float32, len(values))
	for i, v := range values {
		flat[i] = float32(v)
	}
	return graph.ExpandLeftToRank(graph.Const(x.Graph(), flat), x.Rank())
}

// OutputShape is the input's. The error says what is wrong with the settings.
func (r Rescaling) OutputShape(input ...int) ([]int, error) {
	for _, v := range slices.Concat([]float64{r.Scale, r.Offset}, r.Scales, r.Offsets) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("Rescaling has the number %g, all must be finite", v)
		}
	}
	for _, values := range [][]float64{r.Scales, r.Offsets} {
		if values != nil && (len(input) == 0 || len(values) != 1 && len(values) != input[len(input)-1]) {
			return nil, fmt.Errorf("Rescaling has %d numbers for the features of an input %v", len(values), input)
		}
	}
	return input, nil
}

// TorchSteps is an expression.
func (r Rescaling) TorchSteps([][]int) ([]TorchStep, error) {
	number := func(one float64, each []float64) string {
		if each == nil {
			return codec.PythonFloat(one)
		}
		return "torch.tensor(" + torchNumbers(each) + ", device={x}.device)"
	}
	text := "{x} * " + number(r.Scale, r.Scales)
	if r.Offset != 0 || r.Offsets != nil {
		text += " + " + number(r.Offset, r.Offsets)
	}
	if r.Scales != nil || r.Offsets != nil {
		return []TorchStep{{Forward: text}}, nil
	}
	return torchExpression(text)
}
