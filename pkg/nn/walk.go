package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/ml/model"
)

// Container is implemented by layers that are made of others, such as a [Sequential].
type Container interface {
	Layer
	// Parts are the layers inside, each with the name of its scope below the container's.
	Parts() ([]Part, error)
	// WithParts is a copy with other layers in the places of Parts; a nil one is left out.
	WithParts(layers []Layer) Layer
}

// Part is a layer in a container.
type Part struct {
	Name  string // in the store, below the container: "dense_1"
	Layer Layer
}

// Wrapper is implemented by layers that change how another one is called or trained, and share its scope: [Frozen],
// [Renamed].
type Wrapper interface {
	Layer
	Unwrap() Layer
	// Wrap is the same around another layer.
	Wrap(Layer) Layer
}

// Bare takes off everything that is wrapped around a layer.
func Bare(l Layer) Layer {
	for {
		w, ok := l.(Wrapper)
		if !ok {
			return l
		}
		l = w.Unwrap()
	}
}

// Indexed is implemented by layers that look their inputs up instead of computing with them.
type Indexed interface {
	Layer
	// Indices is how many there are: the largest input + 1.
	Indices() int
}

// IsFrozen reports whether a [Frozen] is wrapped around the layer.
func IsFrozen(l Layer) bool {
	for {
		if _, frozen := l.(Frozen); frozen {
			return true
		}
		w, ok := l.(Wrapper)
		if !ok {
			return false
		}
		l = w.Unwrap()
	}
}

// Place is a layer and where it stands in a model.
type Place struct {
	Path   string // of its scope in the model's store, without the leading slash: "encoder/dense_1"; empty: the model itself
	Layer  Layer  // without what is wrapped around it
	Frozen bool   // a Frozen is around it or around a container that holds it
}

// Walk calls f for each layer that isn't made of others, in the order in which the model applies them. It stops
// where f returns false. Errors: names that can't be given, see [Sequential.Names].
func Walk(model Layer, f func(Place) bool) error {
	_, err := walk(model, "", false, f)
	return err
}

func walk(l Layer, path string, frozen bool, f func(Place) bool) (on bool, err error) {
	if l == nil {
		return false, fmt.Errorf("nn: there is no layer at %q", path)
	}
	frozen = frozen || IsFrozen(l)
	l = Bare(l)
	c, ok := l.(Container)
	if !ok {
		return f(Place{Path: path, Layer: l, Frozen: frozen}), nil
	}
	parts, err := c.Parts()
	if err != nil {
		return false, err
	}
	for _, p := range parts {
		if on, err := walk(p.Layer, below(path, p.Name), frozen, f); !on || err != nil {
			return false, err
		}
	}
	return true, nil
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + model.ScopeSeparator + name
}

// Edit is a copy of the model in which each layer that isn't made of others is what f makes of it; nil leaves it out.
// What is wrapped around a layer stays around the new one. A layer that is used in several places is edited once for
// each, so f should be a function of the place alone.
//
// Errors: names that can't be given, and a model of which nothing is left.
func Edit(model Layer, f func(Place) Layer) (Layer, error) {
	edited, err := edit(model, "", false, f)
	if err == nil && edited == nil {
		err = fmt.Errorf("nn: the edit leaves no layer of the model")
	}
	return edited, err
}

func edit(l Layer, path string, frozen bool, f func(Place) Layer) (Layer, error) {
	if l == nil {
		return nil, fmt.Errorf("nn: there is no layer at %q", path)
	}
	if w, ok := l.(Wrapper); ok {
		inner, err := edit(w.Unwrap(), path, frozen || IsFrozen(l), f)
		if inner == nil || err != nil {
			return nil, err
		}
		return w.Wrap(inner), nil
	}
	c, ok := l.(Container)
	if !ok {
		return f(Place{Path: path, Layer: l, Frozen: frozen}), nil
	}
	parts, err := c.Parts()
	if err != nil {
		return nil, err
	}
	layers := make([]Layer, len(parts))
	for i, p := range parts {
		if layers[i], err = edit(p.Layer, below(path, p.Name), frozen, f); err != nil {
			return nil, err
		}
	}
	return c.WithParts(layers), nil
}
