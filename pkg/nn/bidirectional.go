package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// Bidirectional goes through a sequence from both ends with two recurrent layers and merges what they give, as Keras'
// Bidirectional. Schuster & Paliwal 1997.
//
//	nn.Bidirectional{Layer: nn.LSTM{Units: 16, ReturnSequences: true}}
//
// Sequences of the backward layer are turned around, so that step t of both is of the same step of the input. With
// MergeMode "none" there are two outputs, for an nn.Graph.
//
// Shapes: x [batch, time, features] → what Layer makes of it, with twice the features where they are concatenated.
type Bidirectional struct {
	Name      string `keras:"-"`                                                  // empty: "bidirectional", "bidirectional_1", …
	Layer     Layer  `keras:"layer,positional,required"`                          // goes forward; must not be nil
	MergeMode string `keras:"merge_mode,oneof=concat|sum|mul|ave|none,null=none"` // empty: "concat"; "none": two outputs
	Backward  Layer  `keras:"backward_layer"`                                     // nil: one like Layer that goes the other way
}

var _ = layers.Add(Bidirectional{}, codec.Ignored("weights"))

// Parts are the forward and the backward layer.
func (b Bidirectional) Parts() ([]Part, error) {
	if b.Layer == nil {
		return nil, errors.New("Bidirectional.Layer is nil")
	}
	forward, backward := b.directions()
	parts := []Part{{partNamed(forward), forward}, {partNamed(backward), backward}}
	if parts[0].Name == parts[1].Name {
		return nil, fmt.Errorf("both layers of the Bidirectional are named %q: give one another Name", parts[0].Name)
	}
	if goesBackwards(forward) == goesBackwards(backward) && isRecurrent(forward) && isRecurrent(backward) {
		return nil, errors.New("both layers of the Bidirectional go the same way: set GoBackwards of one")
	}
	return parts, nil
}

func isRecurrent(l Layer) bool {
	_, ok := Bare(l).(Recurrent)
	return ok
}

// directions are both layers, which give zeros for masked steps as Keras makes them do.
func (b Bidirectional) directions() (forward, backward Layer) {
	forward, backward = b.Layer, b.Backward
	if backward == nil {
		backward = reversedLayer(forward)
		if name := partNamed(forward); name == partNamed(backward) || nameOf(forward) == "" {
			forward = renamedPart(forward, "forward_"+kindOf(forward))
		}
	}
	return zerosForMask(forward), zerosForMask(backward)
}

func renamedPart(l Layer, name string) Layer {
	if HasSetting(l, "Name") {
		return with(l, "Name", name)
	}
	return Renamed{name, l}
}

func zerosForMask(l Layer) Layer {
	if w, ok := l.(Wrapper); ok {
		return w.Wrap(zerosForMask(w.Unwrap()))
	}
	if r, ok := l.(Recurrent); ok {
		return with(l, "ZeroOutputForMask", r.Sequences())
	}
	return l
}

// WithParts is the Bidirectional of what became of its two layers; nil when one is left out.
func (b Bidirectional) WithParts(changes []Change) Layer {
	b.Layer, b.Backward = changedPart(changes[0]), changedPart(changes[1])
	if b.Layer == nil || b.Backward == nil {
		return nil
	}
	return b
}

// Apply returns what both layers give, merged. It panics when they don't go together, and with MergeMode "none", which has
// two outputs.
func (b Bidirectional) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	ys := b.ApplyAll(scope, []*graph.Node{x})
	if len(ys) != 1 {
		panic(errors.New("a Bidirectional that merges nothing or returns states has several outputs: use it in an nn.Graph"))
	}
	return ys[0]
}

// ApplyAll is Apply for any MergeMode, and to a sequence and the states to begin with, first those of the forward layer. Behind
// the output, or both of them, come the last states of layers that return theirs, in the same order.
func (b Bidirectional) ApplyAll(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	if err := codec.Check(b); err != nil {
		panic(err)
	}
	parts, err := b.Parts()
	if err != nil {
		panic(err)
	}
	ahead, back := divided(xs)
	forwards, backwards := applyPartTo(parts[0].Layer, scope, ahead), applyPartTo(parts[1].Layer, scope, back)
	states := slices.Concat(forwards[1:], backwards[1:])
	forward, backward := forwards[0], backwards[0]
	if _, err := b.merged(forward.Shape().Dimensions, backward.Shape().Dimensions); err != nil {
		panic(err)
	}
	if sequences(parts[1].Layer) && backward.Rank() > 2 {
		backward = graph.Reverse(backward, 1)
	}
	switch b.MergeMode {
	case "none":
		return append([]*graph.Node{forward, backward}, states...)
	case "sum":
		return append([]*graph.Node{graph.Add(forward, backward)}, states...)
	case "mul":
		return append([]*graph.Node{graph.Mul(forward, backward)}, states...)
	case "ave":
		return append([]*graph.Node{graph.DivScalar(graph.Add(forward, backward), 2)}, states...)
	}
	return append([]*graph.Node{graph.Concatenate([]*graph.Node{forward, backward}, -1)}, states...)
}

// divided are the inputs of the forward and of the backward layer: the sequence, and half of the states each.
func divided[T any](xs []T) (forward, backward []T) {
	half := (len(xs) - 1) / 2
	return slices.Concat(xs[:1], xs[1:1+half]), slices.Concat(xs[:1], xs[1+half:])
}

