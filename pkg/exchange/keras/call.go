package keras

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"example.com/unstuck/pkg/nn"
)

// call is one use of a layer in a functional model.
type call struct {
	from     []string        // its inputs
	mask     string          // an output that was given as the mask; empty: none
	settings map[string]bool // that Keras takes in the call, such as use_causal_mask; those that are set
}

// call reads an inbound node: {"args": […], "kwargs": {…}}, or as Keras 2 wrote it. nil when it makes no sense, which is
// reported.
func (o *object) call(path, class string, v any) *call {
	c := &call{settings: map[string]bool{}}
	args, kwargs := arguments(v)
	given := map[string][]string{}
	parameters, layer := parametersOf(class)
	for i, value := range args {
		name := ""
		if i < len(parameters) {
			name = parameters[i]
		}
		if !o.argument(fmt.Sprintf("%s.args[%d]", path, i), name, value, given, c) {
			return nil
		}
	}
	for _, name := range slices.Sorted(maps.Keys(kwargs)) {
		if (layer == nil || !slices.Contains(parameters, "mask") && slices.Contains(parameters, "initial_state")) && name == "mask" && isTensors(kwargs[name]) {
			var masks []string
			if !o.histories(path+".kwargs.mask", kwargs[name], &masks, 8) || len(masks) != 1 {
				return nil
			}
			c.mask = masks[0]
			continue
		}
		if layer == nil && len(given[""]) > 0 && isTensors(kwargs[name]) {
			o.add(path+".kwargs."+name, "a layer's output as an argument with a name is not supported")
			return nil
		}
		key := name
		if layer == nil {
			key = "" // of the one argument
		}
		if flag, ok := kwargs[name].(bool); ok {
			if flag && name != "training" { // whether it is one Keras tells each layer itself
				c.settings[name] = true
			}
			continue
		}
		if !o.argument(path+".kwargs."+name, key, kwargs[name], given, c) {
			return nil
		}
	}
	if layer == nil {
		c.from = given[""]
		return c
	}
	var err error
	if c.from, err = layer.Arrange(given); err != nil {
		o.add(path, "%v", err)
		return nil
	}
	return c
}

// argument enters the layers' outputs that an argument consists of under its name.
func (o *object) argument(path, name string, v any, given map[string][]string, c *call) bool {
	if nothing(v) {
		return true
	}
	var from []string
	if !o.histories(path, v, &from, 8) {
		return false
	}
	if from == nil {
		o.add(path, "%s is not supported", show(v))
		return true
	}
	given[name] = append(given[name], from...)
	return true
}

// nothing reports whether an argument is null, or a list of nulls: masks that aren't there.
func nothing(v any) bool {
	list, ok := v.([]any)
	return v == nil || ok && !slices.ContainsFunc(list, func(v any) bool { return v != nil })
}

// isTensors reports whether an argument is a layer's output.
func isTensors(v any) bool {
	fields, ok := v.(map[string]any)
	return ok && fields["class_name"] == "__keras_tensor__"
}

// arguments takes an inbound node apart. Keras 2 wrote the first argument as [name, node, tensor, others], or a list of
// such.
func arguments(v any) (args []any, kwargs map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		args, _ = v["args"].([]any)
		kwargs, _ = v["kwargs"].(map[string]any)
	case []any:
		args = []any{v}
		if len(v) == 1 {
			if first, ok := v[0].([]any); ok && len(first) == 4 {
				kwargs, _ = first[3].(map[string]any)
			}
		}
	}
	return args, kwargs
}

// parametersOf are the names of the arguments of a class' call, where it takes several; the layer then says what they
// are.
func parametersOf(class string) ([]string, nn.Called) {
	if class == "RNN" { // of one cell or several
		class = "LSTM"
	}
	c, ok := nn.Class(class)
	if !ok {
		return nil, nil
	}
	layer, ok := reflect.Zero(c.Type).Interface().(nn.Called)
	if !ok {
		return nil, nil
	}
	return layer.Parameters(), layer
}

// set gives the layer the settings of its calls.
func (l *Layer) set(o *object, settings map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		changed, ok := nn.WithCallSetting(l.value, name, true)
		if !ok {
			o.problem("inbound_nodes", "%s=true in the call is not supported", name)
			continue
		}
		l.value = changed
	}
}
