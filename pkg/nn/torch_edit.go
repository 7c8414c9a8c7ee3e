package nn

import (
	"reflect"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// TorchEdit is a place where a graph that stands for a program in PyTorch differs from what it was.
type TorchEdit struct {
	Node    string        // of the graph before, whose layer changes or is left out; empty: modules are added
	Old     []string      // the layer's modules in PyTorch, "nn.Linear(2, 3)"; none: it is a function there
	New     []string      // those in their place, or added; none: the layer is left out, where it isn't Same
	Same    bool          // the modules stay: it is about what else is said here
	Thawed  bool          // the weights are trained now
	Behind  string        // of what is added: the node or input whose output it takes
	Ahead   []string      // the nodes that take what it gives
	Alone   bool          // nothing else takes what Behind gives
	Weights []TorchWeight // that have a penalty now; where PyTorch has them isn't said
	Err     error         // why New can't be written; nil: it can
}

// TorchEdits are the places where after differs from before, in the order of the model. inputs are the shapes of the graph's
// inputs, the batch included.
func TorchEdits(before, after Graph, inputs ...[]int) []TorchEdit {
	e := torchEditor{before: before, after: after, old: inputsOf(before, inputs), new: inputsOf(after, inputs)}
	order, err := after.order()
	if err != nil {
		return nil
	}
	var edits []TorchEdit
	gone := e.gone()
	for _, n := range order {
		switch was := before.node(n.Name); {
		case n.Shared != "":
		case was == nil:
			edits = e.added(edits, n)
		default:
			edits = append(edits, e.changed(*was, n, gone)...)
		}
	}
	for _, n := range gone {
		edits = append(edits, TorchEdit{Node: n.Name, Old: e.modules(n.Layer, e.old[n.Name]), New: n.instead})
	}
	at := map[string]int{}
	for i, n := range before.Nodes {
		at[n.Name] = i
	}
	slices.SortStableFunc(edits, func(a, b TorchEdit) int { return at[a.Node+a.Behind] - at[b.Node+b.Behind] })
	return edits
}

type torchEditor struct {
	before, after Graph
	old, new      map[string][][]int // shapes of the nodes' inputs
}

// goneNode is one that the graph has no more.
type goneNode struct {
	Node
	instead []string // modules that stand in its place
}

func (e torchEditor) gone() []*goneNode {
	var all []*goneNode
	for _, n := range e.before.Nodes {
		if n.Shared == "" && e.after.node(n.Name) == nil {
			all = append(all, &goneNode{Node: n})
		}
	}
	return all
}

// inputsOf are the shapes of what each node takes, as far as they are known.
func inputsOf(g Graph, inputs [][]int) map[string][][]int {
	all := map[string][][]int{}
	_, _ = Measure(g, inputs, func(m Measured) error { // what isn't known is written in words
		if _, again := all[m.Path]; !again {
			all[m.Path] = m.Inputs
		}
		return nil
	})
	return all
}

// modules are a layer's in PyTorch, as far as they can be written.
func (e torchEditor) modules(l Layer, inputs [][]int) []string {
	all, _ := torchModules(l, inputs)
	return all
}

func torchModules(l Layer, inputs [][]int) (modules []string, err error) {
	defer func() { // settings that Apply would refuse
		if r := recover(); r != nil {
			modules, err = nil, noTorch(l)
		}
	}()
	w, ok := Bare(l).(TorchWriter)
	if !ok || inputs == nil {
		return nil, noTorch(Bare(l))
	}
	steps, err := w.TorchSteps(inputs)
	if err != nil {
		// PyTorch's recurrent modules give their states in any case.
		if plain, other := codec.With(Bare(l), "ReturnState", nil); other == nil && !reflect.DeepEqual(plain, Bare(l)) {
			return torchModules(plain.(Layer), inputs)
		}
		return nil, err
	}
	for _, s := range steps {
		if s.Module != "" {
			modules = append(modules, s.Module)
		}
	}
	return modules, nil
}

// changed is what becomes of a node's layer. An activation that it has now and that was a node of its own before is told there.
func (e torchEditor) changed(was, is Node, gone []*goneNode) []TorchEdit {
	edit := TorchEdit{Node: was.Name, Old: e.modules(was.Layer, e.old[was.Name])}
	edit.Thawed = IsFrozen(was.Layer) && !IsFrozen(is.Layer)
	edit.Weights = e.penalties(was, is)
	edit.New, edit.Err = torchModules(is.Layer, e.new[is.Name])
	if n := len(edit.Old); n > 0 && len(edit.New) > n {
		for _, g := range gone {
			if _, activates := g.Layer.(Activation); activates && g.instead == nil && e.follows(g.Node, was.Name) {
				g.instead, edit.New = edit.New[n:], edit.New[:n]
				break
			}
		}
	}
	edit.Same = slices.Equal(edit.Old, edit.New) && (edit.Err == nil || reflect.DeepEqual(was.Layer, is.Layer))
	if edit.Same && !edit.Thawed && edit.Weights == nil {
		return nil // only how its weights are drawn, which is told for all
	}
	return []TorchEdit{edit}
}

// follows reports whether a node takes what another gives, with nothing but views between.
func (e torchEditor) follows(n Node, name string) bool {
	for len(n.From) > 0 {
		from, _, _ := strings.Cut(n.From[0], ":")
		if from == name {
			return true
		}
		before := e.before.node(from)
		if before == nil || before.Layer == nil || HasKernel(before.Layer) {
			return false
		}
		n = *before
	}
	return false
}

// penalties are the weights that have one now.
func (e torchEditor) penalties(was, is Node) []TorchWeight {
	if e.old[was.Name] == nil || e.new[is.Name] == nil {
		return nil // a layer made of others
	}
	had := map[string]bool{}
	for _, w := range weightsOfAll(was.Layer, e.old[was.Name]) {
		had[w.Name] = w.Regularizer != nil
	}
	var all []TorchWeight
	for _, w := range weightsOfAll(is.Layer, e.new[is.Name]) {
		if w.Regularizer != nil && !had[w.Name] {
			all = append(all, TorchWeight{Path: "/" + is.Name + "/" + w.Name, Regularizer: w.Regularizer})
		}
	}
	return all
}

// added is a node that wasn't there, behind one that was added before it where nothing else takes what that gives.
func (e torchEditor) added(edits []TorchEdit, n Node) []TorchEdit {
	edit := TorchEdit{Behind: n.From[0]}
	edit.New, edit.Err = torchModules(n.Layer, e.new[n.Name])
	edit.Ahead = e.takers(n.Name)
	if last := len(edits) - 1; last >= 0 && edits[last].Node == "" && slices.Equal(edits[last].Ahead, []string{n.Name}) {
		edits[last].New, edits[last].Ahead = append(edits[last].New, edit.New...), edit.Ahead
		if edits[last].Err == nil {
			edits[last].Err = edit.Err
		}
		return edits
	}
	edit.Alone = len(e.takers(n.From[0])) == 1
	return append(edits, edit)
}

// takers are who takes what a node gives: nodes, and "" for the model's output.
func (e torchEditor) takers(name string) []string {
	var all []string
	for _, n := range e.after.Nodes {
		if slices.Contains(n.From, name) {
			all = append(all, n.Name)
		}
	}
	if slices.Contains(e.after.Outputs, name) {
		all = append(all, "")
	}
	return all
}
