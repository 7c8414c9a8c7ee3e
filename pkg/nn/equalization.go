package nn

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Equalization spreads the colors of each channel so that all are about as frequent, in training alone, as Keras' Equalization does: a color becomes the
// share of the batch's pixels that have it or a lower one. The histogram is that of the channel in all images of a batch together,
// and one without any contrast stays as it is. No gradient goes through it.
//
// In inference images stay what they are, as Keras 3.15 has it against its own documentation.
//
// Shapes: x [batch, height, width, channels] → the same.
type Equalization struct {
	Name       string    `keras:"-"`                                              // empty: "equalization", "equalization_1", …
	ValueRange []float64 `keras:"value_range"`                                    // of colors, lowest and highest; nil: 0 to 255
	Bins       int       `keras:"bins,default=256,from=2,to=4096"`                // how many colors are told apart; 0: 256
	DataFormat string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(Equalization{}, boxless, codec.Only("factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (e Equalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if err := augmentable(e, e.DataFormat, x.Shape().Dimensions); err != nil {
		panic(err)
	}
	x = asFloat(x)
	if !scope.Store().IsTraining(x.Graph()) {
		return x
	}
	last, back := channelsToLast(x, e.DataFormat)
	return back(e.equalized(last))
}

// equalized is what becomes of images [batch, height, width, channels].
func (e Equalization) equalized(x *graph.Node) *graph.Node {
	colors, bytes, bins := from255("Equalization.ValueRange", e.ValueRange), []float64{0, 255}, e.Bins
	if bins == 0 {
		bins = 256
	}
	channels := x.Shape().Dim(3)
	y := linearly(graph.StopGradient(x), colors, bytes)
	// Twice the same number, but for the rounding, which is Keras'.
	counted := bin(graph.DivScalar(graph.MulScalar(y, float64(bins-1)), 255), bins)
	looked := bin(graph.MulScalar(graph.DivScalar(y, 255), float64(bins-1)), bins)
	channel := graph.Iota(x.Graph(), shapes.Make(dtypes.Int32, x.Shape().Dimensions...), 3)
	at := func(bin *graph.Node) *graph.Node { return graph.Add(bin, graph.MulScalar(channel, float64(bins))) }

	counts := histogram(at(counted), rowsThatCount(x), channels*bins)
	upTo := Cumsum{Axis: -1}.Apply(nil, graph.Reshape(counts, channels, bins))
	zero := graph.ZerosLike(upTo)
	total := graph.BroadcastToDims(graph.Slice(upTo, graph.AxisRange(), graph.AxisElem(bins-1)), channels, bins)
	lowest := graph.ReduceAndKeep(graph.Where(graph.GreaterThan(upTo, zero), upTo, total), graph.ReduceMin, 1)
	lowest = graph.BroadcastToDims(lowest, channels, bins)
	others := graph.Sub(total, lowest)
	others = graph.Where(graph.Equal(others, zero), graph.OnesLike(others), others)
	table := between(roundToEven(graph.Div(graph.MulScalar(graph.Sub(upTo, lowest), 255), others)), bytes)

	used := graph.ReduceSum(graph.ConvertDType(graph.GreaterThan(graph.Reshape(counts, channels, bins), zero), dtypes.Float32), 1)
	flat := graph.LessOrEqual(used, graph.OnesLike(used)) // [channels]
	flat = graph.BroadcastToDims(graph.Reshape(flat, 1, 1, 1, channels), x.Shape().Dimensions...)
	spread := linearly(lookedUp(graph.Reshape(table, -1), at(looked)), bytes, colors)
	return graph.Where(flat, x, graph.StopGradient(spread))
}

// OutputShape is the input's.
func (e Equalization) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(e, e.DataFormat, input)
}

// MixesRows is true: the histogram is that of the batch.
func (Equalization) MixesRows() bool { return true }

// TorchSteps says that there are none.
func (e Equalization) TorchSteps([][]int) ([]TorchStep, error) {
	return nil, fmt.Errorf("%s: PyTorch has no such module", typeName(e))
}

// linearly brings colors from one range to another, in the order in which Keras' layers of histograms reckon.
func linearly(x *graph.Node, from, to []float64) *graph.Node {
	scale := (to[1] - to[0]) / (from[1] - from[0])
	return graph.AddScalar(graph.MulScalar(x, scale), to[0]-from[0]*scale)
}

// bin cuts values to whole numbers, int32 from 0 to below n.
func bin(x *graph.Node, n int) *graph.Node {
	return graph.ConvertDType(graph.Floor(graph.ClipScalar(x, 0, float64(n-1))), dtypes.Int32)
}

// histogram counts whole numbers from 0 to below n, each as often as weight says, a number for each row [rows], nil: once.
func histogram(numbers, weight *graph.Node, n int) *graph.Node {
	g, size := numbers.Graph(), numbers.Shape().Size()
	each := graph.Ones(g, shapes.Make(dtypes.Float32, size))
	if weight != nil {
		wide := graph.InsertAxes(weight, -1, -1, -1)
		each = graph.Reshape(graph.BroadcastToDims(wide, numbers.Shape().Dimensions...), size)
	}
	return graph.ScatterSum(graph.Zeros(g, shapes.Make(dtypes.Float32, n)), graph.Reshape(numbers, size, 1), each, false, false)
}

// rowsThatCount are 1 for rows of data and 0 for those that fill a batch up; nil: all are data.
func rowsThatCount(x *graph.Node) *graph.Node {
	mask := BatchMask(x.Graph())
	if mask == nil {
		return nil
	}
	if mask.Shape().Dim(0) != x.Shape().Dim(0) {
		panic(fmt.Errorf("batch mask has shape %s for a batch of %d rows", mask.Shape(), x.Shape().Dim(0)))
	}
	return asFloat(mask)
}

// lookedUp are the numbers of a table at places of any shape.
func lookedUp(table, at *graph.Node) *graph.Node {
	return graph.Gather(table, graph.InsertAxes(at, -1))
}
