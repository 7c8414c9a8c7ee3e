package keras

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/loss"
)

// losses reads compile_config.loss and loss_weights of a model with several outputs: one loss for all of them, or a list or
// an object with one for each; null trains without that output. ranks are the numbers of the outputs' axes, nil where
// they aren't known. It is nil where it couldn't, which is reported.
func (o *object) losses(names []string, ranks []int) loss.Loss {
	each, ok := o.perOutput("loss", names)
	if !ok {
		return nil
	}
	weights, ok := o.perOutput("loss_weights", names)
	if !ok {
		return nil
	}
	all := make(loss.Outputs, len(names))
	before := len(o.problems)
	for i, name := range names {
		all[i].Name = name
		if each[i].value == nil {
			continue
		}
		rank := 0
		if ranks != nil {
			rank = ranks[i]
		}
		all[i].Loss = o.lossAt(each[i].path, each[i].value, rank)
		if weights[i].value == nil {
			continue
		}
		w, number := numberOf(weights[i].value)
		switch {
		case !number || w < 0:
			o.add(weights[i].path, "%s is not a weight", show(weights[i].value))
		case w == 0:
			all[i].Loss = nil
		case w != 1: // which is the default
			all[i].Weight = w
		}
	}
	if len(o.problems) > before {
		return nil
	}
	if err := all.Validate(); err != nil {
		o.problem("loss", "%v", err)
		return nil
	}
	return all
}

// placed is a value of the file and where it stands.
type placed struct {
	path  string
	value any
}

// perOutput finds what a setting says of each output; a value alone is said of all of them.
func (o *object) perOutput(key string, names []string) ([]placed, bool) {
	all := make([]placed, len(names))
	path, v := o.at(key), o.get(key)
	if list, ok := v.([]any); ok {
		if len(list) != len(names) {
			o.problem(key, "has %d entries for %d outputs", len(list), len(names))
			return nil, false
		}
		for i, value := range list {
			all[i] = placed{fmt.Sprintf("%s[%d]", path, i), value}
		}
		return all, true
	}
	if fields, ok := v.(map[string]any); ok && fields["class_name"] == nil {
		taken := 0
		for i, name := range names {
			value, there := fields[name]
			all[i] = placed{path + "." + name, value}
			if there {
				taken++
			}
		}
		if taken < len(fields) {
			o.problem(key, "names outputs that the model doesn't have; it has %q", names)
			return nil, false
		}
		return all, true
	}
	for i := range all {
		all[i] = placed{path, v}
	}
	return all, true
}

// outputOfModel is a reference to one of the model's outputs. Where a functional model gives it, Keras 3 counts that model's
// uses from 1 here, for it has an output before any use, and from 0 wherever else it refers to them.
func (o *object) outputOfModel(reference string, functional map[string]bool) string {
	use, tensor, several := strings.Cut(reference, ":")
	name, number, later := strings.Cut(use, "@")
	n, err := strconv.Atoi(number)
	if o.keras2 || !functional[name] || !later || err != nil {
		return reference
	}
	use = callName(name, n-1)
	if several {
		use += ":" + tensor
	}
	return use
}
