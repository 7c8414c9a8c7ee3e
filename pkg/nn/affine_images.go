package nn

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// affine takes each place (x, y) of the output from (a0·x + a1·y + a2, b0·x + b1·y + b2) of the input; each is [batch, 1, 1, 1].
type affine struct{ a0, a1, a2, b0, b1, b2 *graph.Node }

// sampling is how values between places and outside of images are made.
type sampling struct {
	interpolation string  // "bilinear", also empty, or "nearest"
	fill          string  // "reflect", also empty, "wrap", "constant" or "nearest"
	value         float64 // of "constant"
}

// sample moves images [batch, height, width, channels] as keras.ops.image.affine_transform does on JAX.
func (a affine) sample(x *graph.Node, how sampling) *graph.Node {
	rows, height, width := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	place := func(axis int) *graph.Node {
		grid := graph.Iota(x.Graph(), shapes.Make(dtypes.Float32, 1, height, width, 1), axis)
		return graph.BroadcastToDims(grid, rows, height, width, 1)
	}
	u, v := place(2), place(1)
	at := func(c0, c1, c2 *graph.Node) *graph.Node {
		return graph.Add(graph.Add(graph.Mul(like(c0, u), u), graph.Mul(like(c1, u), v)), like(c2, u))
	}
	return sampleAt(x, at(a.b0, a.b1, a.b2), at(a.a0, a.a1, a.a2), how)
}

// sampleAt takes values of images at rows and columns, [batch, height, width, 1], that need not be whole.
func sampleAt(x, row, column *graph.Node, how sampling) *graph.Node {
	row, column = graph.StopGradient(row), graph.StopGradient(column)
	if how.interpolation == "nearest" {
		return how.pick(x, roundToEven(row), roundToEven(column))
	}
	if how.interpolation != "" && how.interpolation != "bilinear" {
		panic(fmt.Errorf("there is no interpolation %q", how.interpolation))
	}
	top, left := graph.Floor(row), graph.Floor(column)
	down, right := graph.Sub(row, top), graph.Sub(column, left)
	var sum *graph.Node
	for _, corner := range [][2]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}} {
		share := func(part *graph.Node, behind float64) *graph.Node {
			if behind == 0 {
				return graph.OneMinus(part)
			}
			return part
		}
		weight := graph.Mul(share(down, corner[0]), share(right, corner[1]))
		value := how.pick(x, graph.AddScalar(top, corner[0]), graph.AddScalar(left, corner[1]))
		if value = graph.Mul(value, like(weight, value)); sum == nil {
			sum = value
		} else {
			sum = graph.Add(sum, value)
		}
	}
	return sum
}

// roundToEven is the nearest whole number, of two that are as near the even one.
func roundToEven(x *graph.Node) *graph.Node {
	low := graph.Floor(x)
	rest := graph.Sub(x, low)
	half := graph.Scalar(x.Graph(), x.DType(), 0.5)
	odd := graph.GreaterThan(floorMod(low, 2), half)
	up := graph.LogicalOr(graph.GreaterThan(rest, half), graph.LogicalAnd(graph.Equal(rest, graph.BroadcastToDims(half, rest.Shape().Dimensions...)), odd))
	return graph.Add(low, graph.ConvertDType(up, x.DType()))
}

// floorMod is the rest of whole numbers, from 0 to below n.
func floorMod(x *graph.Node, n float64) *graph.Node {
	return graph.Sub(x, graph.MulScalar(graph.Floor(graph.DivScalar(x, n)), n))
}

// pick takes values at whole rows and columns, wherever they are.
func (how sampling) pick(x, row, column *graph.Node) *graph.Node {
	dims := x.Shape().Dimensions
	rows, height, width, channels := dims[0], dims[1], dims[2], dims[3]
	inside := graph.LogicalAnd(how.within(row, height), how.within(column, width))
	row, column = how.index(row, height), how.index(column, width)
	image := graph.ConvertDType(graph.Iota(x.Graph(), shapes.Make(dtypes.Int32, row.Shape().Dimensions...), 0), dtypes.Int32)
	flat := graph.Add(graph.MulScalar(image, height*width), graph.Add(graph.MulScalar(graph.ConvertDType(row, dtypes.Int32), width), graph.ConvertDType(column, dtypes.Int32)))
	values := graph.Gather(graph.Reshape(x, rows*height*width, channels), graph.Reshape(flat, -1, 1))
	values = graph.Reshape(values, append(row.Shape().Dimensions[:3:3], channels)...)
	if how.fill != "constant" {
		return values
	}
	outside := graph.BroadcastToDims(graph.Scalar(x.Graph(), x.DType(), how.value), values.Shape().Dimensions...)
	return graph.Where(like(inside, values), values, outside)
}

func (how sampling) within(at *graph.Node, size int) *graph.Node {
	zero := graph.ScalarZero(at.Graph(), at.DType())
	return graph.LogicalAnd(graph.GreaterOrEqual(at, zero), graph.LessThan(at, graph.Scalar(at.Graph(), at.DType(), float64(size))))
}

// index brings places into an axis of that size.
func (how sampling) index(at *graph.Node, size int) *graph.Node {
	n := float64(size)
	switch how.fill {
	case "nearest", "constant":
		return graph.ClipScalar(at, 0, n-1)
	case "wrap":
		return floorMod(at, n)
	case "", "reflect": // d c b a | a b c d | d c b a
		turn := floorMod(at, 2*n)
		return graph.Min(turn, graph.AddScalar(graph.Neg(turn), 2*n-1))
	}
	panic(fmt.Errorf("there is no fill mode %q", how.fill))
}

// turned is the map of a rotation by angles in degrees around the middle of images.
func turned(degrees *graph.Node, height, width int) affine {
	radians := graph.MulScalar(degrees, math.Pi/180)
	cos, sin := graph.Cos(radians), graph.Sin(radians)
	cx, cy := float64(width-1)/2, float64(height-1)/2
	minus := graph.Neg(sin)
	offset := func(c float64, p, q *graph.Node) *graph.Node { // c − cx·p − cy·q
		return graph.AddScalar(graph.Neg(graph.Add(graph.MulScalar(p, cx), graph.MulScalar(q, cy))), c)
	}
	return affine{a0: cos, a1: minus, a2: offset(cx, cos, minus), b0: sin, b1: cos, b2: offset(cy, sin, cos)}
}
