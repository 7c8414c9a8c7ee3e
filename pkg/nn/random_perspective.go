package nn

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomPerspective shows some images from the side in training, as Keras' RandomPerspective: each corner goes to another place,
// by up to half of Scale times its distance from the first row and column.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomPerspective struct {
	Name          string    `keras:"-"`                                              // empty: "random_perspective", "random_perspective_1", …
	Factor        []float64 `keras:"factor,from=0,to=1"`                             // smallest and largest probability; nil: 0 to 1
	Scale         float64   `keras:"scale,default=1,from=0,to=1"`                    // how far corners go; 0 means 1: leave the layer out for none
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	FillValue     float64   `keras:"fill_value"`                                     // what is outside of images
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var _ = layers.Add(RandomPerspective{}, codec.Ignored("seed"), boxless, spread(0, "Factor"))

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomPerspective) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	f := ranged("RandomPerspective.Factor", r.Factor, 0, 1)
	half := r.Scale / 2
	if r.Scale == 0 {
		half = 0.5
	}
	return augments(r, scope, x, r.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		side := func() *graph.Node { return graph.OnePlus(d.each(-half, half)) }
		p := perspective{right: side(), bottom: side(), cornerX: side(), cornerY: side()}
		row, column := p.places(x)
		return where(d.happens(f[0], f[1]), sampleAt(x, row, column, sampling{r.Interpolation, "constant", r.FillValue}), x)
	})
}

// perspective is where the corners of an image go, as shares of its last column and row: the first stays, that at the right goes
// to (right, 0), that at the bottom to (0, bottom), the last to (cornerX, cornerY). Each is [batch, 1, 1, 1].
type perspective struct{ right, bottom, cornerX, cornerY *graph.Node }

// places are the rows and columns of the image, [batch, height, width, 1], that come to each place: the homography that takes
// the corners back.
func (p perspective) places(x *graph.Node) (row, column *graph.Node) {
	rows, height, width := x.Shape().Dim(0), x.Shape().Dim(1), x.Shape().Dim(2)
	// From the image, u and v in shares, to (a·u, e·v) / (g·u + h·v + 1); what takes the last corner to its place says all.
	across, down := graph.Div(p.cornerX, p.right), graph.Div(p.cornerY, p.bottom)
	s := graph.Reciprocal(graph.MinusOne(graph.Add(across, down)))
	a, e := graph.Mul(p.cornerX, s), graph.Mul(p.cornerY, s)
	g, h := graph.MinusOne(graph.Mul(across, s)), graph.MinusOne(graph.Mul(down, s))
	share := func(axis, size int) *graph.Node {
		grid := graph.Iota(x.Graph(), shapes.Make(dtypes.Float32, 1, height, width, 1), axis)
		return graph.BroadcastToDims(graph.DivScalar(grid, float64(max(1, size-1))), rows, height, width, 1)
	}
	u := share(2, width)
	u = graph.Div(u, like(a, u))
	v := share(1, height)
	v = graph.Div(v, like(e, v))
	back := graph.Reciprocal(graph.OneMinus(graph.Add(graph.Mul(like(g, u), u), graph.Mul(like(h, v), v))))
	return graph.MulScalar(graph.Mul(v, back), float64(height-1)), graph.MulScalar(graph.Mul(u, back), float64(width-1))
}

// OutputShape is the input's.
func (r RandomPerspective) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomPerspective) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }
