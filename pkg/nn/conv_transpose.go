package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Conv1DTranspose goes the way of a [Conv1D] backwards, as Keras' Conv1DTranspose: each place of the input puts its kernel onto
// the output, Strides apart, where they add up.
//
// Shapes: x [batch, time, in] → [batch, steps, Filters]; kernel [KernelSize…, Filters, in], bias [Filters]. With
// "channels_first" x and the output have their channels before time.
type Conv1DTranspose struct {
	Name              string      `keras:"-"`                                              // empty: "conv1d_transpose", "conv1d_transpose_1", …
	Filters           int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize        []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernel in time
	Strides           []int       `keras:"strides,default=1,from=1"`                       // by how much the output is larger; nil: 1
	Padding           string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", all that the kernels cover; "same": the extents times Strides
	OutputPadding     []int       `keras:"output_padding,from=0"`                          // what is added to the smallest output; nil: as Padding says; must be less than Strides
	DataFormat        string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate      []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the kernel's elements are; nil: 1; only with a stride of 1
	Activation        Activation  `keras:",default=linear"`                                // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
}

// Conv2DTranspose goes the way of a [Conv2D] backwards, as Keras' Conv2DTranspose: each place of the input puts its kernel onto
// the output, Strides apart, where they add up.
//
// Shapes: x [batch, height, width, in] → [batch, rows, columns, Filters]; kernel [KernelSize…, Filters, in], bias [Filters]. With
// "channels_first" x and the output have their channels before height.
type Conv2DTranspose struct {
	Name              string      `keras:"-"`                                              // empty: "conv2d_transpose", "conv2d_transpose_1", …
	Filters           int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize        []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernel in height and width; one number: the same in both
	Strides           []int       `keras:"strides,default=1,from=1"`                       // by how much the output is larger; nil: 1
	Padding           string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", all that the kernels cover; "same": the extents times Strides
	OutputPadding     []int       `keras:"output_padding,from=0"`                          // what is added to the smallest output; nil: as Padding says; must be less than Strides
	DataFormat        string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate      []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the kernel's elements are; nil: 1; only with a stride of 1
	Activation        Activation  `keras:",default=linear"`                                // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
}

// Conv3DTranspose goes the way of a [Conv3D] backwards, as Keras' Conv3DTranspose: each place of the input puts its kernel onto
// the output, Strides apart, where they add up.
//
// Shapes: x [batch, depth, height, width, in] → [batch, …, Filters]; kernel [KernelSize…, Filters, in], bias [Filters]. With
// "channels_first" x and the output have their channels before depth.
type Conv3DTranspose struct {
	Name              string      `keras:"-"`                                              // empty: "conv3d_transpose", "conv3d_transpose_1", …
	Filters           int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize        []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernel in depth, height and width; one number: the same in all
	Strides           []int       `keras:"strides,default=1,from=1"`                       // by how much the output is larger; nil: 1
	Padding           string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", all that the kernels cover; "same": the extents times Strides
	OutputPadding     []int       `keras:"output_padding,from=0"`                          // what is added to the smallest output; nil: as Padding says; must be less than Strides
	DataFormat        string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate      []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the kernel's elements are; nil: 1; only with a stride of 1
	Activation        Activation  `keras:",default=linear"`                                // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
}

var (
	_ = layers.Add(Conv1DTranspose{})
	_ = layers.Add(Conv2DTranspose{})
	_ = layers.Add(Conv3DTranspose{})
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c Conv1DTranspose) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return transposed(c).apply(scope, c, 1, x)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c Conv2DTranspose) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return transposed(c).apply(scope, c, 2, x)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c Conv3DTranspose) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return transposed(c).apply(scope, c, 3, x)
}

// OutputShape has Filters channels and what Strides make of the extents.
func (c Conv1DTranspose) OutputShape(input ...int) ([]int, error) {
	_, out, err := transposed(c).over("Conv1DTranspose", 1, input)
	return out, err
}

// OutputShape has Filters channels and what Strides make of the extents.
func (c Conv2DTranspose) OutputShape(input ...int) ([]int, error) {
	_, out, err := transposed(c).over("Conv2DTranspose", 2, input)
	return out, err
}

// OutputShape has Filters channels and what Strides make of the extents.
func (c Conv3DTranspose) OutputShape(input ...int) ([]int, error) {
	_, out, err := transposed(c).over("Conv3DTranspose", 3, input)
	return out, err
}

// Weights are kernel and bias.
func (c Conv1DTranspose) Weights(input ...int) []Weight { return transposed(c).weights(1, input) }

// Weights are kernel and bias.
func (c Conv2DTranspose) Weights(input ...int) []Weight { return transposed(c).weights(2, input) }

// Weights are kernel and bias.
func (c Conv3DTranspose) Weights(input ...int) []Weight { return transposed(c).weights(3, input) }

// TorchSteps is nn.ConvTranspose1d and the activation.
func (c Conv1DTranspose) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return transposed(c).torchSteps("Conv1DTranspose", 1, inputs[0])
}

// TorchSteps is nn.ConvTranspose2d and the activation.
func (c Conv2DTranspose) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return transposed(c).torchSteps("Conv2DTranspose", 2, inputs[0])
}

// TorchSteps is nn.ConvTranspose3d and the activation.
func (c Conv3DTranspose) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return transposed(c).torchSteps("Conv3DTranspose", 3, inputs[0])
}

