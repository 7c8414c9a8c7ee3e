package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
)

// A mask says which steps of a sequence count: [batch, time], true for those that do. It goes with a layer's output, as in
// Keras: an Embedding with MaskZero and a Masking make one, other layers pass it on, let go of it or look at it. This file
// says which does what; recurrent layers, attention, GlobalAveragePooling1D and BatchNormalization look at it.

// maskTable is a graph's masks by the nodes that have them; its value is the key that the graph keeps it under.
type maskTable string

const (
	// running are the masks that layers find when they are applied.
	running maskTable = "running"
	// built are those that Keras knew when a functional model was put together, which it gives to some layers in place of
	// those that run: a MultiHeadAttention hasn't taken them off, and a model inside of another neither gets nor gives any.
	built maskTable = "built"
)

func (t maskTable) of(x *graph.Node) *graph.Node {
	masks, _ := x.Graph().State(t).(map[*graph.Node]*graph.Node)
	return masks[x]
}

func (t maskTable) all(xs []*graph.Node) []*graph.Node {
	masks := make([]*graph.Node, len(xs))
	for i, x := range xs {
		masks[i] = t.of(x)
	}
	return masks
}

func (t maskTable) set(x, mask *graph.Node) {
	masks, _ := x.Graph().State(t).(map[*graph.Node]*graph.Node)
	switch {
	case mask == nil:
		delete(masks, x)
		return
	case masks == nil:
		masks = map[*graph.Node]*graph.Node{}
		x.Graph().AttachState(t, masks)
	}
	masks[x] = mask
}

// MaskOf is the mask of x, which a layer put out; nil: all steps count.
func MaskOf(x *graph.Node) *graph.Node { return running.of(x) }

// setMask gives x a mask; nil takes it away.
func setMask(x, mask *graph.Node) { running.set(x, mask) }

// makeMask gives what a layer puts out the mask that it makes.
func makeMask(y, mask *graph.Node) {
	running.set(y, mask)
	built.set(y, mask)
}

func masksOf(xs []*graph.Node) []*graph.Node { return running.all(xs) }

// withBuiltMask applies a layer to x with the mask that was built for it.
func withBuiltMask(x *graph.Node, apply func() []*graph.Node) []*graph.Node {
	before := MaskOf(x)
	defer setMask(x, before)
	setMask(x, built.of(x))
	return apply()
}

// withoutMasks applies a layer to xs as if they had no masks; what it puts out has none.
func withoutMasks(xs []*graph.Node, apply func() []*graph.Node) []*graph.Node {
	runs, was := running.all(xs), built.all(xs)
	for _, x := range xs {
		makeMask(x, nil)
	}
	ys := slices.Clone(apply())
	for i, y := range ys {
		if slices.Contains(xs, y) { // which gets its own back
			ys[i] = graph.Identity(y)
		}
	}
	for i, x := range xs {
		running.set(x, runs[i])
		built.set(x, was[i])
	}
	return ys
}

// asBuiltAlone runs a model inside of another, or one by itself: none of its inputs has a built mask in it, none of its
// outputs behind it.
func asBuiltAlone(xs []*graph.Node, apply func() []*graph.Node) []*graph.Node {
	before := built.all(xs)
	for _, x := range xs {
		built.set(x, nil)
	}
	ys := apply()
	for _, y := range ys {
		built.set(y, nil)
	}
	for i, x := range xs {
		built.set(x, before[i])
	}
	return ys
}

// passing is what becomes of the masks of a layer's inputs.
type passing int

const (
	letsGo     passing = iota // the outputs have none
	keeps                     // that of the first input
	merges                    // a step counts where it does in any input; none where an input has none
	joins                     // as Concatenate joins its inputs
	bySequence                // that of the input, where the outputs have steps
	makes                     // the layer makes its own
	passesOn                  // the layers inside say
)

