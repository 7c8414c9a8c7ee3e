package loss

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// losses has what this package provides. Each type registers itself in its own file.
var losses = codec.NewRegistry[Loss]("losses")

// averaged leaves the reduction to whoever reads a loss: see [Reduced].
var averaged = codec.Ignored("reduction")

// ByName returns the loss that Keras' model.compile(loss=name) would use, with its defaults. Class names
// ("MeanSquaredError") work too. An unknown name is an error that lists the known ones.
func ByName(name string) (Loss, error) {
	if l, ok := losses.Find(name); ok {
		return l, nil
	}
	if c, ok := losses.Class(name); ok {
		return c.Zero().(Loss), nil
	}
	return nil, fmt.Errorf("there is no loss %q; known are %s", name, strings.Join(names(), ", "))
}

// names are the names that losses print, sorted.
func names() []string {
	var all []string
	for _, c := range losses.Classes() {
		all = append(all, c.Zero().(Loss).String())
	}
	slices.Sort(all)
	return all
}

// Class is the loss that Keras knows by that class, "MeanSquaredError"; false for those that are not here.
func Class(name string) (*codec.Class, bool) { return losses.Class(name) }

// ClassOf is the class of a loss; false for one of your own.
func ClassOf(l Loss) (*codec.Class, bool) { return codec.ClassOf(l) }
