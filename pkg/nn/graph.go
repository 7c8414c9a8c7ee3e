package nn

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Graph is a model whose layers may branch, meet and be used more than once: what Keras calls a functional model.
//
//	nn.Graph{
//		Inputs: []nn.Input{{Name: "x"}},
//		Nodes: []nn.Node{
//			{Name: "narrow", Layer: nn.Dense{Units: 8, Activation: nn.ReLU{}}, From: []string{"x"}},
//			{Name: "wide", Layer: nn.Dense{Units: 8}, From: []string{"narrow"}},
//			{Name: "skip", Layer: nn.Add{}, From: []string{"wide", "narrow"}},
//		},
//		Outputs: []string{"skip"},
//	}
//
// Each node's weights lie in the scope of its name; a node that is Shared uses those of the node that it names. Nodes
// may be listed in any order. [Graph.Check] says what makes a graph invalid; Apply panics with the same.
type Graph struct {
	Name    string   // empty: "functional", as Keras names it
	Inputs  []Input  // at least one
	Nodes   []Node   // at least one
	Outputs []string // what the model returns, in this order: nodes, or "node:1" for the second output of one
}

// Input is an input of a [Graph].
type Input struct {
	Name  string
	Shape []int // of one row, for people and for summaries; −1: any size; nil: not said
}

// Node is one use of a layer in a [Graph].
type Node struct {
	Name   string // of the node's output, and of the scope of its weights
	Layer  Layer  // a [Multi] where there are several inputs or outputs; nil with Shared
	Shared string // the node whose layer is used again here, weights and all
	// Mask gives the layer the mask that its input had before a MultiHeadAttention took it off, as Keras does where it wrote
	// the mask into a functional model.
	Mask bool
	// Unmasked uses the layer as a function: no mask of the inputs reaches it and none comes out, as of keras.ops.relu.
	Unmasked bool
	// Reverse calls a [ReversibleEmbedding] the other way round, from vectors to scores; other layers have no such call.
	Reverse bool
	From    []string // the layer's inputs: inputs of the model, nodes, or "node:1" for the second output of one
}

// Multi is a layer that takes several inputs or gives several outputs.
type Multi interface {
	Layer
	// ApplyAll adds the layer to the graph of its inputs, of which there is at least one. Like Apply it panics on errors.
	ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node
}

// ApplyAll applies any layer to its inputs and returns its outputs; for a layer that isn't a [Multi] there must be
// one input.
func ApplyAll(l Layer, scope *model.Scope, xs []*graph.Node) []*graph.Node {
	before := masksOf(xs)
	var ys []*graph.Node
	if m, ok := l.(Multi); ok {
		ys = m.ApplyAll(scope, xs)
	} else {
		if len(xs) != 1 {
			panic(fmt.Errorf("a %s takes one input, here are %d", typeName(l), len(xs)))
		}
		ys = []*graph.Node{l.Apply(scope, xs[0])}
	}
	if _, wraps := l.(Wrapper); wraps {
		return ys // which has come by here
	}
	return passMasks(l, xs, before, ys)
}

// Kind is "functional".
func (Graph) Kind() string { return "functional" }

// LayerName is Name.
func (g Graph) LayerName() string { return g.Name }

// Apply is [Graph.ApplyAll] for a model with one input and one output. It panics when there are more.
func (g Graph) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if len(g.Inputs) == 1 && len(g.Outputs) != 1 {
		panic(fmt.Errorf("the graph has %d outputs, %s: call ApplyAll, or put it where all are used", len(g.Outputs), strings.Join(g.Outputs, ", ")))
	}
	return g.ApplyAll(scope, []*graph.Node{x})[0]
}

// ApplyAll adds all nodes to the graph of the inputs, given in the order of Inputs, and returns the outputs in the
// order of Outputs. It panics with a [LayerError] where a layer fails.
func (g Graph) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	return asBuiltAlone(xs, func() []*graph.Node { return g.applyAll(scope, xs) })
}

func (g Graph) applyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	order, err := g.order()
	if err != nil {
		panic(err)
	}
	if len(xs) != len(g.Inputs) {
		panic(fmt.Errorf("the graph has %d inputs, %s, here are %d", len(g.Inputs), strings.Join(g.inputNames(), ", "), len(xs)))
	}
	made := map[string][]*graph.Node{}
	for i, in := range g.Inputs {
		made[in.Name] = xs[i : i+1]
	}
	take := func(by string, reference string) *graph.Node {
		name, at, _ := output(reference) // checked by order
		if at >= len(made[name]) {
			panic(fmt.Errorf("%s takes %s, but %s has %d outputs", by, reference, name, len(made[name])))
		}
		return made[name][at]
	}
	for _, n := range order {
		inputs := make([]*graph.Node, len(n.From))
		for i, from := range n.From {
			inputs[i] = take("node "+strconv.Quote(n.Name), from)
		}
		owner, layer := n.Name, g.layerOf(n)
		if n.Shared != "" {
			owner = n.Shared
		}
		apply := func() []*graph.Node { return applyNamed(n.Name, layer, scope.At("%s", owner), inputs) }
		switch {
		case n.Mask:
			made[n.Name] = withBuiltMask(inputs[0], apply)
		case n.Unmasked:
			made[n.Name] = withoutMasks(inputs, apply)
		default:
			made[n.Name] = apply()
		}
	}
	outputs := make([]*graph.Node, len(g.Outputs))
	for i, reference := range g.Outputs {
		outputs[i] = take("the output", reference)
	}
	return outputs
}

