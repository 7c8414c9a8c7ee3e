package fit

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// batch is what one step is given.
type batch struct {
	xs, ys []*graph.Node // inputs and targets of every output, [batch, …]
	weight *graph.Node   // sample weights [batch], nil: all 1
	mask   *graph.Node   // [batch], 1 for data and 0 for padding; nil: all data
	count  *graph.Node   // scalar, the rows of data; nil: the batch's size
	// together is how many rows are one batch for losses that leave masked steps out, from the first on; 0: all of them.
	together int
}

// gather is the batch of these rows, [n, 1], of b.
func (b batch) gather(rows *graph.Node) batch {
	all := func(nodes []*graph.Node) []*graph.Node {
		taken := make([]*graph.Node, len(nodes))
		for i, n := range nodes {
			taken[i] = graph.Gather(n, rows)
		}
		return taken
	}
	taken := batch{xs: all(b.xs), ys: all(b.ys)}
	if b.weight != nil {
		taken.weight = graph.Gather(b.weight, rows)
	}
	return taken
}

// trainStep adds one training step to g: forward, gradients, update. The state's variables change their
// node values; the results are float32: the step's record, of the loss and the metrics' sums, and what the probes
// read of a measured step, nil without probes.
func (m *Model) trainStep(g *graph.Graph, b batch, rate *graph.Node, measured bool) (record, readings *graph.Node) {
	scope := m.attach(g, true, b.mask)
	if v := m.rateVariable(); v != nil { // the first, discarded, build lets the optimizer create it with its own value
		v.SetNodeValue(rate)
	}
	var watch *watch
	if measured {
		watch = m.newWatch(g)
	}
	predictions := m.outputs(scope, b.xs)
	total := m.batchLoss(g, b, predictions)
	values := append([]*graph.Node{total}, m.metricSums(b, predictions)...)
	gradients := scope.BuildTrainableVariablesGradientsGraph(total)
	watch.gradients(scope, g, gradients)
	m.optimizer.UpdateGraphWithGradients(scope, gradients, dtypes.Float32)
	nn.Constrain(g)
	readings = watch.measure(m, &StepGraph{
		Graph: g, Inputs: b.xs, Targets: b.ys, Mask: b.mask, Rows: b.rows(g), Outputs: predictions, Loss: total,
	})
	return stack(values), readings
}

// evalStep adds the evaluation of one batch to g: float32, the sum of the loss over the rows of data and the sums of the
// metrics. The loss's holds the penalties on weights once for each row, so that its mean has them once, as Keras' evaluate.
func (m *Model) evalStep(g *graph.Graph, b batch) *graph.Node {
	scope := m.attach(g, false, b.mask)
	predictions := m.outputs(scope, b.xs)
	total := b.sum(b.weighted(m.lossRows(b, predictions)))
	if penalty := train.GetRegularizationLoss(g); penalty != nil {
		total = graph.Add(total, graph.Mul(penalty, b.rows(g)))
	}
	return stack(append([]*graph.Node{total}, m.metricSums(b, predictions)...))
}

// attach prepares g for the model: its store, the training flag, the mask.
func (m *Model) attach(g *graph.Graph, training bool, mask *graph.Node) *model.Scope {
	model.SetStore(g, m.store)
	m.store.SetTraining(g, training)
	nn.SetBatchMask(g, mask)
	return m.store.RootScope()
}

// batchLoss is Keras' loss of a batch: the weighted losses of its rows, summed and divided by their
// number, plus the penalties on weights.
func (m *Model) batchLoss(g *graph.Graph, b batch, predictions []*graph.Node) *graph.Node {
	total := b.mean(b.weighted(m.lossRows(b, predictions)))
	if penalty := train.GetRegularizationLoss(g); penalty != nil {
		total = graph.Add(total, penalty)
	}
	return total
}

// lossRows is the loss of each row, [batch].
func (m *Model) lossRows(b batch, predictions []*graph.Node) (rows *graph.Node) {
	named("loss", m.loss.String(), func() {
		if all, several := m.loss.(loss.Outputs); several {
			rows = all.Sum(b.ys, predictions, func(l loss.Loss, at int) *graph.Node { return b.lossRows(l, at, predictions) })
		} else {
			rows = b.lossRows(m.loss, 0, predictions)
		}
	})
	return rows
}

// lossRows is the loss of one output for each row, [batch]. Where the output has a mask, steps that don't count are left out.
func (b batch) lossRows(l loss.Loss, at int, predictions []*graph.Node) *graph.Node {
	return loss.Batch{Labels: b.ys[at], Predictions: predictions[at], Weight: b.weight, Mask: b.mask, Steps: nn.MaskOf(predictions[at]), Together: b.together}.Losses(l)
}

// outputs adds the network to the graph of its inputs.
func (m *Model) outputs(scope *model.Scope, xs []*graph.Node) []*graph.Node {
	predictions := nn.ApplyAll(m.net, scope, xs)
	if n := len(nn.OutputNames(m.net)); len(predictions) != n {
		panic(fmt.Errorf("the model gave %d outputs where it has %d", len(predictions), n))
	}
	return predictions
}

func (b batch) weighted(rows *graph.Node) *graph.Node {
	if b.weight == nil {
		return rows
	}
	return graph.Mul(rows, b.weight)
}

// sum adds the rows of data up.
func (b batch) sum(rows *graph.Node) *graph.Node {
	if b.mask != nil {
		rows = graph.Mul(rows, b.mask)
	}
	return graph.ReduceAllSum(rows)
}

// rows is the number of rows of data, a float32 scalar.
func (b batch) rows(g *graph.Graph) *graph.Node {
	if b.count != nil {
		return b.count
	}
	return graph.Scalar(g, dtypes.Float32, b.xs[0].Shape().Dim(0))
}

func (b batch) mean(rows *graph.Node) *graph.Node {
	return graph.Div(b.sum(rows), b.rows(rows.Graph()))
}

// stack makes one vector of scalars and vectors.
func stack(values []*graph.Node) *graph.Node {
	parts := make([]*graph.Node, len(values))
	for i, v := range values {
		parts[i] = graph.Reshape(v, -1)
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return graph.Concatenate(parts, 0)
}
