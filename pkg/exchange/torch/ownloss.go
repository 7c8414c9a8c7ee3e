package torch

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// LossFile is the name of the file with a loss of the user's own, as unstuck.save writes it.
const LossFile = "loss.pt2"

// OwnLoss is a loss that the user wrote, a function of what the model returns and of the targets, as torch.export recorded it.
// It looks at the whole batch and gives all rows the same: the number that it is in PyTorch.
type OwnLoss struct {
	Name        string   // of the user's function; empty: it has none
	Graph       nn.Graph // of predictions, then targets
	Predictions [][]int  // shapes of a row of each of the model's outputs; several lie one behind the other in one
	Targets     [][]int  // likewise
	BatchSize   int      // of the training
}

// Batches says of how many numbers a row of predictions is, and how many rows a batch of the training has.
func (l OwnLoss) Batches() (predictions, rows int) {
	for _, row := range l.Predictions {
		predictions += sizeOfRow(row)
	}
	return predictions, l.BatchSize
}

// PerRow implements [loss.Loss].
func (l OwnLoss) PerRow(labels, predictions *graph.Node) *graph.Node {
	return l.PerRowOf(labels, predictions, nil)
}

// PerRowOf implements [loss.Batchwise].
func (l OwnLoss) PerRowOf(labels, predictions, mask *graph.Node) *graph.Node {
	g := predictions.Graph()
	before := nn.BatchMask(g)
	nn.SetBatchMask(g, mask)
	defer nn.SetBatchMask(g, before)
	inputs := append(parted(predictions, l.Predictions), parted(labels, l.Targets)...)
	out := l.Graph.ApplyAll(model.NewStore().RootScope(), inputs)[0]
	return graph.Reshape(out, predictions.Shape().Dim(0))
}

// parted are the tensors that lie one behind the other in the rows of one.
func parted(x *graph.Node, rows [][]int) []*graph.Node {
	batch := x.Shape().Dim(0)
	if len(rows) == 1 {
		return []*graph.Node{graph.Reshape(x, append([]int{batch}, rows[0]...)...)}
	}
	var all []*graph.Node
	at := 0
	for _, row := range rows {
		n := sizeOfRow(row)
		all = append(all, graph.Reshape(graph.Slice(x, graph.AxisRange(), graph.AxisRange(at, at+n)), append([]int{batch}, row...)...))
		at += n
	}
	return all
}

// String is the function's name.
func (l OwnLoss) String() string {
	if l.Name == "" || strings.HasPrefix(l.Name, "<") {
		return "own loss"
	}
	return l.Name
}

// Torch is the user's function by its name.
func (l OwnLoss) Torch() loss.Torch {
	if l.String() != l.Name {
		return loss.Torch{Function: "your_loss"}
	}
	return loss.Torch{Function: l.Name}
}

// WithOwnLoss is the model with the loss in a file that unstuck.save wrote, see [OwnLoss]. Where the loss takes several outputs
// or targets, the model has one output, with all of them one behind the other in each row, and so must have the targets:
// [Model.JoinTargets].
func (m *Model) WithOwnLoss(path string) (*Model, error) {
	l, err := readOwnLoss(path)
	if err != nil {
		return m, fmt.Errorf("torch: %s: %w", path, err)
	}
	if len(l.Predictions) != len(m.Ranks) {
		return m, fmt.Errorf("torch: %s: it takes %d outputs, the model has %d: %w", path, len(l.Predictions), len(m.Ranks), ErrNotProgram)
	}
	joined := *m
	joined.Own = l
	if len(l.Predictions) > 1 {
		joined.Layer, joined.Ranks = oneBehindTheOther(m.Layer), []int{2}
	}
	return &joined, nil
}

// oneBehindTheOther is the graph with its outputs in one.
func oneBehindTheOther(g nn.Graph) nn.Graph {
	taken := map[string]bool{}
	for _, n := range g.Nodes {
		taken[n.Name] = true
	}
	name := func(stem string) string {
		for taken[stem] {
			stem += "_"
		}
		taken[stem] = true
		return stem
	}
	g.Nodes = slices.Clone(g.Nodes)
	var flat []string
	for i, from := range g.Outputs {
		flat = append(flat, name(fmt.Sprintf("output_%d", i)))
		g.Nodes = append(g.Nodes, nn.Node{Name: flat[i], Layer: nn.Flatten{}, From: []string{from}})
	}
	all := name("outputs")
	g.Nodes = append(g.Nodes, nn.Node{Name: all, Layer: nn.Concatenate{Axis: -1}, From: flat})
	g.Outputs = []string{all}
	return g
}

