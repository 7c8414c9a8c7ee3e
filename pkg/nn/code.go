package nn

import (
	"errors"
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
)

// GoCode is Go that makes this layer, fields that are zero left out:
//
//	nn.Dense{Units: 64, Activation: nn.ReLU{}}
//
// A Sequential takes a line for each of its layers, a Graph one for each node. A [Func] is written with its function's name, which
// compiles where that is a function of a package and not a closure.
func GoCode(l Layer) string {
	if g, ok := l.(Graph); ok {
		return g.goCode()
	}
	return codec.GoCode(l)
}

// KerasCode is Python that makes the same layer in Keras, given "import keras" and "from keras import layers":
//
//	layers.Dense(64, activation='relu')
//
// A Sequential takes a line for each of its layers. What Keras doesn't have, such as a [Func] or other people's
// layers, activations and initializers, is an error that names it.
func KerasCode(l Layer) (string, error) {
	code, err := kerasCode(l, kerasContext{})
	if err != nil {
		return "", fmt.Errorf("nn: in Keras: %w", err)
	}
	return code, nil
}

// kerasContext is what the layers around one say about it.
type kerasContext struct {
	name     string // given by a Renamed
	frozen   bool
	activity string // penalty on the output, by an ActivityRegularized; empty: none
	indent   string // of the lines after the first
}

// arguments are those that every Keras layer takes.
func (c kerasContext) arguments() []string {
	var arguments []string
	if c.name != "" {
		arguments = append(arguments, "name="+codec.PythonString(c.name))
	}
	if c.frozen {
		arguments = append(arguments, "trainable=False")
	}
	if c.activity != "" {
		arguments = append(arguments, "activity_regularizer="+c.activity)
	}
	return arguments
}

// kerasWriter is implemented by layers that aren't one call in Keras.
type kerasWriter interface {
	kerasCode(c kerasContext) (string, error)
}

func kerasCode(l Layer, c kerasContext) (string, error) {
	if w, ok := l.(kerasWriter); ok {
		return w.kerasCode(c)
	}
	if c.name == "" {
		c.name = nameOf(l)
	}
	if o, ok := l.(Operation); ok {
		return kerasLambda(o, c), nil
	}
	class, known := codec.ClassOf(l)
	if a, ok := l.(Activation); ok && known && class.Module != layersModule {
		function, err := activations.Python(a)
		if err != nil {
			return "", err
		}
		return codec.Call{Function: "layers.Activation", Arguments: append([]string{function}, c.arguments()...)}.String(), nil
	}
	call, err := codec.Python(l)
	if err != nil {
		return "", err
	}
	call.Arguments = append(call.Arguments, c.arguments()...)
	return call.String(), nil
}

// wrapperCode is a layer around another one, given first.
func wrapperCode(class, name string, l Layer, c kerasContext, more ...string) (string, error) {
	if l == nil {
		return "", errors.New(class + ".Layer is nil")
	}
	inner, err := kerasCode(l, kerasContext{indent: c.indent})
	if err != nil {
		return "", err
	}
	if c.name == "" {
		c.name = name
	}
	arguments := append(append([]string{inner}, more...), c.arguments()...)
	return codec.Call{Function: "layers." + class, Arguments: arguments}.String(), nil
}

func (f Frozen) kerasCode(c kerasContext) (string, error) {
	c.frozen = true
	return kerasCode(f.Layer, c)
}

func (r Renamed) kerasCode(c kerasContext) (string, error) {
	if c.name == "" {
		c.name = r.Name
	}
	return kerasCode(r.Layer, c)
}

// kerasCode writes the layers inside without the frozen mark: Keras' Sequential passes it on.
func (s Sequential) kerasCode(c kerasContext) (string, error) {
	inner := kerasContext{indent: c.indent + "    "}
	lines := ""
	for i, l := range s {
		code, err := kerasCode(l, inner)
		if err != nil {
			return "", fmt.Errorf("layer %d: %w", i, err)
		}
		lines += "\n" + inner.indent + code + ","
	}
	if lines != "" {
		lines += "\n" + c.indent
	}
	return "keras.Sequential(" + strings.Join(append([]string{"[" + lines + "]"}, c.arguments()...), ", ") + ")", nil
}

// String is [GoCode].
func (s Sequential) String() string { return GoCode(s) }

// GoString is [GoCode], for the verb %#v.
func (s Sequential) GoString() string { return GoCode(s) }
