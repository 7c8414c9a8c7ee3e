package nn

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/ml/model"
)

// Head is what produces one of a model's outputs: the last layer on the way there that looks at its inputs
// through a kernel or a table, and what follows it.
type Head struct {
	Output int     // which of the model's outputs
	Place          // of the layer with the kernel
	Behind []Place // what follows, in the order in which it is applied: activations, normalizations, dropout, reshapes
}

// Activation is the function that the output went through last: that of the layer with the kernel, or a layer's of its own
// behind it; nil when there is none or it is [Linear].
func (h Head) Activation() Activation {
	for i := len(h.Behind) - 1; i >= 0; i-- {
		if a, ok := h.Behind[i].Layer.(Activation); ok && !IsLinear(a) {
			return a
		}
	}
	if a := ActivationOf(h.Layer); !IsLinear(a) {
		return a
	}
	return nil
}

// Heads finds the heads of a model, one for each output. Errors: an output in front of which no layer has a kernel, or
// where several branches meet behind the last that has; names that can't be given.
func Heads(model Layer) ([]Head, error) {
	outputs := 1
	if g, ok := Bare(model).(Graph); ok {
		outputs = len(g.Outputs)
	}
	at := map[string]int{}
	for _, p := range Leaves(model) {
		at[p.Path] = p.At
		for path := p.Path; strings.Contains(path, "/"); { // of what holds it, the last
			path = path[:strings.LastIndexByte(path, '/')]
			at[path] = p.At
		}
	}
	heads := make([]Head, outputs)
	for i := range heads {
		h, found, err := headOf(model, "", false, i)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("nn: no layer in front of output %d has a kernel", i)
		}
		h.Output, h.At = i, at[h.Path]
		for k, p := range h.Behind {
			h.Behind[k].At = at[p.Path]
		}
		heads[i] = h
	}
	return heads, nil
}

// headed is implemented by containers that know where their outputs come from. found is false when no layer has
// a kernel: Behind then holds all layers on the way.
type headed interface {
	head(path string, frozen bool, output int) (h Head, found bool, err error)
}

func headOf(l Layer, path string, frozen bool, at int) (Head, bool, error) {
	frozen, l = frozen || IsFrozen(l), Bare(l)
	if c, ok := l.(headed); ok {
		return c.head(path, frozen, at)
	}
	p := Place{Path: path, Name: model.BasePath("/" + path), Layer: l, Frozen: frozen}
	if HasKernel(l) || holdsKernel(l) {
		return Head{Place: p}, true, nil
	}
	return Head{Behind: []Place{p}}, false, nil
}

// holdsKernel reports whether a container that merges what its layers give, as a Bidirectional does, has a layer with a kernel.
func holdsKernel(l Layer) bool {
	c, ok := l.(Container)
	if !ok {
		return false
	}
	parts, err := c.Parts()
	return err == nil && slices.ContainsFunc(parts, func(p Part) bool { return HasKernel(p.Layer) || holdsKernel(Bare(p.Layer)) })
}

func (s Sequential) head(path string, frozen bool, at int) (Head, bool, error) {
	parts, err := s.Parts()
	if err != nil {
		return Head{}, false, err
	}
	var behind []Place
	for i := len(parts) - 1; i >= 0; i-- {
		output := 0
		if i == len(parts)-1 {
			output = at
		}
		h, found, err := headOf(parts[i].Layer, below(path, parts[i].Name), frozen, output)
		if err != nil {
			return Head{}, false, err
		}
		behind = append(h.Behind, behind...)
		if found {
			h.Behind = behind
			return h, true, nil
		}
	}
	return Head{Behind: behind}, false, nil
}

func (g Graph) head(path string, frozen bool, at int) (Head, bool, error) {
	if _, err := g.order(); err != nil {
		return Head{}, false, err
	}
	var behind []Place
	reference := g.Outputs[at]
	for {
		name, output, _ := output(reference) // checked by order
		n := g.node(name)
		if n == nil { // an input of the graph
			return Head{Behind: behind}, false, nil
		}
		owner := n
		if n.Shared != "" {
			owner = g.node(n.Shared)
		}
		h, found, err := headOf(g.layerOf(*n), below(path, owner.Name), frozen, output)
		if err != nil {
			return Head{}, false, err
		}
		behind = append(h.Behind, behind...)
		if found {
			h.Behind = behind
			return h, true, nil
		}
		if len(n.From) > 1 {
			return Head{}, false, fmt.Errorf("nn: output %d is where %v meet in %q: no single layer produces it", at, n.From, n.Name)
		}
		reference = n.From[0]
	}
}

// head is the layer's: what it does to one step it does to all.
func (t TimeDistributed) head(path string, frozen bool, at int) (Head, bool, error) {
	parts, err := t.Parts()
	if err != nil {
		return Head{}, false, err
	}
	return headOf(parts[0].Layer, below(path, parts[0].Name), frozen, at)
}

// Behind is the model with a layer more behind one of its outputs, whose output takes its place. Errors: an output that the model
// doesn't have.
func Behind(model Layer, output int, l Layer) (Layer, error) {
	if output < 0 || output >= len(OutputNames(model)) {
		return nil, fmt.Errorf("nn: the model has no output %d", output)
	}
	switch m := model.(type) {
	case Graph:
		name := m.Outputs[output] + "_" + kindOf(l)
		for m.node(name) != nil || slices.Contains(m.inputNames(), name) {
			name += "_1"
		}
		m.Nodes = append(slices.Clip(m.Nodes), Node{Name: name, Layer: l, From: []string{m.Outputs[output]}})
		m.Outputs = slices.Clone(m.Outputs)
		m.Outputs[output] = name
		return m, nil
	case Sequential:
		if len(OutputNames(model)) == 1 {
			return append(slices.Clip(m), l), nil
		}
	}
	if len(OutputNames(model)) > 1 {
		return nil, fmt.Errorf("nn: output %d comes out of a model inside of a %T", output, model)
	}
	return Sequential{model, l}, nil
}
