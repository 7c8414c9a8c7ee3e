package nn

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/internal/codec"
)

// resizeImages brings x [batch, height, width, channels] to another height and width, as jax.image.resize does. With antialias what is
// made smaller is smoothed first. It panics where there is no such interpolation.
func resizeImages(x *graph.Node, height, width int, interpolation string, antialias bool) *graph.Node {
	for axis, extent := range []int{1: height, 2: width} {
		if axis == 0 {
			continue
		}
		if interpolation == "nearest" {
			x = nearestAlong(x, axis, extent)
			continue
		}
		kernel, ok := resizeKernels[interpolation]
		if !ok {
			panic(fmt.Errorf("there is no interpolation %q", interpolation))
		}
		if from := x.Shape().Dim(axis); from != extent {
			weights := graph.Const(x.Graph(), resizeWeights(from, extent, kernel, antialias))
			y := graph.DotGeneral(x, []int{axis}, nil, weights, []int{0}, nil) // the axis comes last
			x = graph.TransposeAllAxes(y, [][]int{1: {0, 3, 1, 2}, 2: {0, 1, 3, 2}}[axis]...)
		}
	}
	return x
}

// resizeKernels are how much a value counts at a distance, in places of the input, from where one is made.
var resizeKernels = map[string]func(float64) float64{
	"bilinear": func(d float64) float64 { return max(0, 1-d) },
	"bicubic": func(d float64) float64 { // Keys 1981, a = −0.5
		switch {
		case d >= 2:
			return 0
		case d >= 1:
			return ((-0.5*d+2.5)*d-4)*d + 2
		}
		return ((1.5*d-2.5)*d)*d + 1
	},
	"lanczos3": lanczos(3),
	"lanczos5": lanczos(5),
}

func lanczos(radius float64) func(float64) float64 {
	return func(d float64) float64 {
		switch {
		case d > radius:
			return 0
		case d <= 1e-3:
			return 1
		}
		return radius * math.Sin(math.Pi*d) * math.Sin(math.Pi*d/radius) / (math.Pi * math.Pi * d * d)
	}
}

// resizeWeights are how much each of from places counts in each of to, [from, to]; they add up to 1. Places are taken as
// the middles of pixels.
func resizeWeights(from, to int, kernel func(float64) float64, antialias bool) *tensors.Tensor {
	values := make([]float32, from*to)
	step := float64(from) / float64(to)
	scale := 1.0
	if antialias {
		scale = max(1, step)
	}
	column := make([]float64, from)
	for j := range to {
		at, sum := (float64(j)+0.5)*step-0.5, 0.0
		for i := range column {
			column[i] = kernel(math.Abs(at-float64(i)) / scale)
			sum += column[i]
		}
		for i, w := range column {
			values[i*to+j] = float32(w / sum)
		}
	}
	return tensors.FromFlatDataAndDimensions(values, from, to)
}

// nearestAlong takes for each of the new places the one in whose pixel its middle lies.
func nearestAlong(x *graph.Node, axis, extent int) *graph.Node {
	from := x.Shape().Dim(axis)
	if from == extent {
		return x
	}
	index := make([]int32, extent)
	for j := range index {
		index[j] = int32(math.Floor(float64((float32(j) + 0.5) * float32(from) / float32(extent))))
	}
	front := graph.Transpose(x, 0, axis)
	taken := graph.Gather(front, graph.Const(x.Graph(), tensors.FromFlatDataAndDimensions(index, extent, 1)))
	return graph.Transpose(taken, 0, axis)
}

// cropToRatio cuts x [batch, height, width, channels] around its middle to the ratio of height to width that it is to get.
func cropToRatio(x *graph.Node, height, width int) *graph.Node {
	rows, columns := croppedToRatio(x.Shape().Dim(1), x.Shape().Dim(2), height, width)
	return cropMiddle(x, rows, columns)
}

// croppedToRatio is what is left of h rows and w columns.
func croppedToRatio(h, w, height, width int) (rows, columns int) {
	return max(1, min(h, w*height/width)), max(1, min(w, h*width/height))
}

func cropMiddle(x *graph.Node, height, width int) *graph.Node {
	top, left := (x.Shape().Dim(1)-height)/2, (x.Shape().Dim(2)-width)/2
	return graph.Slice(x, graph.AxisRange(), graph.AxisRange(top, top+height), graph.AxisRange(left, left+width), graph.AxisRange())
}

// padToRatio puts a value above and below x [batch, height, width, channels], or at its sides, so that it has the ratio that it is to
// get, as nearly as the same number at both ends does.
func padToRatio(x *graph.Node, height, width int, value float64) *graph.Node {
	rows, columns := paddedToRatio(x.Shape().Dim(1), x.Shape().Dim(2), height, width)
	return padAxis(padAxis(x, 1, rows, rows, value), 2, columns, columns, value)
}

// paddedToRatio is how many rows or columns are put at either end of h rows and w columns.
func paddedToRatio(h, w, height, width int) (rows, columns int) {
	if rows = (max(h, w*height/width) - h) / 2; rows > 0 {
		return rows, 0
	}
	return 0, (max(w, h*width/height) - w) / 2
}

// sizedImages is an input's shape with another height and width, both settings of the layer.
func sizedImages(l Layer, format string, height, width int, input []int) ([]int, error) {
	if err := codec.Check(l); err != nil {
		return nil, err
	}
	axes, err := spatialAxes(typeName(l), format, 2, input)
	if err != nil {
		return nil, err
	}
	return moved(input, axes, []int{height, width}, format, input[channelAxis(format, len(input))]), nil
}

// torchResize brings an expression of images with channels first to another height and width. PyTorch has Keys' curve of
// [resizeKernels] where it smooths what becomes smaller, another one where it doesn't, and no lanczos.
func torchResize(l Layer, format, images string, from, to []int, interpolation string, antialias bool) ([]TorchStep, error) {
	smaller := to[0] < from[0] || to[1] < from[1]
	arguments := []string{images, "size=" + torchTuple(to)}
	switch {
	case slices.Equal(from, to):
		return []TorchStep{{Forward: images, Layout: torchFormat(format)}}, nil
	case interpolation == "nearest":
		arguments = append(arguments, "mode='nearest-exact'")
	case interpolation == "bilinear":
		arguments = append(arguments, "mode='bilinear'")
		if antialias && smaller {
			arguments = append(arguments, "antialias=True")
		}
	case interpolation == "bicubic" && (antialias || !smaller):
		arguments = append(arguments, "mode='bicubic'", "antialias=True")
	case interpolation == "bicubic":
		return nil, fmt.Errorf("%s makes images smaller by bicubic interpolation without Antialias: PyTorch's curve is another one there", typeName(l))
	default:
		return nil, fmt.Errorf("%s.Interpolation is %s: PyTorch has nearest, bilinear and bicubic", typeName(l), interpolation)
	}
	return []TorchStep{{Forward: codec.Call{Function: "nn.functional.interpolate", Arguments: arguments}.String(), Layout: torchFormat(format)}}, nil
}

// torchMiddle cuts the middle out of an expression of images with channels first.
func torchMiddle(images string, from []int, height, width int) string {
	var cut [][2]int
	for i, to := range []int{height, width} {
		front := (from[i] - to) / 2
		cut = append(cut, [2]int{front, from[i] - to - front})
	}
	return torchSlice(images, 2, from, cut)
}
