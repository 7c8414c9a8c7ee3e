package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// DepthwiseConv1D convolves each channel of a sequence by itself, as Keras' DepthwiseConv1D. Output channel c·DepthMultiplier + m is
// channel c through its m-th kernel.
//
// Shapes: x [batch, time, in] → [batch, steps, in·DepthMultiplier]; kernel [KernelSize…, in, DepthMultiplier], bias
// [in·DepthMultiplier]. With "channels_first" x and the output have their channels before time.
type DepthwiseConv1D struct {
	Name                 string      `keras:"-"`                                              // empty: "depthwise_conv1d", "depthwise_conv1d_1", …
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernels in time
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far they move; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", no padding; "same": zeros around, so that with a stride of 1 the output is as large
	DepthMultiplier      int         `keras:"depth_multiplier,default=1,from=1"`              // kernels for each channel; 0: 1
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart a kernel's elements are; nil: 1; only with a stride of 1
	Activation           Activation  `keras:",default=linear"`                                // nil: linear
	NoBias               bool        `keras:"use_bias,not"`                                   // leaves the bias out
	DepthwiseInitializer Initializer `keras:",default=glorot_uniform"`                        // of the kernel; nil: GlorotUniform
	BiasInitializer      Initializer `keras:",default=zeros"`                                 // nil: Zeros
	DepthwiseRegularizer Regularizer // of the kernel; nil: none
	BiasRegularizer      Regularizer // nil: none
	DepthwiseConstraint  Constraint  // of the kernel; nil: none
	BiasConstraint       Constraint  // nil: none
}

// DepthwiseConv2D convolves each channel of an image by itself, as Keras' DepthwiseConv2D. Output channel c·DepthMultiplier + m is
// channel c through its m-th kernel.
//
// Shapes: x [batch, height, width, in] → [batch, rows, columns, in·DepthMultiplier]; kernel [KernelSize…, in, DepthMultiplier], bias
// [in·DepthMultiplier]. With "channels_first" x and the output have their channels before height.
type DepthwiseConv2D struct {
	Name                 string      `keras:"-"`                                              // empty: "depthwise_conv2d", "depthwise_conv2d_1", …
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernels in height and width; one number: the same in both
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far they move; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", no padding; "same": zeros around, so that with a stride of 1 the output is as large
	DepthMultiplier      int         `keras:"depth_multiplier,default=1,from=1"`              // kernels for each channel; 0: 1
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart a kernel's elements are; nil: 1; only with a stride of 1
	Activation           Activation  `keras:",default=linear"`                                // nil: linear
	NoBias               bool        `keras:"use_bias,not"`                                   // leaves the bias out
	DepthwiseInitializer Initializer `keras:",default=glorot_uniform"`                        // of the kernel; nil: GlorotUniform
	BiasInitializer      Initializer `keras:",default=zeros"`                                 // nil: Zeros
	DepthwiseRegularizer Regularizer // of the kernel; nil: none
	BiasRegularizer      Regularizer // nil: none
	DepthwiseConstraint  Constraint  // of the kernel; nil: none
	BiasConstraint       Constraint  // nil: none
}

var (
	_ = layers.Add(DepthwiseConv1D{})
	_ = layers.Add(DepthwiseConv2D{})
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c DepthwiseConv1D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return depthwise(c).apply(scope, c, 1, x)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c DepthwiseConv2D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return depthwise(c).apply(scope, c, 2, x)
}

// OutputShape has in·DepthMultiplier channels, and the extents of the places that the kernels have.
func (c DepthwiseConv1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := depthwise(c).over("DepthwiseConv1D", 1, input)
	return out, err
}

// OutputShape has in·DepthMultiplier channels, and the extents of the places that the kernels have.
func (c DepthwiseConv2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := depthwise(c).over("DepthwiseConv2D", 2, input)
	return out, err
}

// Weights are kernel and bias.
func (c DepthwiseConv1D) Weights(input ...int) []Weight { return depthwise(c).weights(1, input) }

// Weights are kernel and bias.
func (c DepthwiseConv2D) Weights(input ...int) []Weight { return depthwise(c).weights(2, input) }

// TorchSteps is nn.Conv1d with a group for each channel, and the activation.
func (c DepthwiseConv1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return depthwise(c).torchSteps("DepthwiseConv1D", 1, inputs[0])
}

// TorchSteps is nn.Conv2d with a group for each channel, and the activation.
func (c DepthwiseConv2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return depthwise(c).torchSteps("DepthwiseConv2D", 2, inputs[0])
}

// depthwise are the settings of both.
type depthwise struct {
	Name                 string
	KernelSize           []int
	Strides              []int
	Padding              string
	DepthMultiplier      int
	DataFormat           string
	DilationRate         []int
	Activation           Activation
	NoBias               bool
	DepthwiseInitializer Initializer
	BiasInitializer      Initializer
	DepthwiseRegularizer Regularizer
	BiasRegularizer      Regularizer
	DepthwiseConstraint  Constraint
	BiasConstraint       Constraint
}

// over is where the kernels come to lie over an input, and the shape of what comes out.
func (c depthwise) over(layer string, n int, input []int) (window, []int, error) {
	axes, err := spatialAxes(layer, c.DataFormat, n, input)
	if err != nil {
		return window{}, nil, err
	}
	if c.DepthMultiplier < 0 {
		return window{}, nil, fmt.Errorf("%s.DepthMultiplier is %d, must be positive", layer, c.DepthMultiplier)
	}
	w, err := sliding{c.KernelSize, c.Strides, c.DilationRate, c.Padding, false}.over(layer, "KernelSize", extentsOf(input, axes))
	if err != nil {
		return window{}, nil, err
	}
	return w, moved(input, axes, w.out, c.DataFormat, c.channels(input)*max(1, c.DepthMultiplier)), nil
}

func (c depthwise) channels(input []int) int { return input[channelAxis(c.DataFormat, len(input))] }

func (c depthwise) apply(scope *model.Scope, l Weighted, n int, x *graph.Node) *graph.Node {
	w, _, err := c.over(typeName(l), n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	weights := create(scope, l, x)
	x, back := channelsToLast(x, c.DataFormat)
	return activate(c.Activation, back(weights.biased(convolveChannels(x, weights.node("kernel"), w))))
}

func (c depthwise) weights(n int, input []int) []Weight {
	in, times := c.channels(input), max(1, c.DepthMultiplier)
	return kernelAndBias(n, c.KernelSize, []int{in, times}, c.DepthwiseInitializer, c.DepthwiseRegularizer, c.NoBias, in*times, c.BiasInitializer, c.BiasRegularizer)
}

func (c depthwise) torchSteps(layer string, n int, input []int) ([]TorchStep, error) {
	w, out, err := c.over(layer, n, input)
	if err != nil {
		return nil, err
	}
	return withTorchActivation([]TorchStep{c.torchStep(w, "kernel", input)}, c.Activation, out)
}

// torchStep is the convolution alone, without what comes behind it.
func (c depthwise) torchStep(w window, kernel string, input []int) TorchStep {
	n, in := len(w.size), c.channels(input)
	axes := []int{n, n + 1} // [window…, in, times] is [in·times, 1, window…]
	for i := range n {
		axes = append(axes, i)
	}
	return torchConv{
		w, c.DataFormat, c.Padding, in, in * max(1, c.DepthMultiplier), in, c.NoBias,
		TorchParameter{Weight: kernel, Name: "weight", Axes: axes, Apart: true},
	}.step()
}
