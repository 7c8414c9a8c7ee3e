package nn

import (
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
)

// TorchCode is Python that makes the same model in PyTorch, given "import torch" and "from torch import nn", for inputs
// of those shapes, the batch included. It ends with the model in a variable:
//
//	model = nn.Sequential(
//	    nn.Linear(5, 64),
//	    nn.ReLU(),
//	)
//
// A chain of modules is an nn.Sequential; what branches, meets, is used twice or isn't one module is a class Model with
// its forward written out. Inputs and outputs have their axes as here; between layers that want channels behind the batch,
// such as convolutions, they stay there.
//
// Outputs are the same for the same weights, inference and training alike but for what the comments at the top say and what
// is drawn. Masks are written down where a layer looks at them. Inputs of an [Embedding] must come as integers there, all
// others as floats. Sizes are those of the shapes, but for the batch's.
//
// Initial weights are drawn as here only where an initializer other than Keras' default is set; he_normal and the other
// scaled normal ones aren't cut at two standard deviations.
//
// Errors: a layer with a setting that PyTorch has no short form for, such as RecurrentDropout or an interpolation by lanczos;
// one that doesn't say what it is there (see [TorchWriter]); shapes and settings that don't make sense. Each names the layer.
func TorchCode(model Layer, inputs ...[]int) (code string, err error) {
	w, outputs, err := writeTorch(model, inputs)
	if err != nil {
		return "", fmt.Errorf("nn: in PyTorch: %w", err)
	}
	if w.isChain(outputs) {
		return w.sequential(), nil
	}
	return w.class(outputs), nil
}

// TorchWriter is implemented by layers and activations that PyTorch has something like.
type TorchWriter interface {
	Layer
	// TorchSteps are what the layer is in PyTorch for inputs of those shapes, the batch included: the first step takes
	// the inputs, each other one what the step before gives. None: the input itself. The error names the layer and says
	// why there is nothing like it.
	TorchSteps(inputs [][]int) ([]TorchStep, error)
}

// TorchStep is one thing that happens to a value in PyTorch. In its texts {m} is the module and {x} what the last step without
// a Result gave, at first the input; {0}, {1}, … are the inputs where there are several.
type TorchStep struct {
	Module       string           // "nn.Linear(5, 3)"; empty: none
	Member       string           // what the module is called, behind the layer's name; empty: nothing for the first module, "activation" for others
	Forward      string           // expression of the output; empty: {m}({x})
	ForwardFirst string           // the same where channels come first, see Layout; empty: no other
	Result       string           // name of the output, by which later steps take it: {name}; empty: it is their {x}
	Parameters   []TorchParameter // of the module, that hold the layer's weights
	Lines        []string         // statements behind the one that makes the module
	Note         string           // what is not the same, for a comment; empty: all is
	Infers       bool             // when frozen it infers in training too
	Layout       TorchLayout      // how it takes channels
}

// TorchLayout is where a step takes channels, which lie last in Keras and in PyTorch behind the batch. What lies between
// steps is turned around only where it must be.
type TorchLayout int

const (
	ChannelsAsHere   TorchLayout = iota // as the layer has its axes
	ChannelsFirst                       // the text is for channels behind the batch, in the input and the output; the layer has them last
	ChannelsAnywhere                    // wherever they are in the inputs, all alike, there they are in the output
	ChannelsReduced                     // wherever they are in the input; the output has no axes but batch and features
)

// TorchParameter is where PyTorch has a weight.
type TorchParameter struct {
	Weight     string // name of the weight here, "kernel"
	Name       string // in the module, "weight"; empty: the module itself, which is an nn.Parameter
	Transposed bool   // its two axes stand the other way round there
	Axes       []int  // in which order its axes stand there; nil: in this one
	Apart      bool   // it has another shape there, the values being the same in their order
	Bare       bool   // PyTorch gives it no initial values: those of here are always written
}

// TorchInitializer is implemented by initializers that PyTorch has a function for.
type TorchInitializer interface {
	Initializer
	// TorchInit are the statements that draw the parameter of that expression, for a weight of that shape. The error says
	// why there are none.
	TorchInit(expression string, shape []int, p TorchParameter) ([]string, error)
}

// torchModule is the steps of what is one module without weights.
func torchModule(class string, arguments ...string) ([]TorchStep, error) {
	return []TorchStep{{Module: codec.Call{Function: "nn." + class, Arguments: arguments}.String()}}, nil
}

// torchElementwise is torchModule for a function of each value by itself.
func torchElementwise(class string, arguments ...string) ([]TorchStep, error) {
	steps, err := torchModule(class, arguments...)
	steps[0].Layout = ChannelsAnywhere
	return steps, err
}

// torchExpression is a step without a module, for a function of each value by itself.
func torchExpression(forward string) ([]TorchStep, error) {
	return []TorchStep{{Forward: forward, Layout: ChannelsAnywhere}}, nil
}

// torchArgument is name=value as a list that is empty where PyTorch's default is the same.
func torchArgument(name string, value, fallback float64) []string {
	if value == fallback {
		return nil
	}
	return []string{name + "=" + codec.PythonFloat(value)}
}

// withTorchActivation puts an activation behind the steps of a layer.
func withTorchActivation(steps []TorchStep, a Activation, shape []int) ([]TorchStep, error) {
	if a == nil {
		return steps, nil
	}
	w, ok := a.(TorchWriter)
	switch {
	case !ok:
		return nil, noTorch(a)
	case Reshapes(a):
		return nil, fmt.Errorf("%s makes another shape: put it as a layer of its own behind this one", typeName(a))
	}
	if err := checkTorchSettings(a); err != nil {
		return nil, err
	}
	more, err := w.TorchSteps([][]int{shape})
	return append(steps, more...), err
}

// checkTorchSettings refuses the numbers that Apply refuses.
func checkTorchSettings(l Layer) error {
	for _, s := range codec.Settings[float64](l) {
		if s.Value != 0 && !s.Range.Contains(s.Value) {
			return fmt.Errorf("%s.%s is %g, must be %s", typeName(l), s.Field, s.Value, s.Range)
		}
	}
	return nil
}

func noTorch(l Layer) error {
	return fmt.Errorf("%s doesn't say what it is in PyTorch: give it the method TorchSteps", typeName(l))
}

// torchTuple is a Python tuple of sizes.
func torchTuple(sizes []int) string {
	texts := make([]string, len(sizes))
	for i, n := range sizes {
		texts[i] = fmt.Sprint(n)
	}
	if len(texts) == 1 {
		return "(" + texts[0] + ",)"
	}
	return "(" + strings.Join(texts, ", ") + ")"
}
