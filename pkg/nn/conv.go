package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Conv1D slides a kernel over a sequence, as Keras' Conv1D: at each step activation(kernel·steps + bias), a cross-correlation.
//
// Shapes: x [batch, time, in] → [batch, steps, Filters]; kernel [KernelSize, in/Groups, Filters], bias [Filters]. With
// "channels_first" x and the output have their channels before time.
type Conv1D struct {
	Name              string      `keras:"-"`                                              // empty: "conv1d", "conv1d_1", …
	Filters           int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize        []int       `keras:"kernel_size,positional,required,from=1"`         // how many steps the kernel covers
	Strides           []int       `keras:"strides,default=1,from=1"`                       // how far it moves; nil: 1
	Padding           string      `keras:"padding,oneof=valid|same|causal"`                // empty: "valid", no padding; "same": zeros at both ends, so that with a stride of 1 as many steps come out; "causal": zeros in front alone, so that no step sees a later one
	DataFormat        string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate      []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the kernel's elements are; nil: 1; only with a stride of 1
	Groups            int         `keras:"groups,default=1,from=1"`                        // into how many parts, each convolved by itself, the channels are split; 0: 1; must divide in and Filters
	Activation        Activation  `keras:",default=linear"`                                // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
	LoRARank          int         `keras:"lora_rank,optional,from=0"`   // of a correction that is trained in the kernel's place, see [Dense]; 0: none
	LoRAAlpha         float64     `keras:"lora_alpha,optional,above=0"` // the correction is multiplied by LoRAAlpha/LoRARank; 0: by 1
}

// Conv2D slides a kernel over an image, as Keras' Conv2D: at each place activation(kernel·pixels + bias), a cross-correlation.
//
// Shapes: x [batch, height, width, in] → [batch, rows, columns, Filters]; kernel [KernelSize…, in/Groups, Filters], bias
// [Filters]. With "channels_first" x and the output have their channels before height.
type Conv2D struct {
	Name              string      `keras:"-"`                                              // empty: "conv2d", "conv2d_1", …
	Filters           int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize        []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernel in height and width; one number: the same in both
	Strides           []int       `keras:"strides,default=1,from=1"`                       // how far it moves; nil: 1
	Padding           string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", no padding; "same": zeros around, so that with a stride of 1 the output is as large
	DataFormat        string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate      []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the kernel's elements are; nil: 1; only with a stride of 1
	Groups            int         `keras:"groups,default=1,from=1"`                        // into how many parts, each convolved by itself, the channels are split; 0: 1; must divide in and Filters
	Activation        Activation  `keras:",default=linear"`                                // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
	LoRARank          int         `keras:"lora_rank,optional,from=0"`   // of a correction that is trained in the kernel's place, see [Dense]; 0: none
	LoRAAlpha         float64     `keras:"lora_alpha,optional,above=0"` // the correction is multiplied by LoRAAlpha/LoRARank; 0: by 1
}

// Conv3D slides a kernel over a volume, as Keras' Conv3D: at each place activation(kernel·voxels + bias), a cross-correlation.
//
// Shapes: x [batch, depth, height, width, in] → [batch, …, Filters]; kernel [KernelSize…, in/Groups, Filters], bias [Filters].
// With "channels_first" x and the output have their channels before depth.
type Conv3D struct {
	Name              string      `keras:"-"`                                              // empty: "conv3d", "conv3d_1", …
	Filters           int         `keras:"filters,positional,required,from=1"`             // channels of the output; must be positive
	KernelSize        []int       `keras:"kernel_size,positional,required,from=1"`         // of the kernel in depth, height and width; one number: the same in all
	Strides           []int       `keras:"strides,default=1,from=1"`                       // how far it moves; nil: 1
	Padding           string      `keras:"padding,oneof=valid|same"`                       // empty: "valid", no padding; "same": zeros around, so that with a stride of 1 the output is as large
	DataFormat        string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last", [batch, …, channels]; or "channels_first", [batch, channels, …]
	DilationRate      []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the kernel's elements are; nil: 1; only with a stride of 1
	Groups            int         `keras:"groups,default=1,from=1"`                        // into how many parts, each convolved by itself, the channels are split; 0: 1; must divide in and Filters
	Activation        Activation  `keras:",default=linear"`                                // nil: linear
	NoBias            bool        `keras:"use_bias,not"`                                   // leaves the bias out
	KernelInitializer Initializer `keras:",default=glorot_uniform"`                        // nil: GlorotUniform
	BiasInitializer   Initializer `keras:",default=zeros"`                                 // nil: Zeros
	KernelRegularizer Regularizer // nil: none
	BiasRegularizer   Regularizer // nil: none
	KernelConstraint  Constraint  // nil: none
	BiasConstraint    Constraint  // nil: none
	LoRARank          int         `keras:"lora_rank,optional,from=0"`   // of a correction that is trained in the kernel's place, see [Dense]; 0: none
	LoRAAlpha         float64     `keras:"lora_alpha,optional,above=0"` // the correction is multiplied by LoRAAlpha/LoRARank; 0: by 1
}

var (
	_ = layers.Add(Conv1D{})
	_ = layers.Add(Conv2D{})
	_ = layers.Add(Conv3D{})
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c Conv1D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return convolution(c).apply(scope, c, 1, x)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c Conv2D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return convolution(c).apply(scope, c, 2, x)
}

// Apply adds the layer to the graph. It panics when a setting makes no sense for x.
func (c Conv3D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return convolution(c).apply(scope, c, 3, x)
}

// OutputShape has Filters channels, and as many steps as the kernel has places.
func (c Conv1D) OutputShape(input ...int) ([]int, error) {
	_, out, err := convolution(c).over("Conv1D", 1, input)
	return out, err
}