// JoinTargets puts several targets one behind the other in each row, as the loss of [Model.WithOwnLoss] takes them.
func (m *Model) JoinTargets(data dataset.Data) (dataset.Data, error) {
	if m.Own == nil {
		return data, nil
	}
	given := data.Outputs()
	if len(given) != len(m.Own.Targets) {
		return data, fmt.Errorf("the loss takes %d targets, the data has %d", len(m.Own.Targets), len(given))
	}
	width := 0
	for i, row := range m.Own.Targets {
		n := sizeOfRow(row)
		if has := sizeOfRow(given[i].Shape[1:]); has != n {
			return data, fmt.Errorf("the loss takes rows of %d numbers of target %d, the data has rows of shape %v", n, i, given[i].Shape[1:])
		}
		width += n
	}
	if len(given) == 1 {
		return data, nil
	}
	joined := dataset.Array{Shape: []int{given[0].Rows(), width}}
	for i := range given[0].Rows() {
		for _, a := range given {
			joined.Values = append(joined.Values, a.Row(i)...)
		}
	}
	data.Y, data.MoreY = joined, nil
	return data, nil
}

func readOwnLoss(path string) (*OwnLoss, error) {
	return openProgram(path, func(a *archive, beside func() (map[string]tensor, error)) (*OwnLoss, error) {
		p, weights, constants, err := a.program(beside)
		if err != nil {
			return nil, err
		}
		return buildOwnLoss(p, weights, constants)
	})
}

func buildOwnLoss(p *programJSON, weights, constants map[string]tensor) (*OwnLoss, error) {
	b := newBuilder()
	b.together = true
	b.meta = p.GraphModule.Graph.TensorValues
	if err := b.inputs(p, weights, constants); err != nil {
		return nil, err
	}
	l := &OwnLoss{}
	for _, in := range b.graph.Inputs {
		if strings.HasPrefix(in.Name, "targets") {
			l.Targets = append(l.Targets, in.Shape)
		} else if l.Predictions = append(l.Predictions, in.Shape); l.Targets != nil {
			return nil, fmt.Errorf("its inputs aren't outputs and then targets: %w", ErrNotProgram)
		}
	}
	for i := range p.GraphModule.Graph.Nodes {
		b.node(&p.GraphModule.Graph.Nodes[i])
	}
	if len(b.problems) == 0 {
		b.lossOutput(p)
	}
	if len(b.problems) > 0 {
		return nil, &training.Partial{Problems: b.problems}
	}
	if len(b.weights) > 0 {
		return nil, fmt.Errorf("the loss has parameters of its own, as %s, which aren't trained here: leave them out of the loss, or make them part of the model", b.weights[0].Path)
	}
	l.Graph = used(b.graph)
	if err := l.Graph.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", err, ErrNotProgram)
	}
	return l, nil
}

// lossOutput is the one number that a loss is.
func (b *builder) lossOutput(p *programJSON) {
	problem := func(err error) {
		b.problems = append(b.problems, training.Problem{Path: "the loss", Text: err.Error()})
	}
	for _, o := range p.GraphModule.Signature.Outputs {
		if o.User == nil || o.User.Arg.Tensor == nil {
			continue
		}
		v, err := b.value(o.User.Arg.Tensor.Name)
		switch {
		case err != nil:
			problem(err)
		case !v.isNode():
			problem(errors.New("doesn't depend on what the model returns"))
		case v.batchAxis() >= 0 || sizeOfRow(v.row) != 1:
			problem(fmt.Errorf("has shape %v, one number is needed", v.shape()))
		default:
			b.graph.Outputs = append(b.graph.Outputs, v.ref)
		}
	}
	if len(b.problems) == 0 && len(b.graph.Outputs) != 1 {
		problem(fmt.Errorf("gives %d numbers, one is needed", len(b.graph.Outputs)))
	}
}

var _ loss.Batchwise = OwnLoss{}
