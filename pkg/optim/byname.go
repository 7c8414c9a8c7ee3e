package optim

import (
	"fmt"
	"slices"
	"strings"
)

// ByName is Keras' optimizer of that name, whatever its letters' size, with the defaults of its settings: "adam", "SGD", "RMSprop". An
// unknown name is an error that lists those that there are.
func ByName(name string, learningRate float64) (Optimizer, error) {
	var known []string
	for _, c := range classes {
		if strings.EqualFold(c.name, name) {
			return of(c.name, learningRate), nil
		}
		known = append(known, strings.ToLower(c.name))
	}
	slices.Sort(known)
	return Optimizer{}, fmt.Errorf("unknown optimizer %q: known are %s", name, strings.Join(known, ", "))
}