// passingOf follows Keras' supports_masking and compute_mask. A layer that isn't named lets go.
func passingOf(l Layer) passing {
	switch l := l.(type) {
	case Sequential, Graph:
		return passesOn
	case Masking:
		return makes
	case Embedding:
		if l.MaskZero {
			return makes
		}
		return letsGo
	case ReversibleEmbedding:
		if l.MaskZero && !l.Reverse {
			return makes
		}
		return letsGo
	case Add, Subtract, Multiply, Average, Maximum, Minimum:
		return merges
	case Concatenate:
		return joins
	case Recurrent, Bidirectional:
		return bySequence
	case TimeDistributed, MultiHeadAttention, GroupQueryAttention, Attention, AdditiveAttention,
		Dense, PReLU, Dropout, AlphaDropout, GaussianDropout, GaussianNoise, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D,
		ActivityRegularization, BatchNormalization, LayerNormalization, GroupNormalization, UnitNormalization, Rescaling,
		Normalization, SoftmaxOver:
		return keeps
	}
	if _, isActivation := l.(Activation); isActivation {
		return keeps
	}
	return letsGo
}

// looksAtMasks reports whether what a layer gives depends on the masks of its inputs.
func looksAtMasks(l Layer) bool {
	switch l.(type) {
	case Recurrent, MultiHeadAttention, GroupQueryAttention, Attention, AdditiveAttention, GlobalAveragePooling1D, BatchNormalization,
		Multiply, Maximum, Minimum:
		return true
	}
	return false
}

// passMasks gives the outputs of a layer their masks, by those that its inputs had before.
func passMasks(l Layer, xs, before, ys []*graph.Node) []*graph.Node {
	rule := passingOf(l)
	builtBefore := built.all(xs)
	some := func(m *graph.Node) bool { return m != nil }
	if rule == makes || rule == passesOn || !slices.ContainsFunc(before, some) && !slices.ContainsFunc(builtBefore, some) {
		return ys
	}
	ys = slices.Clone(ys)
	for i, y := range ys {
		runs, was := passed(l, rule, xs, before), passed(l, rule, xs, builtBefore)
		if rule == bySequence && (!sequences(l) || returnsState(l) && i >= len(ys)-statesOf(l)) {
			runs, was = nil, nil
		}
		if slices.Contains(xs, y) && (runs != MaskOf(y) || was != built.of(y)) { // other layers take it too
			y = anew(y)
			ys[i] = y
		}
		running.set(y, runs)
		built.set(y, was)
	}
	return ys
}

// anew is x as a node of its own. GoMLX's Identity has no gradient.
func anew(x *graph.Node) *graph.Node {
	return graph.IdentityWithCustomGradient(x, func(_, gradient *graph.Node) *graph.Node { return gradient })
}

// passed is the mask of an output by those of the inputs.
func passed(l Layer, rule passing, xs, masks []*graph.Node) *graph.Node {
	switch {
	case rule == letsGo:
		return nil
	case rule == merges:
		return anyOf(masks)
	case rule == joins && slices.ContainsFunc(masks, func(m *graph.Node) bool { return m != nil }):
		return joined(l.(Concatenate), xs, masks)
	}
	return masks[0]
}

// TakesMasks reports whether a layer takes the masks off its inputs, for all layers behind it.
func TakesMasks(l Layer) bool {
	_, takes := Bare(l).(MultiHeadAttention)
	return takes
}

// anyOf is true where one of the masks is, nil where one is missing.
func anyOf(masks []*graph.Node) *graph.Node {
	all := masks[0]
	for _, m := range masks {
		if m == nil || all == nil {
			return nil
		}
		if m != all {
			all = graph.LogicalOr(all, m)
		}
	}
	return all
}

// joined is the mask of inputs that were concatenated: where one is missing all its steps count, and a step counts where one
// of its features does.
func joined(c Concatenate, xs, masks []*graph.Node) *graph.Node {
	parts := make([]*graph.Node, len(xs))
	for i, m := range masks {
		dims := xs[i].Shape().Dimensions
		switch {
		case m == nil:
			m = graph.Equal(graph.ZerosLike(xs[i]), graph.ZerosLike(xs[i]))
		case m.Rank() < xs[i].Rank():
			for m.Rank() < xs[i].Rank() {
				m = graph.InsertAxes(m, -1)
			}
			m = graph.BroadcastToDims(m, dims...)
		}
		parts[i] = maskAsFloat(m)
	}
	whole := graph.Concatenate(parts, c.axis(xs[0].Rank()))
	return graph.GreaterThan(graph.ReduceSum(whole, -1), graph.ScalarZero(whole.Graph(), whole.DType()))
}

