package keras

import (
	"maps"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// operation is a function of keras.ops in a functional model, x + 1, and what it is given.
type operation struct {
	*object
	config *object
	args   []operand
	node   *nn.Node
}

// operand is an argument of an operation: a layer's output, a constant, or anything else that the file has there.
type operand struct {
	tensor  string // what puts it out; empty: none
	shape   []int  // with the batch; −1: any size
	boolean bool
	narrow  string // "uint8" and other types of whole numbers that are soon full; empty: another

	constant []float64 // nil: none
	sizes    []int     // of the constant; nil: one number

	value any
}

// isOperation reports whether an entry of a functional model is a function and no layer: by its module, or in a file without
// any by what every layer has.
func (o *object) isOperation() bool {
	module, there := o.fields["module"].(string)
	if !there && o.legacy && !o.keras2 {
		config, _ := o.fields["config"].(map[string]any)
		_, layer := config["trainable"]
		return !layer
	}
	return strings.HasPrefix(module, "keras.src.ops.") || module == "keras.ops" || strings.HasPrefix(module, "keras.ops.")
}

// operation reads an entry that is a function. Its problems go into a report of their own, for it counts only where the
// model needs it: Keras writes down how it makes masks as well.
func (o *object) operation() (node nn.Node, l *Layer, problems *report) {
	aside := &report{keras2: o.keras2, legacy: o.legacy, version: o.version}
	entry := newObject(o.path, o.fields, aside)
	l = &Layer{Name: entry.layerName(), Path: o.path}
	l.Class = entry.text("class_name")
	node = nn.Node{Name: l.Name}
	op := operation{object: entry, config: entry.child("config"), node: &node}
	if layer := op.read(l.Class); layer != nil && len(aside.problems) == 0 {
		l.value = layer
		l.named()
	} else {
		if len(aside.problems) == 0 {
			op.refuse("is not supported as it is used here")
		}
		l = entry.unread()
	}
	node.Layer = l.value
	return node, l, aside
}

func (op operation) refuse(format string, args ...any) {
	label := strings.TrimSpace(op.text("class_name") + " " + show(op.layerName()))
	op.add(op.path+" ("+label+")", "the operation "+format, args...)
}

// read reads the arguments, then the function.
func (op operation) read(class string) nn.Layer {
	inbound := op.list("inbound_nodes")
	make, known := operations[class]
	switch {
	case !known:
		op.refuse("keras.ops of class %s is not supported", orUnnamed(class))
		return nil
	case len(inbound) != 1:
		op.refuse("is called %d times, once is supported", len(inbound))
		return nil
	case len(op.layerName()) > MaxName:
		op.refuse("has a name of more than %d bytes", MaxName)
		return nil
	case strings.ContainsAny(op.layerName(), "/:@\x00"):
		op.refuse("has a name with %q, %q or %q in it", "/", ":", "@")
		return nil
	}
	args, kwargs := arguments(inbound[0])
	for _, v := range args {
		if list, ok := v.([]any); ok && slices.ContainsFunc(list, isTensors) {
			for _, one := range list {
				op.args = append(op.args, op.operand(one))
			}
			continue
		}
		op.args = append(op.args, op.operand(v))
	}
	for _, name := range slices.Sorted(maps.Keys(kwargs)) {
		if name == "constant_values" && kwargs[name] != nil {
			op.args = append(op.args, op.operand(kwargs[name]))
			continue
		}
		if v := kwargs[name]; v != nil && v != false {
			op.refuse("takes %s by its name, %s: that is not supported", name, show(v))
		}
	}
	for _, a := range op.args {
		if a.tensor != "" {
			op.node.From = append(op.node.From, a.tensor)
		}
	}
	if len(op.node.From) == 0 {
		op.refuse("takes no layer's output")
		return nil
	}
	if dtype := op.wraps(class); dtype != "" {
		op.refuse("computes in %s, where numbers start anew beyond its largest: cast to float32 first", dtype)
		return nil
	}
	return make(op, class)
}

// wrapping are the functions whose results leave a narrow type of whole numbers.
var wrapping = []string{"Add", "Subtract", "Multiply", "Negative", "Power", "Square", "Matmul", "Dot", "Einsum", "Tensordot", "Diff", "LeftShift"}

// wraps is the narrow type in which a function computes, 128 − x of a uint8 say; empty: it is no such function, or a constant
// with a fraction makes floats of it.
func (op operation) wraps(class string) string {
	if !slices.Contains(wrapping, class) {
		return ""
	}
	dtype := ""
	for _, a := range op.args {
		if a.tensor != "" && a.narrow == "" {
			return "" // the wider type is that of the result
		}
		if a.narrow != "" {
			dtype = a.narrow
		}
		for _, v := range a.constant {
			if v != math.Trunc(v) {
				return ""
			}
		}
	}
	return dtype
}

func (op operation) operand(v any) operand {
	a := operand{value: v}
	if isTensors(v) {
		var all []string
		if !op.histories(op.at("inbound_nodes"), v, &all, 4) || len(all) != 1 {
			op.refuse("takes %s, which is no layer's output", show(v))
			return a
		}
		a.tensor = all[0]
		config, _ := v.(map[string]any)["config"].(map[string]any)
		a.shape = append([]int{-1}, shapeOf(config["shape"])...)
		a.boolean = config["dtype"] == "bool"
		if dtype, _ := config["dtype"].(string); integers[dtype] > 0 && integers[dtype] <= 1<<16 {
			a.narrow = dtype
		}
		return a
	}
	if fields, ok := v.(map[string]any); ok && (fields["class_name"] == "__numpy__" || fields["class_name"] == "__tensor__") {
		config, _ := fields["config"].(map[string]any)
		v = config["value"]
		a.boolean = config["dtype"] == "bool"
	}
	if b, ok := v.(bool); ok {
		a.boolean = true
		a.constant = []float64{0}
		if b {
			a.constant[0] = 1
		}
		return a
	}
	if !a.fill(v, 0) {
		a.constant, a.sizes = nil, nil
	}
	return a
}

// fill takes the numbers of a constant, nested in lists of equal lengths; false: it is none.
func (a *operand) fill(v any, depth int) bool {
	if list, ok := v.([]any); ok && depth < 16 && len(list) > 0 {
		if depth == len(a.sizes) && len(a.constant) == 0 {
			a.sizes = append(a.sizes, len(list))
		}
		if depth >= len(a.sizes) || a.sizes[depth] != len(list) {
			return false
		}
		for _, one := range list {
			if !a.fill(one, depth+1) {
				return false
			}
		}
		return true
	}
	x, ok := numberOf(v)
	if b, isBool := v.(bool); isBool {
		ok, x = true, 0
		if b {
			x = 1
		}
	}
	if !ok || math.IsNaN(x) || math.IsInf(x, 0) || depth != len(a.sizes) {
		return false
	}
	a.constant = append(a.constant, x)
	return true
}

// tensors reports whether the operation was given so many layers' outputs and nothing else, which else is reported.
func (op operation) tensors(n int) bool {
	if len(op.args) == n && len(op.node.From) == n {
		return true
	}
	op.refuse("takes %d arguments, %d of them layers' outputs, where %d outputs are supported", len(op.args), len(op.node.From), n)
	return false
}

// rank is the number of axes of the first argument.
func (op operation) rank() int { return len(op.args[0].shape) }

// axis reads an axis behind the batch, counted from the front.
func (op operation) axis(key string, rank int) (int, bool) {
	v := op.config.get(key)
	a, ok := wholeOf(v)
	if ok && a < 0 {
		a += rank
	}
	if !ok || a < 1 || a >= rank {
		op.refuse("has %s=%s: only one axis behind the batch is supported", key, show(v))
		return 0, false
	}
	return a, true
}

// axes reads one axis or several behind the batch, counted from the front.
func (op operation) axes(key string, rank int) ([]int, bool) {
	var axes []int
	for _, v := range (source{op.config}).listed(key) {
		a, ok := wholeOf(v)
		if ok && a < 0 {
			a += rank
		}
		if !ok || a < 1 || a >= rank {
			op.refuse("has %s=%s: only axes behind the batch are supported", key, show(op.config.get(key)))
			return nil, false
		}
		axes = append(axes, a)
	}
	if axes == nil {
		op.refuse("has %s=%s, which takes the batch's rows together: that is not supported", key, show(op.config.get(key)))
	}
	return axes, axes != nil
}

// function is keras.ops' name of a class: "TrueDivide" is true_divide.
func function(class string) string {
	var b strings.Builder
	for i, r := range class {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// needed are the names of what a model's outputs come from.
func needed(g nn.Graph) map[string]bool {
	makes := map[string]nn.Node{}
	for _, n := range g.Nodes {
		makes[n.Name] = n
	}
	stays := map[string]bool{}
	var visit func(reference string)
	visit = func(reference string) {
		name, _, _ := strings.Cut(reference, ":")
		if stays[name] {
			return
		}
		stays[name] = true
		for _, from := range makes[name].From {
			visit(from)
		}
		if shared := makes[name].Shared; shared != "" {
			visit(shared)
		}
	}
	for _, reference := range g.Outputs {
		visit(reference)
	}
	return stays
}

// dropUnneeded takes functions out of a graph that no output needs, and reports what isn't understood of the others.
func (o *object) dropUnneeded(b *built, g *nn.Graph, functions map[string]*report) {
	stays := needed(*g)
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n nn.Node) bool {
		_, is := functions[n.Name]
		return is && !stays[n.Name]
	})
	b.layers = slices.DeleteFunc(b.layers, func(l Layer) bool {
		_, is := functions[l.Name]
		return is && !stays[l.Name]
	})
	for _, n := range g.Nodes {
		if r := functions[n.Name]; r != nil {
			for _, p := range r.problems {
				if !o.full() {
					o.problems = append(o.problems, p)
				}
			}
		}
	}
}

// cutting is what stands between an input of which Keras makes whole numbers and a function that computes with it.
func cutting(input string) nn.Node {
	name := input + "_whole"
	return nn.Node{Name: name, Layer: nn.Renamed{Name: name, Layer: nn.Cast{To: "int32"}}, From: []string{input}}
}
