package nn

import (
	"fmt"
	"slices"
	"strings"
)

// namedInitializer pairs Keras' string with what it means; the string that Keras writes itself comes first.
type namedInitializer struct {
	name        string
	initializer Initializer
}

var namedInitializers = []namedInitializer{
	{"zeros", Zeros{}},
	{"ones", Ones{}},
	{"constant", Constant{}},
	{"random_uniform", RandomUniform{}},
	{"random_normal", RandomNormal{}},
	{"truncated_normal", TruncatedNormal{}},
	{"glorot_uniform", GlorotUniform{}},
	{"glorot_normal", GlorotNormal{}},
	{"he_uniform", HeUniform{}},
	{"he_normal", HeNormal{}},
	{"lecun_uniform", LecunUniform{}},
	{"lecun_normal", LecunNormal{}},
	{"orthogonal", Orthogonal{}},
	{"identity", Identity{}},
	{"zero", Zeros{}},
	{"one", Ones{}},
	{"uniform", RandomUniform{}},
	{"normal", RandomNormal{}},
}

// InitializerByName returns what Keras means by an initializer's string ("glorot_uniform", "orthogonal", "zeros", …),
// with the defaults of its settings. The error for an unknown name lists the known ones.
func InitializerByName(name string) (Initializer, error) {
	names := make([]string, len(namedInitializers))
	for i, n := range namedInitializers {
		if n.name == name {
			return n.initializer, nil
		}
		names[i] = n.name
	}
	slices.Sort(names)
	return nil, fmt.Errorf("unknown initializer %q: known are %s", name, strings.Join(names, ", "))
}

// InitializerName is the string by which Keras knows the initializer, the inverse of [InitializerByName]. It is
// empty for one with settings, which Keras has no string for.
func InitializerName(init Initializer) string {
	for _, n := range namedInitializers {
		if n.initializer == init {
			return n.name
		}
	}
	return ""
}
