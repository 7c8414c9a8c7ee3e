package keras

import "fmt"

// functional reads the config of a functional model whose layers are a plain chain: each has one input,
// the output of the layer before.
func (d *Description) functional(c *object) {
	d.model(c)
	entries := c.list("layers")
	if len(entries) > MaxLayers {
		c.problem("layers", "%d layers are more than %d", len(entries), MaxLayers)
		return
	}
	nodes := make([]*object, 0, len(entries))
	next := map[string]*object{} // the layer that takes a layer's output
	var first, last *object
	for i, v := range entries {
		o := d.entry(c, i, v)
		if o == nil {
			return
		}
		nodes = append(nodes, o)
		o.wellFormed()
		from, ok := o.source()
		if !ok {
			return
		}
		if second := next[from]; second != nil {
			if from == "" {
				c.add(o.path, "a second input is not supported: only a plain chain of layers is")
			} else {
				c.add(o.path, "takes the output of %q, as %s does: only a plain chain of layers is supported", from, second.path)
			}
			return
		}
		next[from] = o
	}
	for o := next[""]; o != nil; o = next[o.layerName()] {
		if last == nil {
			first = o
			d.input(o, true)
			if class, _ := o.fields["class_name"].(string); class != "InputLayer" {
				o.add(o.path, "the model's input must be an InputLayer, not %s", class)
				return
			}
		} else {
			d.add(c, o)
		}
		delete(next, o.inputName())
		last = o
	}
	if len(next) > 0 || last == nil {
		c.problem("layers", "the %d layers are not one chain from the input on", len(nodes))
		return
	}
	d.ends(c, "input_layers", first)
	d.ends(c, "output_layers", last)
	frozen := false
	if v, there := c.fields["trainable"]; there && v != nil { // as in Keras, which then sets it for all layers
		frozen = !c.flag("trainable")
	}
	c.ignore("trainable")
	c.done()
	d.finish(c, frozen)
}

// wellFormed checks what Keras needs of a layer's place in the graph, beside what source reads.
func (o *object) wellFormed() {
	if o.keras2 {
		return
	}
	if name, ok := o.fields["name"].(string); !ok || name == "" {
		o.problem("name", "is missing")
	}
	inbound, ok := o.fields["inbound_nodes"].([]any)
	if !ok {
		o.problem("inbound_nodes", "%s is not a list", show(o.fields["inbound_nodes"]))
	}
	for i, v := range inbound {
		if _, old := v.([]any); old {
			continue // as Keras 2 wrote them
		}
		node, _ := v.(map[string]any)
		_, hasArguments := node["kwargs"].(map[string]any)
		arguments, ok := node["args"].([]any)
		if !ok || !hasArguments {
			o.problem(fmt.Sprintf("inbound_nodes[%d]", i), "needs the list args and the object kwargs")
		}
		for _, a := range arguments {
			tensor, _ := a.(map[string]any)
			if tensor["class_name"] != "__keras_tensor__" {
				continue
			}
			config, _ := tensor["config"].(map[string]any)
			_, hasShape := config["shape"].([]any)
			_, hasType := config["dtype"].(string)
			if !hasShape || !hasType {
				o.problem(fmt.Sprintf("inbound_nodes[%d].args", i), "the tensor needs a shape and a dtype")
			}
		}
	}
}

func (o *object) layerName() string {
	if name := o.text("name"); name != "" {
		return name
	}
	if config, ok := o.get("config").(map[string]any); ok {
		name, _ := config["name"].(string)
		return name
	}
	return ""
}

// inputName is the source that source found.
func (o *object) inputName() string {
	name, _ := o.source()
	return name
}

// source returns the name of the layer whose output o takes, empty for the model's input.
func (o *object) source() (name string, ok bool) {
	inbound := o.list("inbound_nodes")
	switch len(inbound) {
	case 0:
		return "", true
	case 1:
	default:
		o.problem("inbound_nodes", "the layer is used %d times: only a plain chain of layers is supported", len(inbound))
		return "", false
	}
	var tensors []any
	collectHistories(inbound[0], &tensors, 8)
	if len(tensors) != 1 {
		o.problem("inbound_nodes", "the layer has %d inputs: only a plain chain of layers is supported", len(tensors))
		return "", false
	}
	history, _ := tensors[0].([]any)
	name, isName := history[0].(string)
	if !isName || name == "" {
		o.problem("inbound_nodes", "%s names no layer", show(history))
		return "", false
	}
	if node, ok := inbound[0].(map[string]any); ok {
		if kwargs, ok := node["kwargs"].(map[string]any); ok {
			for key, v := range kwargs {
				// Whether it is a training Keras tells each layer itself, whatever was said when the model was made.
				if _, flag := v.(bool); v != nil && !(flag && key == "training") {
					o.problem("inbound_nodes[0].kwargs."+key, "%s is not supported", show(v))
					return "", false
				}
			}
		}
	}
	return name, true
}

// collectHistories finds the references to layers' outputs, [name, node, tensor] or Keras 2's [name, node,
// tensor, arguments], wherever they are in an inbound node.
func collectHistories(v any, all *[]any, depth int) {
	if depth == 0 || len(*all) > 2 {
		return
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 3 || len(v) == 4 {
			if _, isName := v[0].(string); isName {
				*all = append(*all, v)
				return
			}
		}
		for _, one := range v {
			collectHistories(one, all, depth-1)
		}
	case map[string]any:
		if v["class_name"] == "__keras_tensor__" {
			if config, ok := v["config"].(map[string]any); ok {
				collectHistories(config["keras_history"], all, depth-1)
			}
			return
		}
		if args, ok := v["args"]; ok {
			collectHistories(args, all, depth-1)
		}
		if kwargs, ok := v["kwargs"].(map[string]any); ok {
			for _, one := range kwargs {
				collectHistories(one, all, depth-1)
			}
		}
	}
}

// ends checks that the model's one input or output is the chain's end.
func (d *Description) ends(c *object, key string, last *object) {
	var outputs []any
	collectHistories(c.get(key), &outputs, 4)
	if len(outputs) != 1 {
		c.problem(key, "%d tensors: only one is supported", len(outputs))
		return
	}
	if history := outputs[0].([]any); history[0] != last.layerName() {
		c.problem(key, "%s is not the end of the chain, %q", show(history[0]), last.layerName())
	}
}
