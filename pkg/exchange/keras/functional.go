package keras

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// functional reads the config of a functional model: a chain of layers as a Sequential, anything else as a Graph.
// What couldn't be read is reported, and nn.Unread in its place.
func (o *object) functional() *built {
	before := len(o.problems)
	b := &built{name: o.modelSettings(), whole: map[string]string{}}
	b.model, b.inputs = nn.Unread{Class: "Functional"}, []nn.Input{{}}
	g := nn.Graph{}
	shapes := map[string][]int{} // of what has been read so far
	m := &masks{operations: map[string]string{}, of: map[string]string{}, unknown: map[string]bool{}}
	functions := map[string]*report{}
	wholes := map[string]bool{} // inputs that are cut to whole numbers
	folded, models := &lookups{}, map[string]bool{}
	for _, entry := range o.entries() {
		entry.wellFormed()
		if class, _ := entry.fields["class_name"].(string); class == "InputLayer" {
			in := entry.inputLayer(b)
			g.Inputs = append(g.Inputs, in)
			shapes[in.Name] = in.Shape
			continue
		}
		if entry.isOperation() {
			m.operation(entry)
			n, l, problems := entry.operation()
			if n.Unmasked {
				n.Unmasked = o.masks
			}
			for i, from := range n.From {
				if w, cuts := l.value.(interface{ Whole() bool }); b.whole[from] != "" && !(cuts && w.Whole()) {
					if !wholes[from] {
						g.Nodes = append(g.Nodes, cutting(from))
						functions[cutting(from).Name] = &report{}
						shapes[cutting(from).Name] = shapes[from]
						wholes[from] = true
					}
					n.From[i] = cutting(from).Name
				}
			}
			if len(n.From) == 1 && len(problems.problems) == 0 {
				shapes[n.Name] = l.outputShape(shapes[n.From[0]])
			}
			functions[n.Name] = problems
			b.layers = append(b.layers, *l)
			g.Nodes = append(g.Nodes, n)
			continue
		}
		name := entry.layerName()
		nodes, calls := entry.calls(name)
		var l *Layer
		if class, _ := entry.fields["class_name"].(string); isLookup(class) {
			if folded.lookup(entry, b, nodes, g.Inputs, shapes) {
				continue
			}
		} else {
			var input []int
			if len(nodes) > 0 && len(nodes[0].From) == 1 {
				input = shapes[nodes[0].From[0]]
			}
			l = entry.layer(input)
			models[name] = class == "Functional" || class == "Model"
		}
		known := l != nil
		if known && len(l.encodings) > 0 {
			known = folded.nested(entry, b, l, nodes, g.Inputs)
		}
		if nodes == nil || !known && len(name) > MaxName {
			continue
		}
		if known {
			l.Name = name
			l.set(entry, calls[0].settings)
			if slices.ContainsFunc(nodes, func(n nn.Node) bool { return len(n.From) > 1 }) {
				l.value = nn.TakingMask(l.value)
			}
		} else {
			l = entry.unread()
		}
		nodes[0].Layer = l.value
		for i, n := range nodes {
			if !known {
				m.unknown[n.Name] = true
				continue
			}
			if _, stacked := nn.Bare(l.value).(nn.Sequential); stacked && l.Class == "RNN" && len(n.From) > 1 {
				entry.problem("inbound_nodes", "states that a stack of cells begins with are not supported")
			}
			m.follow(entry, &nodes[i], l.value, calls[i].mask)
			if len(n.From) == 1 && !n.Reverse {
				shapes[n.Name] = l.outputShape(shapes[n.From[0]])
			}
			for _, from := range n.From {
				o.takesWhole(b, from, l)
			}
		}
		b.layers = append(b.layers, *l)
		g.Nodes = append(g.Nodes, nodes...)
	}
	if len(g.Inputs) > 1 && len(o.wholeInputs) > 0 && !strings.Contains(o.path, ".layers[") {
		o.problem("layers", wholeText, strings.Join(o.wholeInputs, ", "), "a layer that computes with it")
	}
	inputs, _ := o.ports("input_layers")
	outputs, names := o.ports("output_layers")
	for i := range outputs {
		outputs[i] = o.outputOfModel(outputs[i], models)
	}
	for i, name := range names {
		outputs[i] = o.namedOutput(&g, outputs[i], name)
	}
	if len(inputs) != len(g.Inputs) {
		o.problem("input_layers", "names %d inputs where the model has %d", len(inputs), len(g.Inputs))
	}
	g.Inputs = sortInputs(g.Inputs, inputs)
	for _, in := range g.Inputs {
		b.given = append(b.given, in.Name)
	}
	g.Outputs = outputs
	b.encodings = folded.fold(&g, b)
	o.unlooked(b, g)
	o.dropUnneeded(b, &g, functions)
	if len(outputs) == 1 {
		b.output = outputs[0]
	}
	frozen := false
	if v, there := o.fields["trainable"]; there && v != nil { // as in Keras, which then sets it for all layers
		frozen = !o.flag("trainable")
	}
	o.ignore("trainable")
	o.done()
	if o.full() {
		return b
	}
	if err := g.Check(); err != nil {
		if len(o.problems) == before { // else it may follow from what couldn't be read
			o.problem("layers", "%v", err)
		}
		return b
	}
	b.inputs = g.Inputs
	b.model = g
	if chain, order, ok := asChain(g); ok {
		b.model = chain
		slices.SortStableFunc(b.layers, func(a, b Layer) int { return order[a.Name] - order[b.Name] })
	}
	if frozen {
		b.model = nn.Frozen{Layer: b.model}
	}
	return b
}

