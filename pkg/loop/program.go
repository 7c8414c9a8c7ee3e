package loop

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// program is the recorded model, computed here with the weights of any step.
type program struct {
	model   *recordedModel
	backend compute.Backend
	store   *model.Store
	exec    *model.Exec
	forward *model.Exec                        // of the outputs alone; nil: nobody has asked for them
	states  map[int]map[string]*tensors.Tensor // of stateful layers, as a step begins with them, by its number; see stateful.go
	drawn   *drawnReplay                       // nil: no step's draws are replayed
	undrawn string                             // why not
	// compared are the paths of our weights that are one parameter of the framework's, or a part of one.
	compared map[string]bool
}

// newProgram reads the recorded model; the error says why it can't be computed here.
func newProgram(r *Recording, b compute.Backend) (*program, error) {
	m, err := r.model()
	if err != nil {
		return nil, err
	}
	p := &program{model: m, backend: b, compared: map[string]bool{}}
	sizes := map[string]int{}
	for _, w := range m.weights {
		sizes[w.Path] = len(w.Array.Values)
	}
	owners := map[string]int{}
	for i := range r.Parameters {
		for _, path := range m.places(i) {
			owners[path]++
		}
	}
	for i, parameter := range r.Parameters {
		total := 0
		paths := m.places(i)
		for _, path := range paths {
			total += sizes[path]
		}
		for _, path := range paths {
			// A weight of two parameters, such as a recurrent layer's two biases, is compared where it holds both.
			if total == elements(parameter.Shape) || owners[path] > 1 && sizes[path] == owners[path]*elements(parameter.Shape) {
				p.compared[path] = true
			}
		}
	}
	for i, parameter := range r.Parameters {
		if !parameter.Trainable { // no gradient of it is computed, and none of what it is a part of is compared
			for _, path := range m.places(i) {
				delete(p.compared, path)
			}
		}
	}
	p.takeDraws(r)
	return p, p.build()
}

// takeDraws gives the draws from outside where the steps have drawn.
func (p *program) takeDraws(r *Recording) {
	g, is := p.model.layer.(nn.Graph)
	if !is || !slices.ContainsFunc(r.Steps, func(s Step) bool { return len(s.Drawn) > 0 }) {
		return
	}
	var err error
	if p.drawn, err = withDraws(g, p.model.draws); err != nil {
		p.undrawn = err.Error()
	}
}

// build puts the weights into a store and makes the program of outputs and gradients.
func (p *program) build() error {
	p.store = model.NewStore()
	for _, w := range p.model.weights {
		if _, err := p.store.CreateVariable(w.Path, tensorOf(w.Array)); err != nil {
			return fmt.Errorf("the weight %s: %w", w.Path, err)
		}
	}
	layer, inputs, further := p.model.layer, p.model.inputs, 0
	if p.drawn != nil {
		layer, further = p.drawn.layer, len(p.drawn.takes)
	}
	exec, err := model.NewExec(p.backend, p.store, func(scope *model.Scope, in []*graph.Node) []*graph.Node {
		g := in[0].Graph()
		p.store.SetTraining(g, true)
		cotangents := in[inputs+further:]
		outputs := nn.ApplyAll(layer, scope, in[:inputs+further])
		var total *graph.Node
		for i, o := range outputs {
			cotangent := cotangents[i]
			if cotangent.Rank() < o.Rank() {
				cotangent = graph.Reshape(cotangent, o.Shape().Dimensions...)
			}
			part := graph.ReduceAllSum(graph.Mul(o, cotangent))
			if total == nil {
				total = part
			} else {
				total = graph.Add(total, part)
			}
		}
		var by []*graph.Node
		for _, w := range p.model.weights {
			if v := p.store.GetVariable(w.Path); p.compared[w.Path] && v.InUseByGraph(g) {
				by = append(by, v.NodeValue(g))
			}
		}
		out := slices.Clone(outputs)
		if len(by) > 0 {
			out = append(out, graph.Gradient(total, by...)...)
		}
		return out
	})
	p.exec = exec
	return err
}

func (p *program) close() {
	for _, exec := range []*model.Exec{p.exec, p.forward} {
		if exec != nil {
			exec.Finalize()
		}
	}
}

// converted are numbers of the recorded parameters, by index, as the weights here have them.
func (p *program) converted(numbers func(i int) []float32) ([]training.Weight, error) {
	return p.model.converted(numbers)
}

// at gives the weights of a step to the program.
func (p *program) at(weights []dataset.Array) error {
	converted, err := p.converted(func(i int) []float32 { return weights[i].Values })
	if err != nil {
		return err
	}
	for _, w := range converted {
		v := p.store.GetVariable(w.Path)
		if v == nil {
			return fmt.Errorf("there is no weight %s", w.Path)
		}
		if err := v.SetValue(tensorOf(w.Array)); err != nil {
			return err
		}
	}
	return nil
}

// outputs are what the model gives.
func (p *program) outputs(xs []dataset.Array) (outputs []dataset.Array, err error) {
	if len(xs) != p.model.inputs {
		return nil, fmt.Errorf("the model takes %d inputs, %d were recorded", p.model.inputs, len(xs))
	}
	if p.forward == nil {
		if p.forward, err = model.NewExec(p.backend, p.store, func(scope *model.Scope, in []*graph.Node) []*graph.Node {
			p.store.SetTraining(in[0].Graph(), true)
			return nn.ApplyAll(p.model.layer, scope, in)
		}); err != nil {
			return nil, err
		}
	}
	var in []any
	for _, x := range xs {
		in = append(in, tensorOf(x))
	}
	out, err := p.forward.Call(in...)
	if err != nil {
		return nil, err
	}
	for i, o := range out {
		shape := o.Shape().Dimensions
		outputs = append(outputs, dataset.Array{Shape: shape[:max(1, p.model.ranks[i])], Values: tensors.MustCopyFlatData[float32](o)})
	}
	return outputs, nil
}

// run computes outputs, and the gradient of their products with the cotangents by the weights that are compared. draws are the step's,
// where the program takes them.
func (p *program) run(xs, draws, cotangents []dataset.Array) (outputs []dataset.Array, gradients map[string][]float32, err error) {
	if len(xs) != p.model.inputs {
		return nil, nil, fmt.Errorf("the model takes %d inputs, %d were recorded", p.model.inputs, len(xs))
	}
	if len(cotangents) != len(p.model.ranks) {
		return nil, nil, errors.New("gradients by the outputs weren't recorded")
	}
	var in []any
	for _, a := range slices.Concat(xs, draws, cotangents) {
		in = append(in, tensorOf(a))
	}
	out, err := p.exec.Call(in...)
	if err != nil {
		return nil, nil, err
	}
	for i := range p.model.ranks {
		outputs = append(outputs, dataset.Array{Shape: out[i].Shape().Dimensions, Values: tensors.MustCopyFlatData[float32](out[i])})
	}
	gradients = map[string][]float32{}
	at := len(p.model.ranks)
	for _, w := range p.model.weights {
		if p.compared[w.Path] && at < len(out) {
			gradients[w.Path] = tensors.MustCopyFlatData[float32](out[at])
			at++
		}
	}
	return outputs, gradients, nil
}
