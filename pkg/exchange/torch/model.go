// Package torch reads models as PyTorch saves them: the program that torch.export.save writes, a .pt2 file. No pickle is
// ever opened.
package torch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/internal/naturalorder"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Model is a model as a .pt2 file has it.
type Model struct {
	Layer   nn.Graph
	Inputs  []nn.Input        // in the order of the arguments of forward
	Weights []training.Weight // of parameters, and of buffers that a layer moves
	// Places are the paths of the weights that hold a parameter, by PyTorch's name of it: "fc.weight" is "/fc/kernel". One that
	// has none is used by no operation.
	Places     map[string][]string
	Operations map[string]training.Operation // of the program, that made the nodes of Layer, by their names
	Tied       map[string]string             // other names of parameters in Places
	Ranks      []int                         // how many axes PyTorch's outputs have: 1 where a row is one number, which here has an axis of its own
	Draws      []Draw                        // of the program's operations, in its order
	Version    string                        // of the PyTorch that wrote the file
	Own        *OwnLoss                      // a loss of the user's own, see WithOwnLoss; nil: there is none
}

// ReadModel reads a .pt2 file. What isn't understood is a [training.Partial], with each operation's module and line.
// [ErrNotProgram] is what else is wrong with a file.
//
// PyTorch up to 2.8 keeps the weights in a pickle, which is never opened: they are read from weights.safetensors in the
// same folder.
func ReadModel(path string) (*Model, error) { return ReadModelWith(path, nil) }

// ReadModelWith is [ReadModel] with other numbers in the place of parameters and buffers, by PyTorch's names of them and in its
// layout. Those that the file doesn't have, or in another shape, are passed over.
func ReadModelWith(path string, numbers map[string]dataset.Array) (*Model, error) {
	m, err := readFile(path, numbers)
	if err != nil {
		return m, fmt.Errorf("torch: %s: %w", path, err)
	}
	return m, nil
}

func readFile(path string, numbers map[string]dataset.Array) (*Model, error) {
	return openProgram(path, readModelWith(numbers))
}

// openProgram reads a file with what lies beside it.
func openProgram[T any](path string, read func(*archive, func() (map[string]tensor, error)) (T, error)) (none T, err error) {
	program, err := os.Open(path)
	if err != nil {
		return none, err
	}
	defer program.Close()
	info, err := program.Stat()
	if err != nil {
		return none, err
	}
	return interruptible(program, info.Size(), read, func() (map[string]tensor, error) {
		return readSafetensorsFile(filepath.Join(filepath.Dir(path), WeightsFile))
	})
}

// ReadModelFrom is [ReadModel] of the content of a file of that size. A program of PyTorch up to 2.8 is an error unless it has
// no weights.
func ReadModelFrom(r io.ReaderAt, size int64) (*Model, error) {
	m, err := interruptible(r, size, readModelWith(nil), func() (map[string]tensor, error) { return nil, fs.ErrNotExist })
	if err != nil {
		return m, fmt.Errorf("torch: %w", err)
	}
	return m, nil
}

func interruptible[T any](r io.ReaderAt, size int64, read func(*archive, func() (map[string]tensor, error)) (T, error), beside func() (map[string]tensor, error)) (T, error) {
	return border.Interruptible(context.Background(), func() (none T, err error) {
		a, err := openArchive(r, size)
		if err != nil {
			return none, err
		}
		return read(a, beside)
	})
}

// readModelWith reads a model with those numbers in the place of the file's.
func readModelWith(numbers map[string]dataset.Array) func(*archive, func() (map[string]tensor, error)) (*Model, error) {
	return func(a *archive, beside func() (map[string]tensor, error)) (*Model, error) {
		p, weights, constants, err := a.program(beside)
		if err != nil {
			return nil, err
		}
		replace(weights, numbers)
		return read(p, weights, constants)
	}
}

// program reads the parts of a program. What is beside the file is asked for weights that the file has in a pickle.
func (a *archive) program(beside func() (map[string]tensor, error)) (p *programJSON, weights, constants map[string]tensor, err error) {
	content, err := a.part(a.graph, MaxGraph)
	if err != nil {
		return nil, nil, nil, err
	}
	if p, err = decodeProgram(content); err != nil {
		return nil, nil, nil, err
	}
	if a.pickled {
		weights, err = p.besideIt(beside)
		return p, weights, weights, err
	}
	if weights, err = a.readTensors(weightsPart, weightsDir); err != nil {
		return nil, nil, nil, err
	}
	constants, err = a.readTensors(constsPart, constsDir)
	return p, weights, constants, err
}