// asChain is the graph as a Sequential where it is one layer after the other, with the place of each.
func asChain(g nn.Graph) (chain nn.Sequential, order map[string]int, ok bool) {
	if len(g.Inputs) != 1 || len(g.Outputs) != 1 {
		return nil, nil, false
	}
	order = map[string]int{}
	for at := g.Inputs[0].Name; at != g.Outputs[0]; {
		next := -1
		for i, n := range g.Nodes {
			if !slices.Contains(n.From, at) {
				continue
			}
			if next >= 0 || len(n.From) != 1 || n.Shared != "" || n.Unmasked || n.Reverse {
				return nil, nil, false
			}
			next = i
		}
		if next < 0 {
			return nil, nil, false
		}
		if nn.SeveralOutputs(g.Nodes[next].Layer) {
			return nil, nil, false
		}
		order[g.Nodes[next].Name] = len(chain)
		chain = append(chain, g.Nodes[next].Layer)
		at = g.Nodes[next].Name
	}
	return chain, order, len(chain) == len(g.Nodes)
}

// sortInputs puts the inputs into the order in which the model takes them.
func sortInputs(inputs []nn.Input, order []string) []nn.Input {
	sorted := slices.Clone(inputs)
	slices.SortStableFunc(sorted, func(a, b nn.Input) int {
		return slices.Index(order, a.Name) - slices.Index(order, b.Name)
	})
	return sorted
}

// wellFormed checks what Keras needs of a layer's place in the graph, beside what calls reads.
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

// calls are the uses of a layer in the model, one node for each, and what each was given. The settings
// are the same in all.
func (o *object) calls(layer string) (nodes []nn.Node, calls []*call) {
	class, _ := o.fields["class_name"].(string)
	for i, v := range o.list("inbound_nodes") {
		path := fmt.Sprintf("%s[%d]", o.at("inbound_nodes"), i)
		n := nn.Node{Name: callName(layer, i)}
		if i > 0 {
			n.Shared = layer
		}
		c := o.call(path, class, v)
		if c == nil {
			return nil, nil
		}
		if n.Reverse = c.settings["reverse"]; n.Reverse {
			delete(c.settings, "reverse")
		}
		if i > 0 && !maps.Equal(calls[0].settings, c.settings) {
			o.add(path, "another use of the layer was given other settings: that is not supported")
		}
		n.From = c.from
		nodes, calls = append(nodes, n), append(calls, c)
	}
	if nodes == nil {
		o.problem("inbound_nodes", "the layer is not used")
	}
	return nodes, calls
}

