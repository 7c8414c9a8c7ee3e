package nn

import (
	"fmt"
	"slices"
	"strings"
)

// namedActivation pairs Keras' string with what it means. Where two strings mean the same, the one that
// Keras writes into its files comes first.
type namedActivation struct {
	name       string
	activation Activation
}

var namedActivations = []namedActivation{
	{"linear", Linear{}},
	{"relu", ReLU{}},
	{"relu6", ReLU{MaxValue: 6}},
	{"leaky_relu", LeakyReLU{NegativeSlope: 0.2}},
	{"elu", ELU{}},
	{"selu", SELU{}},
	{"sigmoid", Sigmoid{}},
	{"tanh", Tanh{}},
	{"hard_sigmoid", HardSigmoid{}},
	{"softplus", Softplus{}},
	{"softsign", Softsign{}},
	{"exponential", Exponential{}},
	{"silu", Swish{}},
	{"swish", Swish{}},
	{"hard_silu", HardSwish{}},
	{"hard_swish", HardSwish{}},
	{"mish", Mish{}},
	{"gelu", GELU{}},
	{"softmax", Softmax{}},
}

// ActivationByName returns what Keras means by an activation's string ("relu", "leaky_relu" with its slope of
// 0.2, "silu" or "swish", …). The error for an unknown name lists the known ones.
func ActivationByName(name string) (Activation, error) {
	names := make([]string, len(namedActivations))
	for i, n := range namedActivations {
		if n.name == name {
			return n.activation, nil
		}
		names[i] = n.name
	}
	slices.Sort(names)
	return nil, fmt.Errorf("unknown activation %q: known are %s", name, strings.Join(names, ", "))
}

// ActivationName is the string by which Keras knows the activation, the inverse of [ActivationByName].
// It is "linear" for nil and empty where Keras has no string for it, as for LeakyReLU{NegativeSlope: 0.1}.
func ActivationName(a Activation) string {
	if a == nil {
		return "linear"
	}
	for _, n := range namedActivations {
		if n.activation == canonical(a) {
			return n.name
		}
	}
	return ""
}

// canonical writes a default out or leaves it out, as namedActivations does.
func canonical(a Activation) Activation {
	switch a := a.(type) {
	case LeakyReLU:
		return LeakyReLU{NegativeSlope: a.slope()}
	case ELU:
		if a.Alpha == 1 {
			return ELU{}
		}
	}
	return a
}