// maskAsFloat is 1 where the mask is true and 0 elsewhere. No gradient goes through it.
func maskAsFloat(mask *graph.Node) *graph.Node {
	return graph.ConvertDType(graph.StopGradient(mask), dtypes.Float32)
}

// MasksOutput reports whether an output of a model has a mask, by which a loss leaves steps out.
func MasksOutput(model Layer, inputs int) bool {
	return slices.Contains(MaskedOutputs(model, inputs), true)
}

// MaskedOutputs tells of each output of a model whether it has a mask.
func MaskedOutputs(model Layer, inputs int) []bool {
	return masked(model, make([]bool, max(1, inputs)))
}

// MakesMasks reports whether a layer of the model makes masks.
func MakesMasks(model Layer) bool {
	return slices.ContainsFunc(Leaves(model), func(p Place) bool { return passingOf(p.Layer) == makes })
}

// masked tells which outputs of a layer have masks, by which of its inputs do. Layers with more than one output are taken
// to treat them alike.
func masked(l Layer, inputs []bool) []bool {
	l = Bare(l)
	first := inputs[0]
	switch passingOf(l) {
	case makes:
		return []bool{true}
	case merges:
		return []bool{!slices.Contains(inputs, false)}
	case joins:
		return []bool{slices.Contains(inputs, true)}
	case keeps:
		return []bool{first}
	case bySequence:
		outputs := []bool{first && sequences(l)}
		if b, ok := l.(Bidirectional); ok && b.MergeMode == "none" {
			outputs = append(outputs, outputs[0])
		}
		if returnsState(l) {
			outputs = append(outputs, make([]bool, statesOf(l))...)
		}
		return outputs
	case passesOn:
		switch l := l.(type) {
		case Sequential:
			for _, part := range l {
				inputs = masked(part, inputs)
			}
			return inputs
		case Graph:
			return l.masked(inputs)
		}
	}
	return []bool{false}
}

// sequences reports whether a recurrent layer, or one around such, puts sequences out.
func sequences(l Layer) bool {
	switch l := Bare(l).(type) {
	case Recurrent:
		return l.Sequences()
	case Bidirectional:
		return l.Layer != nil && sequences(l.Layer)
	case Sequential:
		return len(l) > 0 && sequences(l[len(l)-1])
	}
	return true
}

func (g Graph) masked(inputs []bool) []bool {
	order, err := g.order()
	if err != nil || len(inputs) != len(g.Inputs) {
		return nil // building it will tell
	}
	has, known := map[string]bool{}, map[string]bool{}
	for i, in := range g.Inputs {
		has[in.Name] = inputs[i]
	}
	of := func(reference string) bool {
		name, at, _ := output(reference) // checked by order
		if at > 0 && known[reference] {
			return has[reference]
		}
		return has[name]
	}
	for _, n := range order {
		layer := g.layerOf(n)
		from := make([]bool, len(n.From))
		for i, reference := range n.From {
			from[i] = of(reference)
		}
		outputs := masked(layer, from)
		has[n.Name] = len(outputs) > 0 && outputs[0] && !n.Unmasked
		for i := 1; i < len(outputs); i++ {
			reference := fmt.Sprintf("%s:%d", n.Name, i)
			has[reference], known[reference] = outputs[i] && !n.Unmasked, true
		}
		if TakesMasks(layer) {
			for _, reference := range n.From {
				delete(has, reference)
			}
		}
	}
	all := make([]bool, len(g.Outputs))
	for i, reference := range g.Outputs {
		all[i] = of(reference)
	}
	return all
}