// OutputShape has Filters channels, and the extents of the places that the kernel has.
func (c Conv2D) OutputShape(input ...int) ([]int, error) {
	_, out, err := convolution(c).over("Conv2D", 2, input)
	return out, err
}

// OutputShape has Filters channels, and the extents of the places that the kernel has.
func (c Conv3D) OutputShape(input ...int) ([]int, error) {
	_, out, err := convolution(c).over("Conv3D", 3, input)
	return out, err
}

// Weights are kernel and bias.
func (c Conv1D) Weights(input ...int) []Weight { return convolution(c).weights(1, input) }

// Weights are kernel and bias.
func (c Conv2D) Weights(input ...int) []Weight { return convolution(c).weights(2, input) }

// Weights are kernel and bias.
func (c Conv3D) Weights(input ...int) []Weight { return convolution(c).weights(3, input) }

// TorchSteps is nn.Conv1d and the activation.
func (c Conv1D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return convolution(c).torchSteps("Conv1D", 1, inputs[0])
}

// TorchSteps is nn.Conv2d and the activation.
func (c Conv2D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return convolution(c).torchSteps("Conv2D", 2, inputs[0])
}

// TorchSteps is nn.Conv3d and the activation.
func (c Conv3D) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	return convolution(c).torchSteps("Conv3D", 3, inputs[0])
}

// convolution are the settings of all of them.
type convolution struct {
	Name              string
	Filters           int
	KernelSize        []int
	Strides           []int
	Padding           string
	DataFormat        string
	DilationRate      []int
	Groups            int
	Activation        Activation
	NoBias            bool
	KernelInitializer Initializer
	BiasInitializer   Initializer
	KernelRegularizer Regularizer
	BiasRegularizer   Regularizer
	KernelConstraint  Constraint
	BiasConstraint    Constraint
	LoRARank          int
	LoRAAlpha         float64
}

// over is where the kernel comes to lie over an input, and the shape of what comes out.
func (c convolution) over(layer string, n int, input []int) (window, []int, error) {
	axes, err := spatialAxes(layer, c.DataFormat, n, input)
	if err != nil {
		return window{}, nil, err
	}
	w, err := sliding{c.KernelSize, c.Strides, c.DilationRate, c.Padding, n == 1}.over(layer, "KernelSize", extentsOf(input, axes))
	if err != nil {
		return window{}, nil, err
	}
	in, groups := input[channelAxis(c.DataFormat, len(input))], max(1, c.Groups)
	switch {
	case c.Filters < 1:
		return window{}, nil, fmt.Errorf("%s.Filters is %d, must be positive", layer, c.Filters)
	case c.Groups < 0 || in%groups != 0 || c.Filters%groups != 0:
		return window{}, nil, fmt.Errorf("%s.Groups is %d, must divide the %d channels of the input and the %d filters", layer, c.Groups, in, c.Filters)
	}
	return w, moved(input, axes, w.out, c.DataFormat, c.Filters), nil
}

func (c convolution) apply(scope *model.Scope, l Weighted, n int, x *graph.Node) *graph.Node {
	w, _, err := c.over(typeName(l), n, x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	x = asFloat(x)
	weights := create(scope, l, x)
	x, back := channelsToLast(x, c.DataFormat)
	return activate(c.Activation, back(weights.biased(convolve(x, weights.node("kernel"), w, max(1, c.Groups)))))
}

// biased is x [batch, …, channels] plus the bias, where there is one.
func (w weights) biased(x *graph.Node) *graph.Node {
	if bias := w.expanded("bias", x.Rank()); bias != nil {
		return graph.Add(x, bias)
	}
	return x
}

func (c convolution) weights(n int, input []int) []Weight {
	in := input[channelAxis(c.DataFormat, len(input))] / max(1, c.Groups)
	return kernelAndBias(n, c.KernelSize, []int{in, c.Filters}, c.KernelInitializer, c.KernelRegularizer, c.NoBias, c.Filters, c.BiasInitializer, c.BiasRegularizer)
}

// kernelAndBias are the weights of a layer with a kernel [window…, channels…] and perhaps a bias.
func kernelAndBias(n int, window, channels []int, init Initializer, penalty Regularizer, noBias bool, units int, biasInit Initializer, biasPenalty Regularizer) []Weight {
	weights := []Weight{{
		Name: "kernel", Role: Kernel, Shape: kernelShape(n, window, channels...),
		Initializer: orInitializer(init, GlorotUniform{}), Regularizer: penalty,
	}}
	if !noBias {
		weights = append(weights, Weight{
			Name: "bias", Role: Bias, Shape: []int{units},
			Initializer: orInitializer(biasInit, Zeros{}), Regularizer: biasPenalty,
		})
	}
	return weights
}

// kernelShape is [window…, channels…]. Sizes that make no sense are refused elsewhere.
func kernelShape(n int, window []int, channels ...int) []int {
	if len(window) == 1 {
		window = slices.Repeat(window, n)
	}
	return append(slices.Clone(window), channels...)
}

func (c convolution) torchSteps(layer string, n int, input []int) ([]TorchStep, error) {
	w, out, err := c.over(layer, n, input)
	if err != nil {
		return nil, err
	}
	step := torchConv{
		w, c.DataFormat, c.Padding, input[channelAxis(c.DataFormat, len(input))], c.Filters, max(1, c.Groups), c.NoBias,
		TorchParameter{Weight: "kernel", Name: "weight", Axes: kernelAxes(n)},
	}.step()
	return withTorchActivation([]TorchStep{step}, c.Activation, out)
}
