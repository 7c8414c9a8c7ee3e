package nn

import (
	"fmt"
	"strings"
)

func (s Sequential) torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	parts, err := s.Parts()
	if err != nil {
		return nil, err
	}
	values := withoutBuilt(inputs)
	for _, p := range parts {
		if values, err = w.layer(p.Layer, torchPlace{below(at.path, p.Name), at.variable, at.frozen}, values); err != nil {
			return nil, err
		}
	}
	return withoutBuilt(values), nil
}

func (g Graph) torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	order, err := g.order()
	if err != nil {
		return nil, err
	}
	if len(inputs) != len(g.Inputs) {
		return nil, fmt.Errorf("the graph has %d inputs, %s, here are %d", len(g.Inputs), strings.Join(g.inputNames(), ", "), len(inputs))
	}
	made := map[string][]torchValue{}
	inputs = withoutBuilt(inputs)
	for i, in := range g.Inputs {
		made[in.Name] = inputs[i : i+1]
	}
	take := func(references []string) ([]torchValue, error) {
		var values []torchValue
		for _, r := range references {
			name, i, _ := output(r) // checked by order
			if i >= len(made[name]) {
				return nil, fmt.Errorf("%s is taken, but %s has %d outputs", r, name, len(made[name]))
			}
			values = append(values, made[name][i])
		}
		return values, nil
	}
	for _, n := range order {
		from, err := take(n.From)
		if err != nil {
			return nil, err
		}
		owner := n
		if n.Shared != "" {
			owner = *g.node(n.Shared)
		}
		switch {
		case n.Mask:
			from[0].mask = from[0].built
		case n.Unmasked:
			from = withoutTorchMasks(from)
		}
		place := torchPlace{below(at.path, owner.Name), w.variables.unique(below(at.path, n.Name)), at.frozen}
		if made[n.Name], err = w.layer(g.layerOf(n), place, from); err != nil {
			return nil, err
		}
		if TakesMasks(owner.Layer) {
			for _, r := range n.From {
				name, i, _ := output(r)
				made[name][i].mask = ""
			}
		}
	}
	outputs, err := take(g.Outputs)
	return withoutBuilt(outputs), err
}