// transposed are the settings of all of them.
type transposed struct {
	Name              string
	Filters           int
	KernelSize        []int
	Strides           []int
	Padding           string
	OutputPadding     []int
	DataFormat        string
	DilationRate      []int
	Activation        Activation
	NoBias            bool
	KernelInitializer Initializer
	BiasInitializer   Initializer
	KernelRegularizer Regularizer
	BiasRegularizer   Regularizer
	KernelConstraint  Constraint
	BiasConstraint    Constraint
}

// over is the window of the convolution that goes the other way; its pads are what is cut off in front of and behind what
// its kernels cover, where negative numbers add zeros.
func (c transposed) over(layer string, n int, input []int) (w window, out []int, err error) {
	axes, err := spatialAxes(layer, c.DataFormat, n, input)
	if err != nil {
		return window{}, nil, err
	}
	if c.Filters < 1 {
		return window{}, nil, fmt.Errorf("%s.Filters is %d, must be positive", layer, c.Filters)
	}
	// The settings are checked as those of a convolution over what always fits.
	everything := extentsOf(input, axes)
	for i := range everything {
		everything[i] = maxReach
	}
	w, err = sliding{size: c.KernelSize, strides: c.Strides, dilation: c.DilationRate}.over(layer, "KernelSize", everything)
	if err != nil {
		return window{}, nil, err
	}
	added, err := amounts(layer+".OutputPadding", c.OutputPadding, n, 0, 0)
	if err != nil {
		return window{}, nil, err
	}
	for i, extent := range extentsOf(input, axes) {
		reach, stride := w.reach(i), w.stride[i]
		if added[i] >= stride && c.OutputPadding != nil {
			return window{}, nil, fmt.Errorf("%s.OutputPadding is %v, must be less than Strides, %v", layer, c.OutputPadding, w.stride)
		}
		// Keras counts from what a convolution without padding would make of the input with zeros between its elements:
		// front and behind are how much padding that gets, reach − 1 at either end being all that the kernels cover.
		var front, behind int
		switch c.Padding {
		case "", "valid":
			front, behind = reach-1, reach-1+added[i]
			if c.OutputPadding == nil {
				behind = max(reach, stride) - 1
			}
		case "same":
			both := stride + reach - 2
			if c.OutputPadding != nil {
				both = reach + reach%2 - 2 + added[i]
			}
			front = min(both/2+both%2, reach-1)
			behind = both - front
		default:
			return window{}, nil, unknownPadding(layer, c.Padding)
		}
		w.pads[i] = [2]int{reach - 1 - front, reach - 1 - behind}
		w.out[i] = (extent-1)*stride + reach - w.pads[i][0] - w.pads[i][1]
		if w.out[i] < 1 {
			return window{}, nil, fmt.Errorf("%s leaves nothing of an input of shape %v", layer, input)
		}
	}
	return w, moved(input, axes, w.out, c.DataFormat, c.Filters), nil
}

// maxReach is as far as any kernel can reach.
const maxReach = 1 << 40

func (c transposed) apply(scope *model.Scope, l Weighted, n int, x *graph.Node) *graph.Node {
	w, _, err := c.over(typeName(l), n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	weights := create(scope, l, x)
	x, back := channelsToLast(x, c.DataFormat)
	y := cutPads(convolveTransposed(x, weights.node("kernel"), w), w)
	return activate(c.Activation, back(weights.biased(y)))
}

func (c transposed) weights(n int, input []int) []Weight {
	in := input[channelAxis(c.DataFormat, len(input))]
	return kernelAndBias(n, c.KernelSize, []int{c.Filters, in}, c.KernelInitializer, c.KernelRegularizer, c.NoBias, c.Filters, c.BiasInitializer, c.BiasRegularizer)
}

// torchSteps cuts off alike at both ends within the module, and what is more behind it.
func (c transposed) torchSteps(layer string, n int, input []int) ([]TorchStep, error) {
	w, out, err := c.over(layer, n, input)
	if err != nil {
		return nil, err
	}
	cut, added, behind := make([]int, n), make([]int, n), make([][2]int, n)
	for i, p := range w.pads {
		cut[i] = p[0]
		if more := p[0] - p[1]; more >= 0 {
			added[i] = more
		} else {
			behind[i][1] = more
		}
		if added[i] > 0 && added[i] >= max(w.stride[i], w.dilation[i]) {
			return nil, fmt.Errorf("%s adds %d places to the output: nn.ConvTranspose%dd adds fewer than its stride", layer, added[i], n)
		}
	}
	in := input[channelAxis(c.DataFormat, len(input))]
	arguments := append([]string{fmt.Sprint(in), fmt.Sprint(c.Filters), torchSizes(w.size)}, torchSizesUnless("stride", w.stride, 1)...)
	arguments = append(append(arguments, torchSizesUnless("padding", cut, 0)...), torchSizesUnless("output_padding", added, 0)...)
	arguments = append(arguments, torchSizesUnless("dilation", w.dilation, 1)...)
	forward := ""
	if slices.ContainsFunc(behind, func(p [2]int) bool { return p[1] != 0 }) {
		forward = torchPad("{m}({x})", behind)
	}
	step := torchConv{format: c.DataFormat, noBias: c.NoBias, kernel: TorchParameter{Weight: "kernel", Name: "weight", Axes: kernelAxes(n)}}.
		module(fmt.Sprintf("nn.ConvTranspose%dd", n), arguments, forward)
	return withTorchActivation([]TorchStep{step}, c.Activation, out)
}
