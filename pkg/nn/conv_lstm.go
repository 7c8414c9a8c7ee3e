package nn

import (
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// ConvLSTM1D is an [LSTM] over a sequence of rows, whose products are convolutions, as Keras' ConvLSTM1D. Shi et al. 2015. The state has the
// extents of what the kernel gives over one of the rows.
//
// Shapes: x [batch, time, steps, in] → [batch, …, Filters], with ReturnSequences [batch, time, …, Filters]; kernel [KernelSize…, in, 4·Filters],
// recurrent_kernel [KernelSize…, Filters, 4·Filters], bias [4·Filters], with the gates in the order i, f, c, o. With "channels_first"
// channels stand behind time, or the batch. The program grows with the time.
type ConvLSTM1D struct {
	Name                 string      `keras:"-"`                                              // empty: "conv_lstm1d", "conv_lstm1d_1", …
	Filters              int         `keras:"filters,positional,required,from=1"`             // channels of state and output; must be positive
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of both kernels; one number: the same along all axes
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far the input's kernel moves; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // of the input: empty: "valid", no padding; "same": zeros around. The state is always padded
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"; or "channels_first", [batch, time, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the elements of the input's kernel are; nil: 1; only with a stride of 1
	Activation           Activation  `keras:",default=tanh"`                                  // nil: Tanh; for none use Linear
	RecurrentActivation  Activation  `keras:",default=sigmoid"`                               // nil: Sigmoid
	ReturnSequences      bool        // returns the output of every step, not of the last alone
	ReturnState          bool        // returns the last states too, h and c, as further outputs
	GoBackwards          bool        // starts at the end; sequences come out in that order
	Stateful             bool        // row i of a batch goes on from the state of row i of the batch before, in training and in use; all batches must have as many rows
	Dropout              float64     `keras:"dropout,from=0,below=1"`           // share of the input's values that is dropped in training, the same in all steps
	RecurrentDropout     float64     `keras:"recurrent_dropout,from=0,below=1"` // share of the state that is dropped in training, the same in all steps
	ZeroOutputForMask    bool        // gives zeros for masked steps, not the output before
	NoBias               bool        `keras:"use_bias,not"`            // leaves the bias out
	NoUnitForgetBias     bool        `keras:"unit_forget_bias,not"`    // starts the forget gate's bias as the others; else at 1
	KernelInitializer    Initializer `keras:",default=glorot_uniform"` // nil: GlorotUniform
	RecurrentInitializer Initializer `keras:",default=orthogonal"`     // nil: Orthogonal
	BiasInitializer      Initializer `keras:",default=zeros"`          // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	KernelConstraint     Constraint  // nil: none
	RecurrentConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

// ConvLSTM2D is an [LSTM] over a sequence of images, whose products are convolutions, as Keras' ConvLSTM2D. Shi et al. 2015. The state has the
// extents of what the kernel gives over one of the images.
//
// Shapes: x [batch, time, height, width, in] → [batch, …, Filters], with ReturnSequences [batch, time, …, Filters]; kernel [KernelSize…, in, 4·Filters],
// recurrent_kernel [KernelSize…, Filters, 4·Filters], bias [4·Filters], with the gates in the order i, f, c, o. With "channels_first"
// channels stand behind time, or the batch. The program grows with the time.
type ConvLSTM2D struct {
	Name                 string      `keras:"-"`                                              // empty: "conv_lstm2d", "conv_lstm2d_1", …
	Filters              int         `keras:"filters,positional,required,from=1"`             // channels of state and output; must be positive
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of both kernels; one number: the same along all axes
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far the input's kernel moves; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // of the input: empty: "valid", no padding; "same": zeros around. The state is always padded
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"; or "channels_first", [batch, time, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the elements of the input's kernel are; nil: 1; only with a stride of 1
	Activation           Activation  `keras:",default=tanh"`                                  // nil: Tanh; for none use Linear
	RecurrentActivation  Activation  `keras:",default=sigmoid"`                               // nil: Sigmoid
	ReturnSequences      bool        // returns the output of every step, not of the last alone
	ReturnState          bool        // returns the last states too, h and c, as further outputs
	GoBackwards          bool        // starts at the end; sequences come out in that order
	Stateful             bool        // row i of a batch goes on from the state of row i of the batch before, in training and in use; all batches must have as many rows
	Dropout              float64     `keras:"dropout,from=0,below=1"`           // share of the input's values that is dropped in training, the same in all steps
	RecurrentDropout     float64     `keras:"recurrent_dropout,from=0,below=1"` // share of the state that is dropped in training, the same in all steps
	ZeroOutputForMask    bool        // gives zeros for masked steps, not the output before
	NoBias               bool        `keras:"use_bias,not"`            // leaves the bias out
	NoUnitForgetBias     bool        `keras:"unit_forget_bias,not"`    // starts the forget gate's bias as the others; else at 1
	KernelInitializer    Initializer `keras:",default=glorot_uniform"` // nil: GlorotUniform
	RecurrentInitializer Initializer `keras:",default=orthogonal"`     // nil: Orthogonal
	BiasInitializer      Initializer `keras:",default=zeros"`          // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	KernelConstraint     Constraint  // nil: none
	RecurrentConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

// ConvLSTM3D is an [LSTM] over a sequence of volumes, whose products are convolutions, as Keras' ConvLSTM3D. Shi et al. 2015. The state has the
// extents of what the kernel gives over one of the volumes.
//
// Shapes: x [batch, time, depth, height, width, in] → [batch, …, Filters], with ReturnSequences [batch, time, …, Filters]; kernel [KernelSize…, in, 4·Filters],
// recurrent_kernel [KernelSize…, Filters, 4·Filters], bias [4·Filters], with the gates in the order i, f, c, o. With "channels_first"
// channels stand behind time, or the batch. The program grows with the time.
type ConvLSTM3D struct {
	Name                 string      `keras:"-"`                                              // empty: "conv_lstm3d", "conv_lstm3d_1", …
	Filters              int         `keras:"filters,positional,required,from=1"`             // channels of state and output; must be positive
	KernelSize           []int       `keras:"kernel_size,positional,required,from=1"`         // of both kernels; one number: the same along all axes
	Strides              []int       `keras:"strides,default=1,from=1"`                       // how far the input's kernel moves; nil: 1
	Padding              string      `keras:"padding,oneof=valid|same"`                       // of the input: empty: "valid", no padding; "same": zeros around. The state is always padded
	DataFormat           string      `keras:"data_format,oneof=channels_last|channels_first"` // empty: "channels_last"; or "channels_first", [batch, time, channels, …]
	DilationRate         []int       `keras:"dilation_rate,default=1,from=1"`                 // how far apart the elements of the input's kernel are; nil: 1; only with a stride of 1
	Activation           Activation  `keras:",default=tanh"`                                  // nil: Tanh; for none use Linear
	RecurrentActivation  Activation  `keras:",default=sigmoid"`                               // nil: Sigmoid
	ReturnSequences      bool        // returns the output of every step, not of the last alone
	ReturnState          bool        // returns the last states too, h and c, as further outputs
	GoBackwards          bool        // starts at the end; sequences come out in that order
	Stateful             bool        // row i of a batch goes on from the state of row i of the batch before, in training and in use; all batches must have as many rows
	Dropout              float64     `keras:"dropout,from=0,below=1"`           // share of the input's values that is dropped in training, the same in all steps
	RecurrentDropout     float64     `keras:"recurrent_dropout,from=0,below=1"` // share of the state that is dropped in training, the same in all steps
	ZeroOutputForMask    bool        // gives zeros for masked steps, not the output before
	NoBias               bool        `keras:"use_bias,not"`            // leaves the bias out
	NoUnitForgetBias     bool        `keras:"unit_forget_bias,not"`    // starts the forget gate's bias as the others; else at 1
	KernelInitializer    Initializer `keras:",default=glorot_uniform"` // nil: GlorotUniform
	RecurrentInitializer Initializer `keras:",default=orthogonal"`     // nil: Orthogonal
	BiasInitializer      Initializer `keras:",default=zeros"`          // nil: Zeros
	KernelRegularizer    Regularizer // nil: none
	RecurrentRegularizer Regularizer // nil: none
	BiasRegularizer      Regularizer // nil: none
	KernelConstraint     Constraint  // nil: none
	RecurrentConstraint  Constraint  // nil: none
	BiasConstraint       Constraint  // nil: none
}

var (
	_ = layers.Add(ConvLSTM1D{}, recurrentArguments...)
	_ = layers.Add(ConvLSTM2D{}, recurrentArguments...)
	_ = layers.Add(ConvLSTM3D{}, recurrentArguments...)
)

// Apply adds the layer to the graph. It panics when a setting makes no sense for x, and with ReturnState, see ApplyAll.
func (c ConvLSTM1D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return onlyOutput(c.ApplyAll(scope, []*graph.Node{x}))
}

// ApplyAll is Apply to a sequence and, where there are more inputs, the states that it begins with, h and c; the outputs are the
// layer's and, with ReturnState, the last h and c.
func (c ConvLSTM1D) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	return convLSTM(c).apply(scope, c, 1, xs)
}

// OutputShape is that of the output.
func (c ConvLSTM1D) OutputShape(input ...int) ([]int, error) {
	shapes, err := c.OutputShapes([][]int{input})
	if err != nil {
		return nil, err
	}
	return shapes[0], nil
}

// OutputShapes are those of the output and of the states that are returned.
func (c ConvLSTM1D) OutputShapes(inputs [][]int) ([][]int, error) {
	return convLSTM(c).outputShapes("ConvLSTM1D", 1, inputs)
}

// Weights are kernel, recurrent_kernel and bias.
func (c ConvLSTM1D) Weights(input ...int) []Weight { return convLSTM(c).weights(1, input) }

// Parameters are the arguments of Keras' call.
func (ConvLSTM1D) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the states.
func (ConvLSTM1D) Arrange(given map[string][]string) ([]string, error) {
	return arrangeStates("ConvLSTM1D", given)
}

// Gated is true: the output isn't what the activation gives.
func (ConvLSTM1D) Gated() bool { return true }

// Sequences is ReturnSequences.
func (c ConvLSTM1D) Sequences() bool { return c.ReturnSequences }

// Gates is 4.
func (ConvLSTM1D) Gates() int { return 4 }

// Bounds are those of an LSTM.
func (c ConvLSTM1D) Bounds() (low, high float64) {
	return LSTM{Activation: c.Activation, RecurrentActivation: c.RecurrentActivation}.Bounds()
}

func (c ConvLSTM1D) shared() recurrent { return convLSTM(c).shared("ConvLSTM1D") }

// TorchSteps says that there are none.
func (ConvLSTM1D) TorchSteps([][]int) ([]TorchStep, error) { return nil, noTorchConvLSTM("ConvLSTM1D") }

// Apply adds the layer to the graph. It panics when a setting makes no sense for x, and with ReturnState, see ApplyAll.
func (c ConvLSTM2D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return onlyOutput(c.ApplyAll(scope, []*graph.Node{x}))
}

// ApplyAll is Apply to a sequence and, where there are more inputs, the states that it begins with, h and c; the outputs are the
// layer's and, with ReturnState, the last h and c.
func (c ConvLSTM2D) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	return convLSTM(c).apply(scope, c, 2, xs)
}

// OutputShape is that of the output.
func (c ConvLSTM2D) OutputShape(input ...int) ([]int, error) {
	shapes, err := c.OutputShapes([][]int{input})
	if err != nil {
		return nil, err
	}
	return shapes[0], nil
}

// OutputShapes are those of the output and of the states that are returned.
func (c ConvLSTM2D) OutputShapes(inputs [][]int) ([][]int, error) {
	return convLSTM(c).outputShapes("ConvLSTM2D", 2, inputs)
}

// Weights are kernel, recurrent_kernel and bias.
func (c ConvLSTM2D) Weights(input ...int) []Weight { return convLSTM(c).weights(2, input) }

// Parameters are the arguments of Keras' call.
func (ConvLSTM2D) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the states.
func (ConvLSTM2D) Arrange(given map[string][]string) ([]string, error) {
	return arrangeStates("ConvLSTM2D", given)
}

// Gated is true: the output isn't what the activation gives.
func (ConvLSTM2D) Gated() bool { return true }

// Sequences is ReturnSequences.
func (c ConvLSTM2D) Sequences() bool { return c.ReturnSequences }

// Gates is 4.
func (ConvLSTM2D) Gates() int { return 4 }

// Bounds are those of an LSTM.
func (c ConvLSTM2D) Bounds() (low, high float64) {
	return LSTM{Activation: c.Activation, RecurrentActivation: c.RecurrentActivation}.Bounds()
}

func (c ConvLSTM2D) shared() recurrent { return convLSTM(c).shared("ConvLSTM2D") }

// TorchSteps says that there are none.
func (ConvLSTM2D) TorchSteps([][]int) ([]TorchStep, error) { return nil, noTorchConvLSTM("ConvLSTM2D") }

// Apply adds the layer to the graph. It panics when a setting makes no sense for x, and with ReturnState, see ApplyAll.
func (c ConvLSTM3D) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return onlyOutput(c.ApplyAll(scope, []*graph.Node{x}))
}