// read makes a model of a program and the tensors that it is given.
func read(p *programJSON, weights, constants map[string]tensor) (*Model, error) {
	b := newBuilder()
	b.meta = p.GraphModule.Graph.TensorValues
	if err := b.inputs(p, weights, constants); err != nil {
		return nil, err
	}
	for i := range p.GraphModule.Graph.Nodes {
		b.node(&p.GraphModule.Graph.Nodes[i])
	}
	b.outputs(p)
	if len(b.problems) == 0 && len(b.graph.Outputs) == 0 {
		b.problems = append(b.problems, training.Problem{Path: "what forward returns", Text: "wasn't understood: the program takes what it makes later, or returns nothing"})
	}
	m := &Model{Version: p.TorchVersion, Places: b.places, Tied: b.tied, Weights: b.weights, Ranks: b.returned, Operations: b.origins, Draws: b.draws}
	m.Layer, m.Inputs = b.graph, b.graph.Inputs
	if len(b.problems) > 0 {
		return m, &training.Partial{Problems: b.problems, Training: training.Training{Model: unread(m.Layer), Start: training.Start{Weights: b.weights}}}
	}
	m.Layer = withoutStates(used(m.Layer))
	if err := m.Layer.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrNotProgram)
	}
	return m, nil
}

// replace puts other numbers into tensors, and into those that lie in the same place.
func replace(tensors map[string]tensor, numbers map[string]dataset.Array) {
	for name, a := range numbers {
		t, ok := tensors[name]
		if !ok || len(a.Values) != len(t.values) {
			continue
		}
		for other, o := range tensors {
			if other == name || o.store == t.store && slices.Equal(o.shape, t.shape) {
				o.values = a.Values
				tensors[other] = o
			}
		}
	}
}

// used is the graph without nodes that no output needs, such as what only an assertion looked at.
func used(g nn.Graph) nn.Graph {
	nodes, needed := map[string]nn.Node{}, map[string]bool{}
	for _, n := range g.Nodes {
		nodes[n.Name] = n
	}
	var need func(reference string)
	need = func(reference string) {
		name, _, _ := strings.Cut(reference, ":")
		n, ok := nodes[name]
		if !ok || needed[name] {
			return
		}
		needed[name] = true
		if n.Shared != "" {
			need(n.Shared)
		}
		for _, from := range n.From {
			need(from)
		}
	}
	for _, o := range g.Outputs {
		need(o)
	}
	g.Nodes = slices.DeleteFunc(slices.Clone(g.Nodes), func(n nn.Node) bool { return !needed[n.Name] })
	return g
}

// unread is the model as far as it was understood.
func unread(g nn.Graph) nn.Layer {
	if len(g.Nodes) == 0 || len(g.Outputs) == 0 {
		return nn.Unread{Class: "torch.export program"}
	}
	return g
}

// inputs takes over what the program is given: parameters, buffers, constants, and the arguments of forward.
func (b *builder) inputs(p *programJSON, weights, constants map[string]tensor) error {
	find := func(from map[string]tensor, name string) (tensor, error) {
		t, ok := from[name]
		if !ok {
			return t, fmt.Errorf("its %q has no values in the file: %w", name, ErrNotProgram)
		}
		return t, nil
	}
	var err error
	for _, in := range p.GraphModule.Signature.Inputs {
		var t tensor
		switch {
		case in.Parameter != nil:
			if t, err = find(weights, in.Parameter.Name); err == nil {
				name := b.sameAs(in.Parameter.Name, t)
				b.tensors[name] = t
				b.values[in.Parameter.Arg.Name] = value{known: &t, parameter: name}
			}
		case in.Buffer != nil:
			if t, err = find(weights, in.Buffer.Name); err != nil {
				t, err = find(constants, in.Buffer.Name)
			}
			if err == nil {
				b.tensors[in.Buffer.Name] = t
				b.values[in.Buffer.Arg.Name] = value{known: &t, buffer: in.Buffer.Name}
			}
		case in.Constant != nil:
			if t, err = find(constants, in.Constant.Name); err == nil {
				b.values[in.Constant.Arg.Name] = knownValue(t)
			}
		case in.User != nil && in.User.Arg.Tensor != nil:
			err = b.input(in.User.Arg.Tensor.Name, p.GraphModule.Graph.TensorValues)
		case in.User != nil:
			err = errors.New("forward takes an argument that isn't a tensor: give it its value where the model is made")
		default:
			err = fmt.Errorf("an input of a kind that isn't known: %w", ErrNotProgram)
		}
		if err != nil {
			return err
		}
	}
	if len(b.graph.Inputs) == 0 {
		return fmt.Errorf("forward takes no tensor: %w", ErrNotProgram)
	}
	return nil
}

