package nn

import (
	"fmt"
	"reflect"
	"strings"
)

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
	name   string // given by a Renamed
	frozen bool
	indent string // of the lines after the first
}

// arguments are those that every Keras layer takes.
func (c kerasContext) arguments() []string {
	var arguments []string
	if c.name != "" {
		arguments = append(arguments, "name="+pythonString(c.name))
	}
	if c.frozen {
		arguments = append(arguments, "trainable=False")
	}
	return arguments
}

func kerasCode(l Layer, c kerasContext) (string, error) {
	switch l := l.(type) {
	case Frozen:
		c.frozen = true
		return kerasCode(l.Layer, c)
	case Renamed:
		if c.name == "" {
			c.name = l.Name
		}
		return kerasCode(l.Layer, c)
	case Sequential:
		return kerasSequential(l, c)
	case Linear, Sigmoid, Tanh, HardSigmoid, SELU, Softplus, Softsign, Exponential, Swish, HardSwish, Mish, GELU:
		function, err := kerasActivation(l.(Activation))
		if err != nil {
			return "", err
		}
		return "layers.Activation(" + strings.Join(append([]string{function}, c.arguments()...), ", ") + ")", nil
	case Dense, Dropout, BatchNormalization, LayerNormalization, Flatten, Reshape, GlobalAveragePooling1D, Embedding,
		SimpleRNN, GRU, LSTM, PReLU, ReLU, LeakyReLU, ELU, Softmax:
		return kerasLayer(l, c)
	}
	return "", fmt.Errorf("%T: there is no such layer", l)
}

// kerasSequential writes the layers inside without the frozen mark: Keras' Sequential passes it on.
func kerasSequential(s Sequential, c kerasContext) (string, error) {
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

// positional are the fields that come first in Keras, without a name.
var positional = map[string]bool{"Units": true, "Rate": true, "InputDim": true, "OutputDim": true, "Target": true}

// negated are the fields that say the opposite of Keras' argument.
var negated = map[string]string{
	"NoBias": "use_bias", "NoCenter": "center", "NoScale": "scale",
	"NoResetAfter": "reset_after", "NoUnitForgetBias": "unit_forget_bias",
}

// kerasLayer writes a layer whose type and fields are named as Keras', fields with Keras' default left out.
func kerasLayer(l Layer, c kerasContext) (string, error) {
	v := reflect.ValueOf(l)
	var arguments []string
	for i := range v.NumField() {
		field, value := v.Type().Field(i).Name, v.Field(i)
		switch {
		case field == "Name":
			if c.name == "" {
				c.name = value.String()
			}
			continue
		case value.IsZero() && !positional[field]:
			continue
		}
		if opposite, ok := negated[field]; ok {
			arguments = append(arguments, opposite+"=False")
			continue
		}
		text, err := kerasValue(value)
		if err != nil {
			return "", fmt.Errorf("%s.%s: %w", v.Type().Name(), field, err)
		}
		if !positional[field] {
			text = snakeCase(field) + "=" + text
		}
		arguments = append(arguments, text)
	}
	arguments = append(arguments, c.arguments()...)
	return "layers." + v.Type().Name() + "(" + strings.Join(arguments, ", ") + ")", nil
}