// ApplyAll is Apply to a sequence and, where there are more inputs, the states that it begins with, h and c; the outputs are the
// layer's and, with ReturnState, the last h and c.
func (c ConvLSTM3D) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	return convLSTM(c).apply(scope, c, 3, xs)
}

// OutputShape is that of the output.
func (c ConvLSTM3D) OutputShape(input ...int) ([]int, error) {
	shapes, err := c.OutputShapes([][]int{input})
	if err != nil {
		return nil, err
	}
	return shapes[0], nil
}

// OutputShapes are those of the output and of the states that are returned.
func (c ConvLSTM3D) OutputShapes(inputs [][]int) ([][]int, error) {
	return convLSTM(c).outputShapes("ConvLSTM3D", 3, inputs)
}

// Weights are kernel, recurrent_kernel and bias.
func (c ConvLSTM3D) Weights(input ...int) []Weight { return convLSTM(c).weights(3, input) }

// Parameters are the arguments of Keras' call.
func (ConvLSTM3D) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the states.
func (ConvLSTM3D) Arrange(given map[string][]string) ([]string, error) {
	return arrangeStates("ConvLSTM3D", given)
}

// Gated is true: the output isn't what the activation gives.
func (ConvLSTM3D) Gated() bool { return true }

// Sequences is ReturnSequences.
func (c ConvLSTM3D) Sequences() bool { return c.ReturnSequences }

// Gates is 4.
func (ConvLSTM3D) Gates() int { return 4 }

// Bounds are those of an LSTM.
func (c ConvLSTM3D) Bounds() (low, high float64) {
	return LSTM{Activation: c.Activation, RecurrentActivation: c.RecurrentActivation}.Bounds()
}

func (c ConvLSTM3D) shared() recurrent { return convLSTM(c).shared("ConvLSTM3D") }

// TorchSteps says that there are none.
func (ConvLSTM3D) TorchSteps([][]int) ([]TorchStep, error) { return nil, noTorchConvLSTM("ConvLSTM3D") }