// callName is the name of a layer's use number i, which no layer's own name can be.
func callName(name string, i int) string {
	if i == 0 {
		return name
	}
	return fmt.Sprintf("%s@%d", name, i)
}

// references are the outputs that a list of the model names: [name, node, tensor], one of them or a list of such; or an
// object of them, whose keys Keras goes through in their order.
func (o *object) references(key string) []string {
	var all []string
	if named, ok := o.get(key).(map[string]any); ok {
		for _, name := range slices.Sorted(maps.Keys(named)) {
			o.histories(o.at(key)+"."+name, named[name], &all, 4)
		}
		return all
	}
	o.histories(o.at(key), o.get(key), &all, 4)
	return all
}

// ports are the references to a model's inputs or outputs. Where they are given by name, they are in the order of the names,
// as Keras has them; else names is nil.
func (o *object) ports(key string) (references, names []string) {
	byName, ok := o.get(key).(map[string]any)
	if !ok || byName["class_name"] != nil {
		return o.references(key), nil
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		before := len(references)
		if !o.histories(o.at(key)+"."+name, byName[name], &references, 4) {
			return nil, nil
		}
		if len(references) != before+1 {
			o.problem(key+"."+name, "%s is not the output of one layer", show(byName[name]))
			return nil, nil
		}
		names = append(names, name)
	}
	return references, names
}

// namedOutput is a reference to the same output under the name that the model gives it.
func (o *object) namedOutput(g *nn.Graph, reference, name string) string {
	if reference == name {
		return name
	}
	taken := func(n nn.Node) bool { return n.Name == name }
	if slices.ContainsFunc(g.Nodes, taken) || slices.ContainsFunc(g.Inputs, func(in nn.Input) bool { return in.Name == name }) {
		o.problem("output_layers", "the output %q is that of %q, and there is another layer of that name", name, reference)
		return reference
	}
	g.Nodes = append(g.Nodes, nn.Node{Name: name, Layer: nn.Linear{}, From: []string{reference}})
	return name
}

// histories finds the references to layers' outputs, [name, node, tensor] or Keras 2's [name, node,
// tensor, arguments], wherever they are in an inbound node, in their order. False when one makes no sense, which is
// reported.
func (o *object) histories(path string, v any, all *[]string, depth int) bool {
	if depth == 0 || len(*all) > MaxLayers {
		return true
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 3 || len(v) == 4 {
			if name, isName := v[0].(string); isName {
				return o.history(path, name, v, all)
			}
		}
		for _, one := range v {
			if !o.histories(path, one, all, depth-1) {
				return false
			}
		}
	case map[string]any:
		if v["class_name"] == "__keras_tensor__" {
			config, _ := v["config"].(map[string]any)
			return o.histories(path, config["keras_history"], all, depth-1)
		}
		if args, ok := v["args"]; ok && !o.histories(path, args, all, depth-1) {
			return false
		}
	}
	return true
}

func (o *object) history(path, name string, v []any, all *[]string) bool {
	node, ok1 := numberOf(v[1])
	tensor, ok2 := numberOf(v[2])
	whole := func(x float64) bool { return x == math.Trunc(x) && x >= 0 && x < MaxLayers }
	if !ok1 || !ok2 || !whole(node) || !whole(tensor) || name == "" {
		o.add(path, "%s names no output of a layer", show(v))
		return false
	}
	reference := callName(name, int(node))
	if tensor > 0 {
		reference = fmt.Sprintf("%s:%d", reference, int(tensor))
	}
	*all = append(*all, reference)
	return true
}
