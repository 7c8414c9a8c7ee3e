package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// TimeDistributed applies a layer to each step of a sequence by itself, as Keras' TimeDistributed: the same weights in all.
//
// A layer that mixes rows, such as a BatchNormalization, sees the rows of one step at a time, as in Keras.
//
// Shapes: x [batch, time, …] → [batch, time, what the layer makes of the rest].
type TimeDistributed struct {
	Name  string `keras:"-"`                         // empty: "time_distributed", "time_distributed_1", …
	Layer Layer  `keras:"layer,positional,required"` // takes [batch, …]; must not be nil
}

var _ = layers.Add(TimeDistributed{})

// Parts is the layer.
func (t TimeDistributed) Parts() ([]Part, error) {
	if t.Layer == nil {
		return nil, errors.New("TimeDistributed.Layer is nil")
	}
	if _, there := FirstStateful(t.Layer); there {
		return nil, fmt.Errorf("the layer %q within a TimeDistributed is stateful: whose state goes on from where isn't defined", partNamed(t.Layer))
	}
	return []Part{{partNamed(t.Layer), t.Layer}}, nil
}

// WithParts is a TimeDistributed of what became of its layer; nil when nothing is left.
func (t TimeDistributed) WithParts(changes []Change) Layer {
	if t.Layer = changedPart(changes[0]); t.Layer == nil {
		return nil
	}
	return t
}

// Apply applies the layer to all steps. It panics when there is none or x has no time.
func (t TimeDistributed) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if _, err := t.Parts(); err != nil {
		panic(err)
	}
	if x.Rank() < 3 {
		panic(fmt.Errorf("TimeDistributed needs an input [batch, time, …], got %s", x.Shape()))
	}
	mustHoldValues(x)
	if mixesRowsWithin(t.Layer) {
		return t.oneByOne(scope, x)
	}
	g := x.Graph()
	dims := x.Shape().Dimensions
	rows := graph.Reshape(x, append([]int{dims[0] * dims[1]}, dims[2:]...)...)
	if mask := MaskOf(x); mask != nil && mask.Rank() > 2 {
		m := mask.Shape().Dimensions
		setMask(rows, graph.Reshape(mask, append([]int{m[0] * m[1]}, m[2:]...)...))
	}
	apart := func(y *graph.Node) *graph.Node {
		return graph.Reshape(y, append([]int{dims[0], dims[1]}, y.Shape().Dimensions[1:]...)...)
	}
	var y *graph.Node
	observed(g, func(f Observer) Observer {
		return func(scope string, l Layer, y *graph.Node) { f(scope, l, apart(y)) }
	}, func() { y = only(applyPart(t.Layer, scope, rows)) })
	return apart(y)
}

// oneByOne applies the layer to one step after the other. Each observed output is that of all steps together.
func (t TimeDistributed) oneByOne(scope *model.Scope, x *graph.Node) *graph.Node {
	type seen struct {
		scope string
		layer Layer
		steps []*graph.Node
	}
	var all []*seen
	var outputs []*graph.Node
	tell := Observer(nil)
	observed(x.Graph(), func(f Observer) Observer {
		tell = f
		return func(scope string, l Layer, y *graph.Node) {
			i := slices.IndexFunc(all, func(s *seen) bool { return s.scope == scope })
			if i < 0 {
				i, all = len(all), append(all, &seen{scope: scope, layer: l})
			}
			all[i].steps = append(all[i].steps, y)
		}
	}, func() {
		for step := range x.Shape().Dim(1) {
			rows := graph.Squeeze(graph.Slice(x, graph.AxisRange(), graph.AxisElem(step)), 1)
			outputs = append(outputs, only(applyPart(t.Layer, scope, rows)))
		}
	})
	for _, s := range all {
		tell(s.scope, s.layer, graph.Stack(s.steps, 1))
	}
	return graph.Stack(outputs, 1)
}

