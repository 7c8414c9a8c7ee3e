package nn

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// torchWriter gathers what happens in a model, in the order in which it does.
type torchWriter struct {
	parameters []string // of forward: the model's inputs
	ops        []torchOp
	notes      []string
	members    torchNames
	variables  torchNames
	made       map[string][]torchOp // of a layer's first use, by its path
}

// torchOp is a step in its place.
type torchOp struct {
	TorchStep
	member  string   // empty: no module
	inputs  []string // expressions
	output  string   // variable
	frozen  bool
	again   bool     // another use of a module made before
	initial []string // statements about {m} that draw its weights
	path    string   // of the layer
	locals  map[string]string
	each    bool // it takes one step of time after the other
	masks   bool // it makes a mask

	inFirst, outFirst bool // where channels of inputs and output lie, see channelsFirst
}

// torchPlace is where a layer stands.
type torchPlace struct {
	path     string // of its scope
	variable string // that takes what it puts out; empty: one made from the path
	frozen   bool
}

// torchValue is a value on its way through a model.
type torchValue struct {
	expression string
	shape      []int
	mask       string // variable that says which steps count; empty: all
	built      string // the same as Keras knew it when the model was put together, see [maskTable]
}

// torchChained is implemented by layers made of others.
type torchChained interface {
	torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error)
}