// sameAs is the name of the parameter that this is one with, as tied weights are, or its own.
func (b *builder) sameAs(name string, t tensor) string {
	for other := range b.places {
		if o := b.tensors[other]; o.store == t.store && slices.Equal(o.shape, t.shape) {
			b.tied[name] = other
			return other
		}
	}
	b.places[name] = nil
	return name
}

// input is a tensor that forward takes. Its first axis is the batch.
func (b *builder) input(name string, meta map[string]tensorMeta) error {
	m, ok := meta[name]
	if !ok || len(m.Sizes) == 0 {
		return fmt.Errorf("nothing says what shape the input %q has, or it has no axes: %w", name, ErrNotProgram)
	}
	if m.Sizes[0].Expr == nil {
		return fmt.Errorf("the program was recorded for batches of one size, as the first axis of the input %q is a number: take x.shape[0] in forward in place of a number, and go over no rows one by one; export with dynamic_shapes, {0: torch.export.Dim(\"batch\", min=2)}, where you export it yourself", name)
	}
	row := []int{}
	for _, s := range m.Sizes[1:] {
		n, ok := s.value()
		if !ok || n < 1 {
			return fmt.Errorf("the input %q has an axis of no size: %w", name, ErrNotProgram)
		}
		row = append(row, n)
	}
	if len(row) > 15 {
		return fmt.Errorf("the input %q has %d axes: %w", name, len(row)+1, ErrNotProgram)
	}
	b.taken[name] = true
	v := of(name, row)
	if len(row) == 0 && b.together { // one number for each row
		row = []int{1}
		v.row = row
	}
	b.graph.Inputs = append(b.graph.Inputs, nn.Input{Name: name, Shape: row})
	v.whole = isWhole(m.Dtype)
	b.values[name] = v
	return nil
}

// node reads one operation.
func (b *builder) node(n *nodeJSON) {
	c := b.call(n)
	b.now = c
	if b.sizeOperation(c) {
		return
	}
	before := len(b.graph.Nodes)
	defer func() {
		for _, made := range b.graph.Nodes[before:] {
			b.origins[made.Name] = c.origin()
		}
	}()
	var out []value
	var err error
	if read, ok := operations[c.operation]; ok {
		out, err = read(c)
	} else if read, ok := operations[operationName(c.operation)]; ok {
		out, err = read(c)
	} else {
		err = errors.New("is not supported")
	}
	if err != nil {
		var cause notRead
		if !errors.As(err, &cause) { // what follows from something else isn't said again
			b.problems = append(b.problems, training.Problem{Path: c.place(), Text: fmt.Sprintf("the operation %s: %v", n.Target, err)})
		}
		return
	}
	b.give(c, out)
	b.shares(c)
	b.changed(c, out)
}

// give notes what an operation gives under the names of its outputs.
func (b *builder) give(c *call, out []value) {
	names := c.outputNames()
	for i, name := range names {
		if i < len(out) && name != "" {
			b.values[name] = out[i]
		}
	}
}

// Source is what the file says of the program that the model was written in: lines and names of parameters.
func (m *Model) Source() training.Source {
	s := training.Source{Operations: m.Operations, Parameters: map[string][]string{}}
	for _, name := range slices.SortedFunc(maps.Keys(m.Places), naturalorder.Compare) {
		for _, path := range m.Places[name] {
			s.Parameters[path] = append(s.Parameters[path], name)
		}
	}
	return s
}

// outputs are what forward returns.
func (b *builder) outputs(p *programJSON) {
	for _, o := range p.GraphModule.Signature.Outputs {
		if o.User == nil {
			continue
		}
		if o.User.Arg.Tensor == nil {
			b.problems = append(b.problems, training.Problem{Path: "what forward returns", Text: "isn't a tensor, or several: return tensors alone"})
			continue
		}
		v, err := b.value(o.User.Arg.Tensor.Name)
		if err == nil && !v.isNode() {
			err = errors.New("doesn't depend on the input")
		}
		if err == nil {
			m := v.shape()
			if v, err = b.batchFirst(v); err == nil {
				b.returned = append(b.returned, len(m))
			}
		}
		switch {
		case err == nil && !slices.Contains(b.graph.Outputs, v.ref):
			b.graph.Outputs = append(b.graph.Outputs, v.ref)
		case err == nil:
			b.problems = append(b.problems, training.Problem{Path: "what forward returns", Text: "has the same tensor twice"})
		case !errors.As(err, new(notRead)):
			b.problems = append(b.problems, training.Problem{Path: "what forward returns", Text: strings.TrimSpace(err.Error())})
		}
	}
}