// Parts are the nodes that have a layer of their own, in the order in which they are computed.
func (g Graph) Parts() ([]Part, error) {
	order, err := g.order()
	if err != nil {
		return nil, err
	}
	var parts []Part
	for _, n := range order {
		if n.Shared == "" {
			parts = append(parts, Part{n.Name, n.Layer})
		}
	}
	return parts, nil
}

// WithParts is the graph with what became of its nodes' layers. Where one is left out, who took its output takes the
// node's first input instead. What is put before or behind a layer is a node of its own there, for the other uses of a
// shared layer too; before a layer with several inputs it goes to the first.
func (g Graph) WithParts(changes []Change) Layer {
	order, err := g.order()
	if err != nil {
		return g // Parts has given the same error
	}
	r := rewiring{out: Graph{Name: g.Name, Inputs: g.Inputs}, instead: map[string]string{}, used: map[string]bool{}}
	of := map[string]Change{}
	next := 0
	for _, n := range order {
		r.used[n.Name] = true
		if n.Shared == "" {
			of[n.Name] = changes[next]
			next++
		}
	}
	first := map[string][]string{} // the names of what was added around a layer, at its first use
	for _, n := range order {
		owner := n.Name
		if n.Shared != "" {
			owner = n.Shared
		}
		r.rewire(n, of[owner], owner, first)
	}
	if len(r.out.Nodes) == 0 {
		return nil
	}
	r.out.Outputs = r.resolved(g.Outputs)
	return r.out
}

// rewiring is a graph in the making.
type rewiring struct {
	out     Graph
	instead map[string]string // what is to be taken in place of a reference
	used    map[string]bool   // names
}

func (r *rewiring) resolved(references []string) []string {
	resolved := make([]string, len(references))
	for i, reference := range references {
		for r.instead[reference] != "" {
			reference = r.instead[reference]
		}
		resolved[i] = reference
	}
	return resolved
}

// rewire adds a node with its change.
func (r *rewiring) rewire(n Node, c Change, owner string, first map[string][]string) {
	from := r.resolved(n.From)
	added := first[owner]
	firstUse := added == nil
	put := func(l Layer) {
		name := r.fresh(l)
		node := Node{Name: name, Layer: l, From: from[:1:1]}
		if firstUse {
			first[owner] = append(first[owner], name)
		} else {
			node.Layer, node.Shared, added = nil, added[0], added[1:]
		}
		r.out.Nodes = append(r.out.Nodes, node)
		from = append([]string{name}, from[1:]...)
	}
	for _, l := range c.Before {
		put(l)
	}
	if c.Layer != nil {
		n.From = from
		if n.Shared == "" {
			n.Layer = c.Layer
		}
		r.out.Nodes = append(r.out.Nodes, n)
		from = []string{n.Name}
	}
	for _, l := range c.Behind {
		put(l)
	}
	if from[0] != n.Name {
		r.instead[n.Name] = from[0]
	}
}

// fresh is a name for an added layer: its own, or its kind's, made unlike all others.
func (r *rewiring) fresh(l Layer) string {
	name := nameOf(l)
	if name == "" {
		name = kindOf(l)
	}
	for stem, i := name, 1; r.used[name]; i++ {
		name = fmt.Sprintf("%s_%d", stem, i)
	}
	r.used[name] = true
	return name
}

// Bounds are those of the layer that makes the first output.
func (g Graph) Bounds() (low, high float64) {
	if len(g.Outputs) > 0 {
		name, _, _ := output(g.Outputs[0])
		if n := g.node(name); n != nil {
			if n.Shared != "" {
				n = g.node(n.Shared)
			}
			if n != nil && n.Layer != nil {
				return Bounds(n.Layer)
			}
		}
	}
	return Bounds(nil)
}

// layerOf is the layer that a node calls, its own or the one that it shares.
func (g Graph) layerOf(n Node) Layer {
	layer := n.Layer
	if n.Shared != "" {
		layer = g.node(n.Shared).Layer
	}
	if n.Reverse {
		layer, _ = WithCallSetting(layer, "reverse", true) // Check has refused others
	}
	return layer
}

func (g Graph) node(name string) *Node {
	for i := range g.Nodes {
		if g.Nodes[i].Name == name {
			return &g.Nodes[i]
		}
	}
	return nil
}

func (g Graph) inputNames() []string {
	names := make([]string, len(g.Inputs))
	for i, in := range g.Inputs {
		names[i] = in.Name
	}
	return names
}
