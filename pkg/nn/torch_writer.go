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
		values[i] = torchValue{name, inputs[i]}
	}
	at := torchPlace{variable: w.parameters[0]}
	if len(inputs) > 1 {
		at.variable = w.variables.unique("x")
	}
	outputs, err = w.layer(model, at, values)
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
	for i, v := range inputs {
		shapes[i], expressions[i] = v.shape, v.expression
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
	weights := WeightsOf(l, shapes[0]...)
	for _, weight := range weights {
		if slices.ContainsFunc(weight.Shape, func(n int) bool { return n < 1 }) {
			return nil, fmt.Errorf("%s has a %s of shape %v", typeName(l), weight.Name, weight.Shape)
		}
	}
	steps, err := writer.TorchSteps(shapes)
	if err != nil && !strings.Contains(err.Error(), typeName(writer)) { // that of an activation within
		err = fmt.Errorf("%s: %w", typeName(writer), err)
	}
	if err != nil {
		return nil, err
	}
	before, again := w.made[at.path]
	if again && len(before) != len(steps) {
		return nil, fmt.Errorf("%s is shared by inputs that it treats in different ways", typeName(l))
	}
	var made []torchOp
	for i, step := range steps {
		op := torchOp{TorchStep: step, inputs: expressions, output: at.variable, frozen: at.frozen, again: again, path: at.path}
		if again {
			if before[i].Module != step.Module {
				return nil, fmt.Errorf("%s is shared by inputs for which it would be %s and %s", typeName(l), before[i].Module, step.Module)
			}
			op.member = before[i].member
		} else if step.Module != "" {
			op.member = w.members.unique(memberName(l, at.path, i))
			if op.initial, err = torchInitial(l, weights, shapes[0], step); err != nil {
				return nil, err
			}
		}
		made = append(made, op)
		expressions = []string{at.variable}
	}
	w.ops = append(w.ops, made...)
	if !again {
		w.made[at.path] = made
		w.note(l, at, weights, steps)
	}
	return []torchValue{{expressions[0], outputs[0]}}, nil
}

func memberName(l Layer, path string, step int) string {
	if path == "" {
		path = kindOf(l)
	}
	if step > 0 {
		path += "_activation"
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
	}
}

// torchInitial are the statements about a step's module for the weights whose initializer isn't Keras' default.
func torchInitial(l Layer, weights []Weight, input []int, step TorchStep) ([]string, error) {
	usual := usualInitializers(l, input)
	var lines []string
	for _, p := range step.Parameters {
		for _, weight := range weights {
			if weight.Name != p.Weight || reflect.DeepEqual(codec.Canonical(weight.Initializer), codec.Canonical(usual[p.Weight])) {
				continue
			}
			init, ok := weight.Initializer.(TorchInitializer)
			if !ok {
				return nil, fmt.Errorf("%s: the initializer %T of its %s doesn't say what it is in PyTorch: give it the method TorchInit", typeName(l), weight.Initializer, weight.Name)
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
func usualInitializers(l Layer, input []int) map[string]Initializer {
	for _, s := range codec.Settings[Initializer](l) {
		if plain, err := codec.With(l, s.Field, nil); err == nil {
			l = plain.(Layer)
		}
	}
	usual := map[string]Initializer{}
	for _, weight := range WeightsOf(l, input...) {
		usual[weight.Name] = weight.Initializer
	}
	return usual
}

func (s Sequential) torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	parts, err := s.Parts()
	if err != nil {
		return nil, err
	}
	values := inputs
	for _, p := range parts {
		if values, err = w.layer(p.Layer, torchPlace{below(at.path, p.Name), at.variable, at.frozen}, values); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (g Graph) torch(w *torchWriter, at torchPlace, inputs []torchValue) ([]torchValue, error) {
	order, err := g.order()
	if err != nil {
		return nil, err
	}
	if len(inputs) != len(g.Inputs) {
		return nil, fmt.Errorf("the graph has %d inputs, %s, here are %d", len(g.Inputs), strings.Join(g.inputNames(), ", "), len(inputs))
	}
	made := map[string][]torchValue{}
	for i, in := range g.Inputs {
		made[in.Name] = inputs[i : i+1]
	}
	take := func(references []string) ([]torchValue, error) {
		var values []torchValue
		for _, r := range references {
			name, i, _ := output(r) // checked by order
			if i >= len(made[name]) {
				return nil, fmt.Errorf("%s is taken, but %s has %d outputs", r, name, len(made[name]))
			}
			values = append(values, made[name][i])
		}
		return values, nil
	}
	for _, n := range order {
		from, err := take(n.From)
		if err != nil {
			return nil, err
		}
		owner := n
		if n.Shared != "" {
			owner = *g.node(n.Shared)
		}
		place := torchPlace{below(at.path, owner.Name), w.variables.unique(below(at.path, n.Name)), at.frozen}
		if made[n.Name], err = w.layer(owner.Layer, place, from); err != nil {
			return nil, err
		}
	}
	return take(g.Outputs)
}