// Parameters are the arguments of Keras' call.
func (Bidirectional) Parameters() []string { return recurrentParameters }

// Arrange puts the sequence in front of the states.
func (Bidirectional) Arrange(given map[string][]string) ([]string, error) {
	n := len(given["sequences"]) + len(given["initial_state"]) - 1
	if n%2 != 0 {
		return nil, fmt.Errorf("Bidirectional takes as many states for both ways, here are %d", n)
	}
	return arrangeStates("Bidirectional", given)
}

// merged are the outputs for what the two layers give.
func (b Bidirectional) merged(forward, backward []int) ([][]int, error) {
	same := len(forward) == len(backward)
	concat := b.MergeMode == "" || b.MergeMode == "concat"
	for axis := 0; same && axis < len(forward); axis++ {
		same = forward[axis] == backward[axis] || b.MergeMode == "none" || concat && axis == len(forward)-1
	}
	switch {
	case !same:
		return nil, fmt.Errorf("Bidirectional can't merge %v and %v, which its layers give", forward, backward)
	case b.MergeMode == "none":
		return [][]int{forward, backward}, nil
	case concat:
		return [][]int{withLast(forward, forward[len(forward)-1]+backward[len(backward)-1])}, nil
	}
	return [][]int{forward}, nil
}

func (b Bidirectional) measure(path string, frozen bool, inputs [][]int, f func(Measured) error) ([][]int, error) {
	parts, err := b.Parts()
	if err != nil {
		return nil, inside(path, err)
	}
	var outputs [2][]int
	var states [][]int
	var each [2][][]int
	each[0], each[1] = divided(inputs)
	for i, p := range parts {
		ys, err := measure(p.Layer, below(path, p.Name), frozen, each[i], f)
		if err != nil {
			return nil, err
		}
		outputs[i], states = ys[0], append(states, ys[1:]...)
	}
	merged, err := b.merged(outputs[0], outputs[1])
	if err != nil {
		return nil, inside(path, err)
	}
	return append(merged, states...), nil
}

// Bounds are those of both layers where their outputs stay apart or are averaged.
func (b Bidirectional) Bounds() (low, high float64) {
	if b.Layer == nil || b.MergeMode == "sum" || b.MergeMode == "mul" {
		return math.Inf(-1), math.Inf(1)
	}
	forward, backward := b.directions()
	low, high = Bounds(forward)
	l, h := Bounds(backward)
	return min(low, l), max(high, h)
}

func (b Bidirectional) kerasCode(c kerasContext) (string, error) {
	if b.Layer == nil {
		return "", errors.New("Bidirectional.Layer is nil")
	}
	inner, err := kerasCode(b.Layer, kerasContext{indent: c.indent})
	if err != nil {
		return "", err
	}
	arguments := []string{inner}
	switch b.MergeMode {
	case "", "concat":
	case "none":
		arguments = append(arguments, "merge_mode=None")
	default:
		arguments = append(arguments, "merge_mode="+codec.PythonString(b.MergeMode))
	}
	if b.Backward != nil {
		backward, err := kerasCode(b.Backward, kerasContext{indent: c.indent})
		if err != nil {
			return "", err
		}
		arguments = append(arguments, "backward_layer="+backward)
	}
	if c.name == "" {
		c.name = b.Name
	}
	return codec.Call{Function: "layers.Bidirectional", Arguments: append(arguments, c.arguments()...)}.String(), nil
}

// torch writes both layers, then how their outputs are merged.
func (b Bidirectional) torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	if err := codec.Check(b); err != nil {
		return nil, inside(at.path, err)
	}
	parts, err := b.Parts()
	if err != nil {
		return nil, inside(at.path, err)
	}
	if len(inputs) > 1 {
		return nil, inside(at.path, errors.New("the Bidirectional begins with states that it is given: that isn't written in PyTorch"))
	}
	var ways [2]torchValue
	for i, p := range parts {
		path := below(at.path, p.Name)
		outputs, err := w.layer(p.Layer, torchPlace{path, w.variables.unique(p.Name), at.frozen}, slices.Clone(inputs))
		if err != nil {
			return nil, err
		}
		ways[i] = outputs[0]
	}
	merged, err := b.merged(ways[0].shape, ways[1].shape)
	if err != nil {
		return nil, inside(at.path, err)
	}
	backward := "{1}"
	if len(ways[1].shape) > 2 {
		backward = "{1}.flip(1)"
	}
	if b.MergeMode == "none" {
		if backward != "{1}" {
			w.ops = append(w.ops, torchOp{TorchStep: TorchStep{Forward: "{x}.flip(1)"}, inputs: []string{ways[1].expression}, output: ways[1].expression})
		}
		return ways[:], nil
	}
	forward := "torch.cat(({0}, " + backward + "), dim=-1)"
	switch b.MergeMode {
	case "sum":
		forward = "{0} + " + backward
	case "mul":
		forward = "{0} * " + backward
	case "ave":
		forward = "({0} + " + backward + ") / 2"
	}
	w.ops = append(w.ops, torchOp{TorchStep: TorchStep{Forward: forward}, inputs: []string{ways[0].expression, ways[1].expression}, output: at.variable})
	return []torchValue{{expression: at.variable, shape: merged[0], mask: ways[0].mask, built: ways[0].built}}, nil
}
