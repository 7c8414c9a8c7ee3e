package nn

import (
	"fmt"
	"math"
	"slices"
)

// Shaped is implemented by layers whose output has another shape than their input.
type Shaped interface {
	// OutputShape is the shape of the output for an input of that shape, both with the batch. The error says why the
	// layer can't take it.
	OutputShape(input ...int) ([]int, error)
}

// MultiShaped is [Shaped] for layers with several inputs or outputs.
type MultiShaped interface {
	OutputShapes(inputs [][]int) ([][]int, error)
}

// Measured is a layer of a model and what it is given there.
type Measured struct {
	Place
	Inputs  [][]int  // shapes of its inputs, with the batch
	Outputs [][]int  // shapes of its outputs, with the batch
	Weights []Weight // that it has of its own; none for another use of a shared layer
}

// Measure follows the shapes through a model without making any weight: it calls f for each layer that isn't made of
// others, in the order in which the model applies them, and returns the shapes of the outputs. f may end it with an
// error. Layers that say nothing of their shapes, such as a [Func], are taken to keep them.
func Measure(model Layer, inputs [][]int, f func(Measured) error) ([][]int, error) {
	return measure(model, "", false, inputs, f)
}

// chained is implemented by layers made of others.
type chained interface {
	measure(path string, frozen bool, inputs [][]int, f func(Measured) error) ([][]int, error)
}

func measure(l Layer, path string, frozen bool, inputs [][]int, f func(Measured) error) ([][]int, error) {
	if l == nil {
		return nil, fmt.Errorf("nn: there is no layer at %q", path)
	}
	frozen, l = frozen || IsFrozen(l), Bare(l)
	if c, ok := l.(chained); ok {
		return c.measure(path, frozen, inputs, f)
	}
	outputs, err := outputShapes(l, inputs)
	if err != nil {
		if path == "" {
			return nil, err
		}
		return nil, fmt.Errorf("layer %q: %w", path, err)
	}
	m := Measured{Place: Place{Path: path, Layer: l, Frozen: frozen}, Inputs: inputs, Outputs: outputs}
	if w, ok := l.(Weighted); ok {
		m.Weights = weightsFor(w, inputs)
	}
	return outputs, f(m)
}

func outputShapes(l Layer, inputs [][]int) ([][]int, error) {
	if m, ok := l.(MultiShaped); ok {
		return m.OutputShapes(inputs)
	}
	if _, multi := l.(Multi); !multi && len(inputs) != 1 {
		return nil, fmt.Errorf("a %s takes one input, here are %d", typeName(l), len(inputs))
	}
	if s, ok := l.(Shaped); ok {
		shape, err := s.OutputShape(inputs[0]...)
		return [][]int{shape}, err
	}
	return inputs[:1], nil
}

func (s Sequential) measure(path string, frozen bool, inputs [][]int, f func(Measured) error) ([][]int, error) {
	parts, err := s.Parts()
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if inputs, err = measure(p.Layer, below(path, p.Name), frozen, inputs, f); err != nil {
			return nil, err
		}
	}
	return inputs, nil
}

func (g Graph) measure(path string, frozen bool, inputs [][]int, f func(Measured) error) ([][]int, error) {
	order, err := g.order()
	if err != nil {
		return nil, err
	}
	if len(inputs) != len(g.Inputs) {
		return nil, fmt.Errorf("the graph has %d inputs, %v, here are %d", len(g.Inputs), g.inputNames(), len(inputs))
	}
	made := map[string][][]int{}
	for i, in := range g.Inputs {
		made[in.Name] = inputs[i : i+1]
	}
	take := func(references []string) ([][]int, error) {
		var shapes [][]int
		for _, r := range references {
			name, at, _ := output(r) // checked by order
			if at >= len(made[name]) {
				return nil, fmt.Errorf("%s is taken, but %s has %d outputs", r, name, len(made[name]))
			}
			shapes = append(shapes, made[name][at])
		}
		return shapes, nil
	}
	for _, n := range order {
		from, err := take(n.From)
		if err != nil {
			return nil, err
		}
		layer, visit := g.layerOf(n), f
		if n.Shared != "" {
			visit = func(m Measured) error {
				m.Weights = nil
				return f(m)
			}
		}
		if made[n.Name], err = measure(layer, below(path, n.Name), frozen, from, visit); err != nil {
			return nil, err
		}
	}
	return take(g.Outputs)
}

// Size is the number of values of a weight, or the largest int where they are more.
func (w Weight) Size() int { return sizeOf(w.Shape) }

// sizeOf is the product of sizes, or the largest int where it is more.
func sizeOf(shape []int) int {
	n := 1
	for _, d := range shape {
		if d > 0 && n > math.MaxInt/d {
			return math.MaxInt
		}
		n *= d
	}
	return n
}

// withLast is a shape with another size of the last axis.
func withLast(shape []int, size int) []int {
	out := slices.Clone(shape)
	out[len(out)-1] = size
	return out
}

func needsFeatures(layer string, input []int) error {
	if len(input) < 2 {
		return fmt.Errorf("%s needs an input [batch, …, features], got %v", layer, input)
	}
	return nil
}
