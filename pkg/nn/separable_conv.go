package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// SeparableConv1D is a [DepthwiseConv1D] and then a product over the channels of each place, as Keras' SeparableConv1D.
//
// Shapes: x [batch, time, in] → [batch, steps, Filters]; depthwise_kernel [KernelSize…, in, DepthMultiplier],
// pointwise_kernel [1…, in·DepthMultiplier, Filters], bias [Filters]. With "channels_first" x and the output have their channels
// before time.
type SeparableConv1D struct {
	Name                 string      `keras:"-"`                                              // empty: "separable_conv1d", "separable_conv1d_1", …
	Filters              int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernels in time
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far they move; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", no padding; "same": zeros around, so that with a stride of 1 the output is as large
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart a kernel's elements are; nil: 1; only with a stride of 1
	DepthMultiplier      int         `keras:"depth_multiplier,default=1,from=1"`              // kernels for each channel; 0: 1
	Activation           Activation  `keras:",default=linear"`                                // nil: linear
	NoBias               bool        `keras:"use_bias,not"`                                   // leaves the bias out
	DepthwiseInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	PointwiseInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer      Initializer `keras:",default=zeros"`                                 // nil: Zeros
	DepthwiseRegularizer Regularizer // nil: none
	PointwiseRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	DepthwiseConstraint  Constraint  // nil: none
	PointwiseConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

// SeparableConv2D is a [DepthwiseConv2D] and then a product over the channels of each place, as Keras' SeparableConv2D.
//
// Shapes: x [batch, height, width, in] → [batch, rows, columns, Filters]; depthwise_kernel [KernelSize…, in, DepthMultiplier],
// pointwise_kernel [1…, in·DepthMultiplier, Filters], bias [Filters]. With "channels_first" x and the output have their channels
// before height.
type SeparableConv2D struct {
	Name                 string      `keras:"-"`                                              // empty: "separable_conv2d", "separable_conv2d_1", …
	Filters              int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernels in height and width; one number: the same in both
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far they move; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", no padding; "same": zeros around, so that with a stride of 1 the output is as large
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart a kernel's elements are; nil: 1; only with a stride of 1
	DepthMultiplier      int         `keras:"depth_multiplier,default=1,from=1"`              // kernels for each channel; 0: 1
	Activation           Activation  `keras:",default=linear"`                                // nil: linear
	NoBias               bool        `keras:"use_bias,not"`                                   // leaves the bias out
	DepthwiseInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	PointwiseInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer      Initializer `keras:",default=zeros"`                                 // nil: Zeros
	DepthwiseRegularizer Regularizer // nil: none
	PointwiseRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	DepthwiseConstraint  Constraint  // nil: none
	PointwiseConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

var (
	_ = layers.Add(SeparableConv1D{})
	_ = layers.Add(SeparableConv2D{})
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c SeparableConv1D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return separable(c).apply(scope, c, 1, x)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c SeparableConv2D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return separable(c).apply(scope, c, 2, x)
}

// OutputShape has Filters channels, and the extents of the places that the kernels have.
func (c SeparableConv1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := separable(c).over("SeparableConv1D", 1, input)
	return out, err
}

// OutputShape has Filters channels, and the extents of the places that the kernels have.
func (c SeparableConv2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := separable(c).over("SeparableConv2D", 2, input)
	return out, err
}

// Weights are both kernels and the bias.
func (c SeparableConv1D) Weights(input ...int) []Weight { return separable(c).weights(1, input) }

// Weights are both kernels and the bias.
func (c SeparableConv2D) Weights(input ...int) []Weight { return separable(c).weights(2, input) }

// TorchSteps is nn.Conv1d with a group for each channel, another one whose kernel has one place, and the activation.
func (c SeparableConv1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return separable(c).torchSteps("SeparableConv1D", 1, inputs[0])
}

// TorchSteps is nn.Conv2d with a group for each channel, another one whose kernel has one place, and the activation.
func (c SeparableConv2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return separable(c).torchSteps("SeparableConv2D", 2, inputs[0])
}

// separable are the settings of both.
type separable struct {
	Name                 string
	Filters              int
	KernelSize           []int
	Strides              []int
	Padding              string
	DataFormat           string
	DilationRate         []int
	DepthMultiplier      int
	Activation           Activation
	NoBias               bool
	DepthwiseInitializer Initializer
	PointwiseInitializer Initializer
	BiasInitializer      Initializer
	DepthwiseRegularizer Regularizer
	PointwiseRegularizer Regularizer
	BiasRegularizer      Regularizer
	DepthwiseConstraint  Constraint
	PointwiseConstraint  Constraint
	BiasConstraint       Constraint
}

// first is the convolution of each channel.
func (c separable) first() depthwise {
	return depthwise{KernelSize: c.KernelSize, Strides: c.Strides, Padding: c.Padding, DepthMultiplier: c.DepthMultiplier, DataFormat: c.DataFormat, DilationRate: c.DilationRate}
}

// over is where the kernels come to lie over an input, and the shape of what comes out.
func (c separable) over(layer string, n int, input []int) (window, []int, error) {
	w, out, err := c.first().over(layer, n, input)
	if err != nil {
		return window{}, nil, err
	}
	if c.Filters < 1 {
		return window{}, nil, fmt.Errorf("%s.Filters is %d, must be positive", layer, c.Filters)
	}
	out[channelAxis(c.DataFormat, len(out))] = c.Filters
	return w, out, nil
}

func (c separable) apply(scope *model.Scope, l Weighted, n int, x *graph.Node) *graph.Node {
	w, _, err := c.over(typeName(l), n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	weights := create(scope, l, x)
	x, back := channelsToLast(x, c.DataFormat)
	x = convolveChannels(x, weights.node("depthwise_kernel"), w)
	x = matMul(x, graph.Reshape(weights.node("pointwise_kernel"), -1, c.Filters))
	return activate(c.Activation, back(weights.biased(x)))
}

func (c separable) weights(n int, input []int) []Weight {
	in, times := input[channelAxis(c.DataFormat, len(input))], max(1, c.DepthMultiplier)
	weights := kernelAndBias(n, c.KernelSize, []int{in, times}, c.DepthwiseInitializer, c.DepthwiseRegularizer, c.NoBias, c.Filters, c.BiasInitializer, c.BiasRegularizer)
	weights[0].Name = "depthwise_kernel"
	pointwise := kernelAndBias(n, []int{1}, []int{in * times, c.Filters}, c.PointwiseInitializer, c.PointwiseRegularizer, true, 0, nil, nil)[0]
	pointwise.Name = "pointwise_kernel"
	return append([]Weight{weights[0], pointwise}, weights[1:]...)
}

func (c separable) torchSteps(layer string, n int, input []int) ([]TorchStep, error) {
	w, out, err := c.over(layer, n, input)
	if err != nil {
		return nil, err
	}
	first := c.first()
	first.NoBias = true
	steps := []TorchStep{first.torchStep(w, "depthwise_kernel", input), torchConv{
		window{size: ones(n), stride: ones(n), dilation: ones(n), pads: make([][2]int, n)}, c.DataFormat, "", first.channels(input) * max(1, c.DepthMultiplier), c.Filters, 1, c.NoBias,
		TorchParameter{Weight: "pointwise_kernel", Name: "weight", Axes: kernelAxes(n)},
	}.step()}
	steps[0].Member, steps[1].Member = "depthwise", "pointwise"
	return withTorchActivation(steps, c.Activation, out)
}

func ones(n int) []int { return slices.Repeat([]int{1}, n) }
