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
	// WithParts is a copy with changes in the places of Parts; nil when nothing is left of it.
	WithParts(changes []Change) Layer
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
	At     int    // how many layers that aren't made of others come before it
	Path   string // of its scope in the model's store, without the leading slash: "encoder/dense_1"; empty: the model itself
	Name   string // the last part of Path
	Layer  Layer  // without what is wrapped around it
	Frozen bool   // a Frozen is around it or around a container that holds it
}

// Change is what becomes of a layer.
type Change struct {
	Before []Layer // put in front of it
	Layer  Layer   // in its place; nil: it is left out
	Behind []Layer // put behind it
}

// Walk calls f for each layer that isn't made of others, in the order in which the model applies them. It stops
// where f returns false. Errors: a layer that is nil, and names that can't be given, see [Sequential.Names].
func Walk(model Layer, f func(Place) bool) error {
	_, err := (&walker{f: f}).walk(model, "", "", false)
	return err
}

// Leaves lists what [Walk] comes by, as far as it gets.
func Leaves(model Layer) []Place {
	var all []Place
	// What keeps it from going on keeps the model from being built, which is told there.
	_ = Walk(model, func(p Place) bool {
		all = append(all, p)
		return true
	})
	return all
}

type walker struct {
	f  func(Place) bool
	at int
}

func (w *walker) walk(l Layer, path, name string, frozen bool) (on bool, err error) {
	if l == nil {
		return false, fmt.Errorf("nn: there is no layer at %q", path)
	}
	frozen = frozen || IsFrozen(l)
	l = Bare(l)
	if l == nil {
		return false, fmt.Errorf("nn: there is no layer at %q", path)
	}
	c, ok := l.(Container)
	if !ok {
		w.at++
		return w.f(Place{At: w.at - 1, Path: path, Name: name, Layer: l, Frozen: frozen}), nil
	}
	parts, err := c.Parts()
	if err != nil {
		return false, inside(path, err)
	}
	for _, p := range parts {
		if on, err := w.walk(p.Layer, below(path, p.Name), p.Name, frozen); !on || err != nil {
			return false, err
		}
	}
	return true, nil
}

// inside puts the container's path in front of an error.
func inside(path string, err error) error {
	if path == "" {
		return err
	}
	return fmt.Errorf("layer %q: %w", path, err)
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + model.ScopeSeparator + name
}

// Edit is a copy of the model in which each layer that isn't made of others is what f makes of it; nil leaves it out.
// See [Rewrite].
func Edit(model Layer, f func(Place) Layer) (Layer, error) {
	return Rewrite(model, func(p Place) Change { return Change{Layer: f(p)} })
}

// Rewrite is a copy of the model in which f has changed each layer that isn't made of others. What is wrapped around a
// layer stays around the new one; what is put before and behind it gets none. A layer that is used in several places of
// a [Graph] is changed in all of them.
//
// Errors: those of [Walk], and a model of which nothing is left.
func Rewrite(model Layer, f func(Place) Change) (Layer, error) {
	at := 0
	changed, err := rewrite(model, "", "", false, &at, f)
	if err != nil {
		return nil, err
	}
	if len(changed.Before)+len(changed.Behind) > 0 { // of a model that is a single layer
		all := append(append([]Layer{}, changed.Before...), changed.Layer)
		return Sequential(append(all, changed.Behind...)), nil
	}
	if changed.Layer == nil {
		return nil, fmt.Errorf("nn: the edit leaves no layer of the model")
	}
	return changed.Layer, nil
}

func rewrite(l Layer, path, name string, frozen bool, at *int, f func(Place) Change) (Change, error) {
	if l == nil {
		return Change{}, fmt.Errorf("nn: there is no layer at %q", path)
	}
	if w, ok := l.(Wrapper); ok {
		change, err := rewrite(w.Unwrap(), path, name, frozen || IsFrozen(l), at, f)
		if change.Layer != nil {
			change.Layer = w.Wrap(change.Layer)
		}
		return change, err
	}
	c, ok := l.(Container)
	if !ok {
		*at++
		return f(Place{At: *at - 1, Path: path, Name: name, Layer: l, Frozen: frozen}), nil
	}
	parts, err := c.Parts()
	if err != nil {
		return Change{}, inside(path, err)
	}
	changes := make([]Change, len(parts))
	for i, p := range parts {
		if changes[i], err = rewrite(p.Layer, below(path, p.Name), p.Name, frozen, at, f); err != nil {
			return Change{}, err
		}
	}
	return Change{Layer: c.WithParts(changes)}, nil
}

// Thaw is the model without anything that keeps its layers from being trained.
func Thaw(l Layer) Layer {
	switch l := l.(type) {
	case Frozen:
		return Thaw(l.Layer)
	case Wrapper:
		return l.Wrap(Thaw(l.Unwrap()))
	case Container:
		parts, err := l.Parts()
		if err != nil {
			return l
		}
		changes := make([]Change, len(parts))
		for i, p := range parts {
			changes[i].Layer = Thaw(p.Layer)
		}
		return l.WithParts(changes)
	}
	return l
}