func only(ys []*graph.Node) *graph.Node {
	if len(ys) != 1 {
		panic(fmt.Errorf("the layer of a TimeDistributed must have one output, here are %d", len(ys)))
	}
	return ys[0]
}

func (t TimeDistributed) measure(path string, frozen bool, inputs [][]int, f func(Measured) error) ([][]int, error) {
	parts, err := t.Parts()
	if err != nil {
		return nil, inside(path, err)
	}
	if len(inputs) != 1 || len(inputs[0]) < 3 {
		return nil, inside(path, fmt.Errorf("TimeDistributed needs one input [batch, time, …], got %s", listed(inputs)))
	}
	step := slices.Delete(slices.Clone(inputs[0]), 1, 2)
	outputs, err := measure(parts[0].Layer, below(path, parts[0].Name), frozen, [][]int{step}, f)
	if err != nil {
		return nil, err
	}
	if len(outputs) != 1 || len(outputs[0]) == 0 {
		return nil, inside(path, fmt.Errorf("the layer of a TimeDistributed must have one output, here are %d", len(outputs)))
	}
	return [][]int{slices.Insert(slices.Clone(outputs[0]), 1, inputs[0][1])}, nil
}

// Bounds are the layer's.
func (t TimeDistributed) Bounds() (low, high float64) { return Bounds(t.Layer) }

func (t TimeDistributed) kerasCode(c kerasContext) (string, error) {
	return wrapperCode("TimeDistributed", t.Name, t.Layer, c)
}

// torch takes steps for rows, or one step after the other where rows are seen together. A Dense does the same with a time
// axis as without.
func (t TimeDistributed) torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	parts, err := t.Parts()
	if err != nil {
		return nil, inside(at.path, err)
	}
	if len(inputs) != 1 || len(inputs[0].shape) < 3 {
		return nil, inside(at.path, errors.New("TimeDistributed needs one input [batch, time, …]"))
	}
	x := inputs[0]
	rows, time, rest := x.shape[0], x.shape[1], x.shape[2:]
	within := torchPlace{below(at.path, parts[0].Name), at.variable, at.frozen}
	if _, dense := Bare(parts[0].Layer).(Dense); dense {
		return w.layer(parts[0].Layer, within, inputs)
	}
	apart := mixesRowsWithin(t.Layer)
	step := torchValue{expression: x.expression, shape: append([]int{rows}, rest...)}
	if x.mask != "" && len(x.shape) > 3 { // it may be that of the steps within steps
		x.mask, x.built, step.mask = torchOtherMask, torchOtherMask, torchOtherMask
	}
	if !apart {
		w.ops = append(w.ops, torchOp{TorchStep: TorchStep{Forward: "{x}.flatten(0, 1)"}, inputs: []string{x.expression}, output: at.variable})
		step.expression, step.shape[0] = at.variable, rows*time
	}
	first := len(w.ops)
	outputs, err := w.layer(parts[0].Layer, within, []torchValue{step})
	if err != nil {
		return nil, err
	}
	if len(outputs) != 1 {
		return nil, inside(at.path, fmt.Errorf("the layer of a TimeDistributed must have one output, here are %d", len(outputs)))
	}
	y := outputs[0]
	y.mask, y.built, y.shape = x.mask, x.built, append([]int{rows, time}, y.shape[1:]...)
	if !apart {
		w.ops = append(w.ops, torchOp{TorchStep: TorchStep{Forward: fmt.Sprintf("{x}.unflatten(0, (-1, %d))", time)}, inputs: []string{y.expression}, output: at.variable})
		y.expression = at.variable
		return []torchValue{y}, nil
	}
	for i := range w.ops[first:] {
		op := &w.ops[first+i]
		if len(op.inputs) != 1 || op.Result != "" {
			return nil, inside(at.path, errors.New("TimeDistributed around a model that mixes rows and branches: in PyTorch it has no short form"))
		}
		op.each = true
	}
	return []torchValue{y}, nil
}
