package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// ContrastLimitedAdaptiveHistogramEqualization spreads the colors of each channel of an image by the histograms of its tiles, in
// training and in inference alike, as Keras' layer of that name. Pizer et al. 1987; Zuiderveld 1994.
//
// An image is cut into TileGridSize tiles, padded by its mirror image where they don't fit. Of a tile's histogram of 256 colors
// what exceeds ClipLimit times the mean is shared out among all, and a color becomes the share of the tile that has it or a lower
// one; between the middles of tiles the four nearest are interpolated. No gradient goes through it.
//
// Shapes: x [batch, height, width, channels] → the same.
type ContrastLimitedAdaptiveHistogramEqualization struct {
	Name         string    `keras:"-"`                                              // empty: "contrast_limited_adaptive_histogram_equalization", …
	ValueRange   []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	ClipLimit    float64   `keras:"clip_limit,default=4,from=0"`                    // in multiples of the mean; 0: 4; for no limit a large one
	TileGridSize []int     `keras:"tile_grid_size,default=8,from=1"`                // how many tiles, down and across; nil: 8 each
	DataFormat   string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(ContrastLimitedAdaptiveHistogramEqualization{}, boxless, codec.Only("factor"))

// claheBins is how many colors are told apart.
const claheBins = 256

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (c ContrastLimitedAdaptiveHistogramEqualization) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if _, err := c.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	last, back := channelsToLast(graph.StopGradient(asFloat(x)), c.DataFormat)
	colors, bytes := from255("ContrastLimitedAdaptiveHistogramEqualization.ValueRange", c.ValueRange), []float64{0, 255}
	y := recolored(last, colors, bytes)
	return back(recolored(c.spread(y), bytes, colors))
}

// grid is how many tiles there are down and across.
func (c ContrastLimitedAdaptiveHistogramEqualization) grid() (down, across int, err error) {
	switch len(c.TileGridSize) {
	case 0:
		return 8, 8, nil
	case 1:
		return c.TileGridSize[0], c.TileGridSize[0], nil
	case 2:
		return c.TileGridSize[0], c.TileGridSize[1], nil
	}
	return 0, 0, fmt.Errorf("ContrastLimitedAdaptiveHistogramEqualization.TileGridSize is %v, must be one number or two", c.TileGridSize)
}

// spread is what becomes of images [batch, height, width, channels] of colors from 0 to 255.
func (c ContrastLimitedAdaptiveHistogramEqualization) spread(x *graph.Node) *graph.Node {
	g, dims := x.Graph(), x.Shape().Dimensions
	batch, height, width, channels := dims[0], dims[1], dims[2], dims[3]
	down, across, _ := c.grid() // checked by OutputShape
	tall, wide := (height+down-1)/down, (width+across-1)/across
	padded := mirroredBehind(mirroredBehind(x, 1, tall*down-height), 2, wide*across-width)
	pixels := graph.ConvertDType(graph.ClipScalar(padded, 0, claheBins-1), dtypes.Int32) // cuts fractions off

	shape := shapes.Make(dtypes.Int32, padded.Shape().Dimensions...)
	image, channel := graph.Iota(g, shape, 0), graph.Iota(g, shape, 3)
	along := func(axis int, of func(at int) float64) *graph.Node { // a number for each row or column, in the shape of all
		values := make([]float32, shape.Dim(axis))
		for i := range values {
			values[i] = float32(of(i))
		}
		own := []int{1, 1, 1, 1}
		own[axis] = len(values)
		return graph.BroadcastToDims(graph.Const(g, tensors.FromFlatDataAndDimensions(values, own...)), shape.Dimensions...)
	}
	// place is that of the pixel's color in the table of a tile.
	place := func(row, column *graph.Node) *graph.Node {
		at := graph.Add(graph.MulScalar(image, float64(down)), graph.ConvertDType(row, dtypes.Int32))
		at = graph.Add(graph.MulScalar(at, float64(across)), graph.ConvertDType(column, dtypes.Int32))
		at = graph.Add(graph.MulScalar(at, float64(channels)), channel)
		return graph.Add(graph.MulScalar(at, claheBins), pixels)
	}
	tileOf := func(size int) func(at int) float64 { return func(at int) float64 { return float64(at / size) } }
	tables := batch * down * across * channels
	counts := graph.Reshape(histogram(place(along(1, tileOf(tall)), along(2, tileOf(wide))), nil, tables*claheBins), tables, claheBins)
	table := graph.Reshape(c.shares(counts, float64(tall*wide)), -1)

	first := func(size, n, more int) func(at int) float64 { // the tile whose middle is above, or with more below, a row
		return func(at int) float64 { return float64(min(max(floorDiv(2*at-size, 2*size)+more, 0), n-1)) }
	}
	share := func(size int) func(at int) float64 { // of the way from the one middle to the other
		return func(at int) float64 {
			way := (float32(at)-float32(size)/2)/float32(size) + 1
			return float64(way - float32(floorDiv(2*at-size, 2*size)+1))
		}
	}
	mixed := func(rows *graph.Node) *graph.Node {
		right := along(2, share(wide))
		return graph.Add(graph.Mul(lookedUp(table, place(rows, along(2, first(wide, across, 0)))), graph.OneMinus(right)),
			graph.Mul(lookedUp(table, place(rows, along(2, first(wide, across, 1)))), right))
	}
	below := along(1, share(tall))
	y := graph.Add(graph.Mul(mixed(along(1, first(tall, down, 0))), graph.OneMinus(below)), graph.Mul(mixed(along(1, first(tall, down, 1))), below))
	return graph.Slice(y, graph.AxisRange(), graph.AxisRange(0, height), graph.AxisRange(0, width), graph.AxisRange())
}

