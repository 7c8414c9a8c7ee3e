package loop

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/loss"
)

// claim is the loss that the loop claims, of one step's outputs and targets in shapes that go together.
type claim struct {
	loss    loss.Loss
	outputs []dataset.Array // as the loss takes them
	targets []dataset.Array
	shapes  [][]int // of the outputs as they were recorded
}

// claimsLoss reports whether the watch was told what is minimized, be it a function of the user's.
func (r *Recording) claimsLoss() bool {
	return r.Loss != nil || r.Losses != nil || slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Claimed != nil })
}

// claims are the ways in which the claimed loss can be taken of outputs and targets, the most likely first. None, with a reason, where
// it can't be.
func (r *Recording) claims(outputs, targets []dataset.Array) ([]claim, string) {
	if r.Loss == nil && r.Losses == nil {
		return nil, "no loss was claimed: unstuck.watch(model, optimizer, loss=…)"
	}
	if len(outputs) == 0 || len(targets) == 0 {
		return nil, "outputs or targets weren't recorded"
	}
	var all []claim
	why := ""
	shaped := ways
	if r.Framework == kerasFramework {
		shaped = kerasWays
	}
	for _, way := range shaped(outputs, targets) {
		for _, reduced := range r.reductions() {
			l, problem := reduced.readLoss(way.outputs, way.targets)
			if l == nil {
				if why == "" {
					why = problem
				}
				continue
			}
			way.loss, way.shapes = l, shapesOf(outputs)
			all = append(all, way)
		}
	}
	return r.bothWays(behindLogSoftmax(all)), why
}

// behindLogSoftmax adds to claims of NLLLoss those of outputs that a log-softmax is taken of between model and loss, where a loop may have it as well.
func behindLogSoftmax(claims []claim) []claim {
	all := claims
	for _, c := range claims {
		if l, is := c.loss.(loss.SparseCategoricalCrossentropy); is && l.LogProbabilities {
			l.LogProbabilities, l.FromLogits = false, true
			c.loss = l
			all = append(all, c)
		}
	}
	return all
}

func shapesOf(arrays []dataset.Array) (all [][]int) {
	for _, a := range arrays {
		all = append(all, a.Shape)
	}
	return all
}

// ways are the shapes in which people give outputs and targets to a loss: as they are, targets in the outputs' shape, and classes
// along the last axis of sequences.
func ways(outputs, targets []dataset.Array) []claim {
	asTheyAre := claim{outputs: columns(outputs), targets: columns(targets)}
	all := []claim{asTheyAre}
	if len(outputs) != 1 || len(targets) != 1 {
		return all
	}
	o, t := outputs[0], targets[0]
	if !slices.Equal(o.Shape, t.Shape) && len(o.Values) == len(t.Values) {
		all = append(all, claim{outputs: columns(outputs), targets: columns([]dataset.Array{{Shape: o.Shape, Values: t.Values}})})
	}
	if n := len(t.Shape); n > 1 && t.Shape[n-1] == 1 {
		all = append(all, claim{outputs: outputs, targets: []dataset.Array{{Shape: t.Shape[:n-1], Values: t.Values}}})
	}
	if n := len(o.Shape); n > 2 && len(o.Values) == len(t.Values)*o.Shape[n-1] {
		all = append(all, claim{
			outputs: []dataset.Array{{Shape: []int{len(t.Values), o.Shape[n-1]}, Values: o.Values}},
			targets: []dataset.Array{{Shape: []int{len(t.Values)}, Values: t.Values}},
		})
	}
	return all
}

// columns gives arrays of one number a row an axis for it.
func columns(arrays []dataset.Array) []dataset.Array {
	all := slices.Clone(arrays)
	for i, a := range all {
		if len(a.Shape) == 1 && len(arrays) >= 1 {
			all[i] = dataset.Array{Shape: []int{a.Shape[0], 1}, Values: a.Values}
		}
	}
	return all
}

// eachWithItsOwn is the loss that was meant where shapes would compare each output with every target: that they do is a hypothesis.
func eachWithItsOwn(l loss.Loss) loss.Loss {
	if s, ok := l.(loss.Summed); ok {
		s.Of = loss.Matched(s.Of)
		return s
	}
	return loss.Matched(l)
}

// readLoss reads the claimed loss for these outputs and targets.
func (r *Recording) readLoss(outputs, targets []dataset.Array) (loss.Loss, string) {
	if r.Framework == kerasFramework {
		return r.kerasLoss(outputs)
	}
	described := map[string]any{"format": 1, "framework": "torch"}
	if r.Losses != nil {
		described["losses"] = r.Losses
	} else {
		described["loss"] = r.Loss
	}
	content, err := json.Marshal(described)
	if err != nil {
		return nil, err.Error()
	}
	for _, flat := range []bool{false, true} { // classes are one number for each row, without an axis
		ys := slices.Clone(targets)
		for i, y := range ys {
			if flat && len(y.Shape) == 2 && y.Shape[1] == 1 {
				ys[i].Shape = y.Shape[:1]
			}
		}
		d, err := torch.ReadDescription(content, torch.Subject{Predictions: shapesOf(outputs), Targets: ys})
		if err != nil {
			return nil, err.Error()
		}
		if d.Loss != nil && len(d.Problems) == 0 {
			return eachWithItsOwn(d.Loss), ""
		}
		if flat {
			return nil, d.Problems.Error()
		}
	}
	return nil, ""
}

// value is the claimed loss and its gradient by the outputs, in the shapes in which they were recorded.
func (c claim) value(b compute.Backend) (float64, []dataset.Array, error) {
	v, gradients, err := valueOf(b, c.loss, c.outputs, c.targets)
	for i := range gradients {
		gradients[i].Shape = c.shapes[i]
	}
	return v, gradients, err
}

// valueOf is a loss of a batch and its gradient by the outputs.
func valueOf(b compute.Backend, l loss.Loss, outputs, targets []dataset.Array) (value float64, gradients []dataset.Array, err error) {
	exec, err := graph.NewExec(b, func(in []*graph.Node) []*graph.Node {
		ys, ps := in[:len(targets)], in[len(targets):]
		total := loss.OfBatch(l, ys, ps)
		return append([]*graph.Node{total}, graph.Gradient(total, ps...)...)
	})
	if err != nil {
		return 0, nil, err
	}
	defer exec.Finalize()
	var in []any
	for _, a := range slices.Concat(targets, outputs) {
		in = append(in, tensorOf(a))
	}
	out, err := exec.Call(in...)
	if err != nil {
		return 0, nil, fmt.Errorf("the loss %s: %w", l, err)
	}
	for i, o := range outputs {
		gradients = append(gradients, dataset.Array{Shape: o.Shape, Values: tensors.MustCopyFlatData[float32](out[i+1])})
	}
	return float64(tensors.ToScalar[float32](out[0])), gradients, nil
}

func tensorOf(a dataset.Array) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Clone(a.Values), a.Shape...)
}
