package optim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// TorchPlace is what the code of an optimizer in PyTorch stands in.
type TorchPlace struct {
	// Parameters are the expressions of PyTorch's parameters, "model[0].weight", by the paths of our variables; nil: not known.
	Parameters map[string][]string
	EpochSteps int // of an epoch; 0: not known
}

// torchGroups are the arguments of the optimizer where it has groups: all weights that are trained, group by group.
func (o Optimizer) torchGroups(rule torchRule, at TorchPlace) (torchRule, error) {
	var none torchRule
	switch {
	case at.Parameters == nil:
		return none, fmt.Errorf("groups of weights: which parameters of PyTorch they are isn't known here")
	case rule.line != "" || rule.scaled:
		return none, fmt.Errorf("%T beside groups of weights isn't written in PyTorch", o.Rule)
	}
	rest := maps.Clone(at.Parameters)
	decays := o.WeightDecay != 0
	for _, g := range o.Groups {
		decays = decays || g.WeightDecay != 0
		for _, path := range g.Weights {
			delete(rest, path)
		}
	}
	groups := o.Groups
	if len(rest) > 0 {
		groups = append(slices.Clone(groups), Group{Weights: slices.Sorted(maps.Keys(rest)), WeightDecay: o.WeightDecay})
	}
	lines := []string{"["}
	for _, g := range groups {
		if g.Frozen {
			continue
		}
		line, class, err := o.torchGroup(g, rule, decays, at)
		if err != nil {
			return none, err
		}
		if rule.class = class; line != "" {
			lines = append(lines, "    "+line+",")
		}
	}
	rule.groups, rule.arguments, rule.decay = strings.Join(append(lines, "]"), "\n"), nil, nil
	return rule, nil
}

// torchGroup is one group as a dictionary, and the optimizer's class; empty where PyTorch has none of its weights.
func (o Optimizer) torchGroup(g Group, rule torchRule, decays bool, at TorchPlace) (line, class string, err error) {
	var parameters []string
	for _, path := range g.Weights {
		for _, p := range at.Parameters[path] {
			if strings.Contains(p, ":") {
				return "", "", fmt.Errorf("groups of weights: %s is a part of a parameter in PyTorch", path)
			}
			if !slices.Contains(parameters, p) {
				parameters = append(parameters, p)
			}
		}
	}
	own := rule
	if g.Rule != nil {
		w, ok := g.Rule.(torchWriter)
		if !ok {
			return "", "", fmt.Errorf("%T: PyTorch has no such optimizer", g.Rule)
		}
		if own, err = w.torch(); err != nil {
			return "", "", err
		}
	}
	if decays {
		if own.decay == nil {
			return "", "", fmt.Errorf("groups of weights with a decay beside %T aren't written in PyTorch", o.Rule)
		}
		own = own.decay(own, g.WeightDecay)
	}
	rest, arguments := torchArguments(Optimizer{Transforms: g.Transforms}, own)
	if len(rest) > 0 {
		return "", "", fmt.Errorf("%T of a group of weights isn't written in PyTorch", rest[0])
	}
	entries := []string{"'params': [" + strings.Join(parameters, ", ") + "]"}
	if g.RateFactor != 0 && g.RateFactor != 1 {
		rate := o.LearningRate
		if rule.unit {
			rate = rule.rate
		}
		entries = append(entries, "'lr': "+py(rate*g.RateFactor))
	}
	for _, a := range append(slices.Clone(own.arguments), arguments...) {
		name, value, _ := strings.Cut(a, "=")
		entries = append(entries, "'"+name+"': "+value)
	}
	if len(parameters) == 0 {
		return "", own.class, nil
	}
	return "{" + strings.Join(entries, ", ") + "}", own.class, nil
}
