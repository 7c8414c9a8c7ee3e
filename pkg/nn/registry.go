package nn

import (
	"fmt"

	"example.com/unstuck/internal/codec"
)

const layersModule = "layers" // of Keras

// What kinds of things this package has. Each type registers itself in its own file.
var (
	layers       = codec.NewRegistry[Layer](layersModule)
	activations  = codec.NewRegistry[Activation](layersModule).MeansNull(Linear{})
	initializers = codec.NewRegistry[Initializer]("initializers").Hidden()
	regularizers = codec.NewRegistry[Regularizer]("regularizers")
	constraints  = codec.NewRegistry[Constraint]("constraints")
)

// unseeded are the arguments that initializers have in files of Keras and no field here: a seed of their own is
// not taken over.
var unseeded codec.Option = func(c *codec.Class) {
	codec.Ignored("seed")(c)
	codec.Only("input_axes")(c)
	codec.Only("output_axes")(c)
}

// ActivationByName returns what Keras means by an activation's string ("relu", "leaky_relu" with its slope of
// 0.2, "silu" or "swish", …). The error for an unknown name lists the known ones.
func ActivationByName(name string) (Activation, error) {
	return byName(activations, name)
}

// ActivationName is the string by which Keras knows the activation, the inverse of [ActivationByName].
// It is "linear" for nil and empty where Keras has no string for it, as for LeakyReLU{NegativeSlope: 0.1}.
func ActivationName(a Activation) string {
	if a == nil {
		return "linear"
	}
	return activations.NameOf(a)
}

// InitializerByName returns what Keras means by an initializer's string ("glorot_uniform", "orthogonal", "zeros", …),
// with the defaults of its settings. The error for an unknown name lists the known ones.
func InitializerByName(name string) (Initializer, error) {
	return byName(initializers, name)
}

// InitializerName is the string by which Keras knows the initializer, the inverse of [InitializerByName]. It is
// empty for one with settings, which Keras has no string for.
func InitializerName(init Initializer) string { return initializers.NameOf(init) }

// InitializerText is the initializer as Keras writes it: its string, or the class with its settings.
func InitializerText(init Initializer) string {
	if name := InitializerName(init); name != "" {
		return name
	}
	call, err := codec.Python(init)
	if err != nil {
		return fmt.Sprintf("%T", init) // one of the caller's own
	}
	return call.String()
}

func byName[T any](r *codec.Registry[T], name string) (T, error) {
	value, ok := r.Find(name)
	if !ok {
		return value, codec.Unknown(r, name)
	}
	return value, nil
}

// Class is the class of layers that Keras knows by that name, "BatchNormalization"; false for those that are
// not here, and for Keras' layer Activation, which stands for all functions that have a string.
func Class(name string) (*codec.Class, bool) { return layers.Class(name) }

// RegularizerClass is the regularizer that Keras knows by that class; false for those that are not here.
func RegularizerClass(name string) (*codec.Class, bool) { return regularizers.Class(name) }

// ConstraintClass is the constraint that Keras knows by that class; false for those that are not here.
func ConstraintClass(name string) (*codec.Class, bool) { return constraints.Class(name) }

// InitializerClass is the initializer that Keras knows by that class; false for those that are not here.
func InitializerClass(name string) (*codec.Class, bool) { return initializers.Class(name) }

// Regularizers are all penalties.
func Regularizers() codec.Family { return regularizers }

// Activations are all functions that may be a layer's activation.
func Activations() codec.Family { return activations }
