package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// RandomFlip mirrors half of the images in training, as Keras' RandomFlip: with both axes an image is mirrored along both or
// none.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomFlip struct {
	Name       string `keras:"-"`                                                      // empty: "random_flip", "random_flip_1", …
	Mode       string `keras:"mode,oneof=horizontal_and_vertical|horizontal|vertical"` // empty: "horizontal_and_vertical"
	DataFormat string `keras:"data_format,oneof=channels_last|channels_first"`         // empty: "channels_last"
}

// RandomRotation turns images around their middles in training, as Keras' RandomRotation.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomRotation struct {
	Name          string    `keras:"-"`                                              // empty: "random_rotation", "random_rotation_1", …
	Factor        []float64 `keras:"factor,positional,required,from=-1,to=1"`        // smallest and largest share of a full turn
	FillMode      string    `keras:"fill_mode,oneof=reflect|wrap|constant|nearest"`  // what is outside of images; empty: "reflect"
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	FillValue     float64   `keras:"fill_value"`                                     // outside with "constant"
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

// RandomTranslation moves images in training, as Keras' RandomTranslation.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomTranslation struct {
	Name          string    `keras:"-"`                                              // empty: "random_translation", "random_translation_1", …
	HeightFactor  []float64 `keras:"height_factor,positional,required,from=-1,to=1"` // smallest and largest share of the height, downwards
	WidthFactor   []float64 `keras:"width_factor,positional,required,from=-1,to=1"`  // smallest and largest share of the width, to the right
	FillMode      string    `keras:"fill_mode,oneof=reflect|wrap|constant|nearest"`  // what is outside of images; empty: "reflect"
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	FillValue     float64   `keras:"fill_value"`                                     // outside with "constant"
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

// RandomZoom makes images smaller or larger around their middles in training, as Keras' RandomZoom: by 1 + factor, a positive
// one zooming out.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomZoom struct {
	Name          string    `keras:"-"`                                               // empty: "random_zoom", "random_zoom_1", …
	HeightFactor  []float64 `keras:"height_factor,positional,required,above=-1,to=1"` // smallest and largest
	WidthFactor   []float64 `keras:"width_factor,above=-1,to=1"`                      // smallest and largest; nil: the height's draw
	FillMode      string    `keras:"fill_mode,oneof=reflect|wrap|constant|nearest"`   // what is outside of images; empty: "reflect"
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`            // empty: "bilinear"
	FillValue     float64   `keras:"fill_value"`                                      // outside with "constant"
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"`  // empty: "channels_last"
}