func writeTorch(model Layer, inputs [][]int) (w *torchWriter, outputs []torchValue, err error) {
	defer func() { // settings that Apply would refuse, in layers of other packages too
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	if model == nil {
		return nil, nil, errors.New("there is no model")
	}
	if len(inputs) == 0 {
		return nil, nil, errors.New("give the shape of the input, the batch included")
	}
	w = &torchWriter{members: torchNames{}, variables: torchNames{}, made: map[string][]torchOp{}}
	values := make([]torchValue, len(inputs))
	for i, name := range torchInputs(model, len(inputs)) {
		name = w.variables.unique(name)
		w.parameters = append(w.parameters, name)
		values[i] = torchValue{expression: name, shape: inputs[i]}
	}
	at := torchPlace{variable: w.parameters[0]}
	if len(inputs) > 1 {
		at.variable = w.variables.unique("x")
	}
	if outputs, err = w.layer(model, at, values); err == nil {
		w.dropMasks()
		w.placeChannels(outputs)
	}
	return w, outputs, err
}

// torchInputs are names for a model's inputs.
func torchInputs(model Layer, n int) []string {
	if m, ok := Bare(model).(interface{ inputNames() []string }); ok && len(m.inputNames()) == n {
		return m.inputNames()
	}
	if n == 1 {
		return []string{"x"}
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("x%d", i+1)
	}
	return names
}

func (w *torchWriter) layer(l Layer, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	if l == nil {
		return nil, fmt.Errorf("there is no layer at %q", at.path)
	}
	at.frozen = at.frozen || IsFrozen(l)
	l = Bare(l)
	if c, ok := l.(torchChained); ok {
		return c.torch(w, at, inputs)
	}
	outputs, err := w.leaf(l, at, inputs)
	if err != nil && at.path != "" {
		return nil, fmt.Errorf("layer %q: %w", at.path, err)
	}
	return outputs, err
}

func (w *torchWriter) leaf(l Layer, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	writer, ok := l.(TorchWriter)
	if !ok {
		return nil, noTorch(l)
	}
	shapes := make([][]int, len(inputs))
	expressions := make([]string, len(inputs))
	masks, built := make([]string, len(inputs)), make([]string, len(inputs))
	for i, v := range inputs {
		shapes[i], expressions[i], masks[i], built[i] = v.shape, v.expression, v.mask, v.built
	}
	outputs, err := outputShapes(l, shapes)
	if err != nil {
		return nil, err
	}
	if len(outputs) != 1 {
		return nil, fmt.Errorf("%s has %d outputs, one can be written", typeName(l), len(outputs))
	}
	if err := checkTorchSettings(l); err != nil {
		return nil, err
	}
	weights := weightsOfAll(l, shapes)
	if err := noTorchLoRA(l, weights); err != nil {
		return nil, err
	}
	for _, weight := range weights {
		if slices.ContainsFunc(weight.Shape, func(n int) bool { return n < 1 }) {
			return nil, fmt.Errorf("%s has a %s of shape %v", typeName(l), weight.Name, weight.Shape)
		}
	}
	locals := map[string]string{}
	var steps []TorchStep
	if strings.Join(masks, "") != "" && looksAtMasks(l) {
		steps, locals, err = maskedSteps(l, shapes, inputs)
	} else {
		steps, err = writer.TorchSteps(shapes)
	}
	if err != nil && !strings.Contains(err.Error(), typeName(writer)) { // that of an activation within
		err = fmt.Errorf("%s: %w", typeName(writer), err)
	}
	if err != nil {
		return nil, err
	}
	all := steps
	steps = slices.DeleteFunc(slices.Clone(steps), TorchStep.nothing)
	ownMask := w.newMask(l, inputs)
	before, again := w.made[at.path]
	if again && len(before) != len(steps) {
		return nil, fmt.Errorf("%s is shared by inputs that it treats in different ways", typeName(l))
	}
	made, named := []torchOp{}, false
	for i, step := range steps {
		op := torchOp{TorchStep: step, inputs: expressions, output: at.variable, frozen: at.frozen, again: again, path: at.path, locals: locals}
		if again {
			if before[i].Module != step.Module {
				return nil, fmt.Errorf("%s is shared by inputs for which it would be %s and %s", typeName(l), before[i].Module, step.Module)
			}
			op.member = before[i].member
		} else if step.Module != "" {
			op.member = w.members.unique(memberName(l, at.path, named, step))
			named = named || step.Member == ""
			if op.initial, err = torchInitial(l, weights, shapes, step); err != nil {
				return nil, err
			}
		}
		if step.Result != "" {
			op.output = w.variables.unique(step.Result)
			locals[step.Result] = op.output
		} else {
			expressions = []string{at.variable}
		}
		made = append(made, op)
	}
	w.ops = append(w.ops, made...)
	if !again {
		w.made[at.path] = made
		w.note(l, at, weights, all)
	}
	out := torchValue{expression: expressions[0], shape: outputs[0], mask: w.passMask(l, masks, len(outputs[0]), ownMask)}
	if out.built = out.mask; !slices.Equal(masks, built) {
		out.built = w.passMask(l, built, len(outputs[0]), ownMask)
	}
	return []torchValue{out}, nil
}

// nothing is true of a step that has a note at most.
func (s TorchStep) nothing() bool { return s.Module == "" && s.Forward == "{x}" }

func memberName(l Layer, path string, named bool, step TorchStep) string {
	if path == "" {
		path = kindOf(l)
	}
	switch {
	case step.Member != "":
		return path + "_" + step.Member
	case named:
		return path + "_activation"
	}
	return path
}

// note says what a PyTorch model doesn't hold.
func (w *torchWriter) note(l Layer, at torchPlace, weights []Weight, steps []TorchStep) {
	name := at.path
	if name == "" {
		name = kindOf(l)
	}
	for _, step := range steps {
		if step.Note != "" && !slices.Contains(w.notes, step.Note) {
			w.notes = append(w.notes, step.Note)
		}
	}
	for _, weight := range weights {
		if weight.Regularizer != nil && !at.frozen {
			w.notes = append(w.notes, fmt.Sprintf("The penalty on the %s of %s is no part of a module: add it to the loss.", weight.Name, torchName(name)))
		}
		if weight.Constraint != nil && !at.frozen {
			w.notes = append(w.notes, fmt.Sprintf("The constraint on the %s of %s is no part of a module: apply it behind each step of the optimizer.", weight.Name, torchName(name)))
		}
	}
}

// torchInitial are the statements about a step's module for the weights whose initializer isn't Keras' default.
func torchInitial(l Layer, weights []Weight, inputs [][]int, step TorchStep) ([]string, error) {
	usual := usualInitializers(l, inputs)
	var lines []string
	for _, p := range step.Parameters {
		for _, weight := range weights {
			if weight.Name != p.Weight || !p.Bare && reflect.DeepEqual(codec.Canonical(weight.Initializer), codec.Canonical(usual[p.Weight])) {
				continue
			}
			init, ok := weight.Initializer.(TorchInitializer)
			if !ok {
				return nil, fmt.Errorf("%s: initial values of its %s: %w", typeName(l), weight.Name, noTorchInit(weight.Initializer))
			}
			expression := "{m}"
			if p.Name != "" {
				expression += "." + p.Name
			}
			more, err := init.TorchInit(expression, weight.Shape, p)
			if err != nil {
				return nil, fmt.Errorf("%s: initial values of its %s: %w", typeName(l), weight.Name, err)
			}
			lines = append(lines, more...)
		}
	}
	return lines, nil
}

// usualInitializers are those that a layer has when none is set, by the weight's name.
func usualInitializers(l Layer, inputs [][]int) map[string]Initializer {
	for _, s := range codec.Settings[Initializer](l) {
		if plain, err := codec.With(l, s.Field, nil); err == nil {
			l = plain.(Layer)
		}
	}
	usual := map[string]Initializer{}
	for _, weight := range weightsOfAll(l, inputs) {
		usual[weight.Name] = weight.Initializer
	}
	return usual
}

// weightsOfAll is [WeightsOf] for several inputs.
func weightsOfAll(l Layer, inputs [][]int) []Weight {
	if w, ok := Bare(l).(Weighted); ok {
		return weightsFor(w, inputs)
	}
	return nil
}