// shares are what colors become by their counts, of so many pixels a tile.
func (c ContrastLimitedAdaptiveHistogramEqualization) shares(counts *graph.Node, pixels float64) *graph.Node {
	limit := c.ClipLimit
	if limit == 0 {
		limit = 4
	}
	clipped := graph.MinScalar(counts, limit*pixels/claheBins)
	more := graph.DivScalar(graph.ReduceAndKeep(graph.Sub(counts, clipped), graph.ReduceSum, -1), claheBins)
	dims := counts.Shape().Dimensions
	upTo := Cumsum{Axis: -1}.Apply(nil, graph.Add(clipped, graph.BroadcastToDims(more, dims...)))
	lowest := graph.BroadcastToDims(graph.ReduceAndKeep(upTo, graph.ReduceMin, -1), dims...)
	others := graph.AddScalar(graph.Neg(lowest), pixels)
	others = graph.Where(graph.Equal(others, graph.ZerosLike(others)), graph.OnesLike(others), others)
	return between(graph.Div(graph.MulScalar(graph.Sub(upTo, lowest), 255), others), []float64{0, 255})
}

// mirroredBehind puts n places behind an axis that mirror its last ones, and those again where there are more.
func mirroredBehind(x *graph.Node, axis, n int) *graph.Node {
	size := x.Shape().Dim(axis)
	if n == 0 {
		return x
	}
	order := make([]int32, size+n)
	for i := range order {
		if at := i % (2 * size); at < size {
			order[i] = int32(at)
		} else {
			order[i] = int32(2*size - 1 - at)
		}
	}
	there := []int{0, 1, 2, 3}
	there = slices.Insert(slices.Delete(there, axis, axis+1), 0, axis)
	home := make([]int, 4)
	for to, from := range there {
		home[from] = to
	}
	first := graph.TransposeAllAxes(x, there...)
	taken := graph.Gather(first, graph.Const(x.Graph(), tensors.FromFlatDataAndDimensions(order, len(order), 1)))
	return graph.TransposeAllAxes(taken, home...)
}

// floorDiv is ⌊a/b⌋ for a positive b.
func floorDiv(a, b int) int {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}

// OutputShape is the input's.
func (c ContrastLimitedAdaptiveHistogramEqualization) OutputShape(input ...int) ([]int, error) {
	if err := augmentable(c, c.DataFormat, input); err != nil {
		return nil, err
	}
	_, _, err := c.grid()
	return input, err
}

// TorchSteps says that there are none.
func (c ContrastLimitedAdaptiveHistogramEqualization) TorchSteps([][]int) ([]TorchStep, error) {
	return nil, fmt.Errorf("%s: PyTorch has no such module", typeName(c))
}