// RandomShear slants images in training, as Keras' RandomShear; one draw says whether it is to the one side or the other.
//
// Shapes: x [batch, height, width, channels] → the same.
type RandomShear struct {
	Name          string    `keras:"-"`                                              // empty: "random_shear", "random_shear_1", …
	XFactor       []float64 `keras:"x_factor,from=-1,to=1"`                          // smallest and largest, columns a row; nil: 0
	YFactor       []float64 `keras:"y_factor,from=-1,to=1"`                          // smallest and largest, rows a column; nil: 0
	FillMode      string    `keras:"fill_mode,oneof=reflect|wrap|constant|nearest"`  // what is outside of images; empty: "reflect"
	Interpolation string    `keras:"interpolation,oneof=bilinear|nearest"`           // empty: "bilinear"
	FillValue     float64   `keras:"fill_value"`                                     // outside with "constant"
	DataFormat    string    `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"
}

var (
	boxless = codec.Only("bounding_box_format") // boxes around things in images are not read

	_ = layers.Add(RandomFlip{}, codec.Ignored("seed"), boxless)
	_ = layers.Add(RandomRotation{}, codec.Ignored("seed"), boxless, spread(-1, "Factor"))
	_ = layers.Add(RandomTranslation{}, codec.Ignored("seed"), boxless, spread(-1, "HeightFactor", "WidthFactor"))
	_ = layers.Add(RandomZoom{}, codec.Ignored("seed"), boxless, spread(-1, "HeightFactor", "WidthFactor"))
	_ = layers.Add(RandomShear{}, codec.Ignored("seed"), boxless, spread(-1, "XFactor", "YFactor"))
)

// Apply adds the layer to the graph. It panics when x isn't images.
func (f RandomFlip) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(f, scope, x, f.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		flips := graph.LessOrEqual(d.each(0, 1), d.scalar(0.5))
		mirrored := x
		if f.Mode != "vertical" {
			mirrored = graph.Reverse(mirrored, 2)
		}
		if f.Mode != "horizontal" {
			mirrored = graph.Reverse(mirrored, 1)
		}
		return where(flips, mirrored, x)
	})
}

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (r RandomRotation) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(r, scope, x, r.DataFormat, r.change())
}

// change is what becomes of images in training.
func (r RandomRotation) change() imageChange {
	f := ranged("RandomRotation.Factor", r.Factor)
	return func(x *graph.Node, d draws) *graph.Node {
		return turned(d.each(360*f[0], 360*f[1]), x.Shape().Dim(1), x.Shape().Dim(2)).sample(x, sampling{r.Interpolation, r.FillMode, r.FillValue})
	}
}

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (t RandomTranslation) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(t, scope, x, t.DataFormat, t.change())
}

// change is what becomes of images in training.
func (t RandomTranslation) change() imageChange {
	down, right := ranged("RandomTranslation.HeightFactor", t.HeightFactor), ranged("RandomTranslation.WidthFactor", t.WidthFactor)
	return func(x *graph.Node, d draws) *graph.Node {
		height, width := float64(x.Shape().Dim(1)), float64(x.Shape().Dim(2))
		return affine{
			a0: d.scalar(1), a1: d.scalar(0), a2: d.each(-width*right[0], -width*right[1]),
			b0: d.scalar(0), b1: d.scalar(1), b2: d.each(-height*down[0], -height*down[1]),
		}.sample(x, sampling{t.Interpolation, t.FillMode, t.FillValue})
	}
}

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (z RandomZoom) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	high := ranged("RandomZoom.HeightFactor", z.HeightFactor)
	return augments(z, scope, x, z.DataFormat, func(x *graph.Node, d draws) *graph.Node {
		tall := d.each(1+high[0], 1+high[1])
		wide := tall
		if z.WidthFactor != nil {
			w := ranged("RandomZoom.WidthFactor", z.WidthFactor)
			wide = d.each(1+w[0], 1+w[1])
		}
		offset := func(zoom *graph.Node, size int) *graph.Node {
			return graph.MulScalar(graph.OneMinus(zoom), float64(size-1)/2)
		}
		return affine{
			a0: wide, a1: d.scalar(0), a2: offset(wide, x.Shape().Dim(2)),
			b0: d.scalar(0), b1: tall, b2: offset(tall, x.Shape().Dim(1)),
		}.sample(x, sampling{z.Interpolation, z.FillMode, z.FillValue})
	})
}

// Apply adds the layer to the graph. It panics when x isn't images and when a setting makes no sense.
func (s RandomShear) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return augments(s, scope, x, s.DataFormat, s.change())
}

// change is what becomes of images in training.
func (s RandomShear) change() imageChange {
	along, across := ranged("RandomShear.XFactor", s.XFactor, 0, 0), ranged("RandomShear.YFactor", s.YFactor, 0, 0)
	return func(x *graph.Node, d draws) *graph.Node {
		side := d.sign()
		return affine{
			a0: d.scalar(1), a1: graph.Mul(side, d.each(along[0], along[1])), a2: d.scalar(0),
			b0: graph.Mul(side, d.each(across[0], across[1])), b1: d.scalar(1), b2: d.scalar(0),
		}.sample(x, sampling{s.Interpolation, s.FillMode, s.FillValue})
	}
}

// OutputShape is the input's.
func (f RandomFlip) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(f, f.DataFormat, input)
}

// OutputShape is the input's.
func (r RandomRotation) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(r, r.DataFormat, input)
}

// OutputShape is the input's.
func (t RandomTranslation) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(t, t.DataFormat, input)
}

// OutputShape is the input's.
func (z RandomZoom) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(z, z.DataFormat, input)
}

// OutputShape is the input's.
func (s RandomShear) OutputShape(input ...int) ([]int, error) {
	return input, augmentable(s, s.DataFormat, input)
}

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (f RandomFlip) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(f) }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (r RandomRotation) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(r) }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (t RandomTranslation) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(t) }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (z RandomZoom) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(z) }

// TorchSteps is nothing, said so: see [TorchStep.Note].
func (s RandomShear) TorchSteps([][]int) ([]TorchStep, error) { return torchAugment(s) }
