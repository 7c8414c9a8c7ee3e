package nn

import (
	"fmt"
	"math"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Sequential applies its layers one after the other. Empty, it returns its input.
//
// It is a slice: it can be indexed, sliced and appended to, and it nests.
type Sequential []Layer

// Apply runs x through all layers, each in a scope of its own (see [Sequential.Names]).
// It panics with a [LayerError] where a layer fails.
func (s Sequential) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	ys := s.ApplyAll(scope, []*graph.Node{x})
	if len(ys) != 1 {
		panic(fmt.Errorf("the last layer of the Sequential has %d outputs", len(ys)))
	}
	return ys[0]
}

// ApplyAll is Apply for a first layer with several inputs or a last one with several outputs.
func (s Sequential) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	names, err := s.Names()
	if err != nil {
		panic(err)
	}
	return asBuiltAlone(xs, func() []*graph.Node {
		for i, l := range s {
			xs = applyNamed(names[i], l, scope.At("%s", names[i]), xs)
		}
		return xs
	})
}

// Kind is "sequential".
func (Sequential) Kind() string { return "sequential" }

// Parts are the layers under their names.
func (s Sequential) Parts() ([]Part, error) {
	names, err := s.Names()
	if err != nil {
		return nil, err
	}
	parts := make([]Part, len(s))
	for i, l := range s {
		parts[i] = Part{names[i], l}
	}
	return parts, nil
}

// WithParts is the Sequential of what became of its layers; nil when nothing is left.
func (s Sequential) WithParts(changes []Change) Layer {
	out := make(Sequential, 0, len(changes))
	for _, c := range changes {
		out = append(out, c.Before...)
		if c.Layer != nil {
			out = append(out, c.Layer)
		}
		out = append(out, c.Behind...)
	}
	if len(out) == 0 && len(s) > 0 {
		return nil
	}
	return out
}

// Bounds are those of the last layer.
func (s Sequential) Bounds() (low, high float64) {
	if len(s) == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	return Bounds(s[len(s)-1])
}

// Names returns the name of each layer: its own, or Keras' — the kind, with _1, _2, … from the second
// of a kind on ("dense", "dense_1"). Names that occur twice, or hold a "/", are an error.
func (s Sequential) Names() ([]string, error) {
	names := make([]string, len(s))
	count := map[string]int{}
	seen := map[string]int{}
	for i, l := range s {
		if l == nil {
			return nil, fmt.Errorf("layer %d of the Sequential is nil", i)
		}
		name := nameOf(l)
		if name == "" {
			kind := kindOf(l)
			name = kind
			if n := count[kind]; n > 0 {
				name = fmt.Sprintf("%s_%d", kind, n)
			}
			count[kind]++
		}
		if strings.Contains(name, model.ScopeSeparator) {
			return nil, fmt.Errorf("layer %d: name %q must not contain %q", i, name, model.ScopeSeparator)
		}
		if j, twice := seen[name]; twice {
			return nil, fmt.Errorf("layers %d and %d are both named %q: give one of them another Name", j, i, name)
		}
		seen[name] = i
		names[i] = name
	}
	return names, nil
}
