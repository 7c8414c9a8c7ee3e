package loop

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/internal/exponent"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// weights are those by which a loop has multiplied the claimed loss of each row, as the gradients at the outputs show them.
type weights struct {
	rows     []float64 // 1: as the claimed loss counts the row
	targets  []float64 // of these rows; nil: a row's target is more than a number
	value    float64   // the claimed loss with these weights
	gradient []float32 // by the outputs
}

const (
	sameRow     = 1e-3 // how far a row's gradient may be from a multiple of the claimed one, relative to it
	alikeRows   = 1e-3 // how far weights may be apart that are the same
	mostByClass = 32   // values of targets that are told with their weights
)

// weigh puts the claimed loss with weights of its rows in the place of that without, where each step's loss is that, and where gradients at the
// outputs are the claimed ones row by row but for their lengths. Nothing is fitted to the losses: the weights are the gradients', the value is that of the
// losses of the rows. It returns what is to be said of it; empty: nothing is weighted.
func (r *Recording) weigh(all *replays) string {
	known := map[int]*weights{}
	differ := 0
	for k := range r.Steps {
		s, one := &r.Steps[k], &all.steps[k]
		if one.claim == nil || s.Loss == nil || math.IsNaN(one.value) || s.Autocast != "" || s.unit > alikeRows || near(*s.Loss, one.value, s.tolerance()) {
			continue
		}
		differ++
		recorded := s.named("cotangent")
		if len(recorded) != 1 || len(one.gradient) != 1 || s.Forwards != 1 || s.Backwards != 1 {
			continue
		}
		for i := range one.claims {
			if w := one.claims[i].weightsBy(all.backend, recorded[0].Values); w != nil && near(*s.Loss, w.value, s.tolerance()) {
				known[k] = w
				one.claim = &one.claims[i]
				break
			}
		}
	}
	if differ < 2 || len(known) < differ {
		return ""
	}
	for k, w := range known {
		one := &all.steps[k]
		one.value, one.gradient = w.value, []dataset.Array{{Shape: one.gradient[0].Shape, Values: w.gradient}}
		one.scale, one.along = 1, 1
	}
	beside := ""
	if r.claimsWeights() {
		beside = " beside the weights that are claimed"
	}
	return fmt.Sprintf("the loss is %s with its rows weighted%s, %s (%d steps); losses and gradients are compared with that. What is examined behind the loop has no such weights, unless %s",
		r.lossName(), beside, asWeights(known), differ, r.spoken("watch is given the loss with them, as an object or a function", "fit is told of them"))
}

// weightsBy are the weights by which a gradient at the outputs is the claimed one, row by row, or number by number; nil: it isn't, a weight is negative,
// or all are the same: that is another factor than one of rows.
func (c claim) weightsBy(b compute.Backend, recorded []float32) *weights {
	if w := c.byRow(b, recorded); w != nil {
		return w
	}
	if len(c.outputs) != 1 || len(c.targets) != 1 || len(c.outputs[0].Shape) < 2 || !slices.Equal(c.outputs[0].Shape, c.targets[0].Shape) {
		return nil
	}
	flat := func(a dataset.Array) []dataset.Array {
		return []dataset.Array{{Shape: []int{len(a.Values), 1}, Values: a.Values}}
	}
	c.outputs, c.targets = flat(c.outputs[0]), flat(c.targets[0])
	return c.byRow(b, recorded)
}

func (c claim) byRow(b compute.Backend, recorded []float32) *weights {
	if len(c.outputs) != 1 || len(c.targets) != 1 || len(recorded) != len(c.outputs[0].Values) {
		return nil
	}
	_, gradients, err := valueOf(b, c.loss, c.outputs, c.targets)
	if err != nil {
		return nil
	}
	losses, err := rowLosses(b, c.loss, c.outputs[0], c.targets[0])
	n := c.outputs[0].Shape[0]
	if err != nil || len(losses) != n || n < 2 {
		return nil
	}
	w := &weights{rows: make([]float64, n), gradient: make([]float32, len(recorded))}
	width, least := len(recorded)/n, sameRow*norm(recorded)/math.Sqrt(float64(n))
	total := 0.0
	for i := range n {
		own, there := gradients[0].Values[i*width:(i+1)*width], recorded[i*width:(i+1)*width]
		var p products
		p.add(there, own)
		if p.bb > 0 {
			w.rows[i] = p.ab / p.bb
		}
		if w.rows[i] < 0 || !p.finite() {
			return nil
		}
		for j, v := range own {
			w.gradient[i*width+j] = float32(w.rows[i]) * v
		}
		if apart := norm(difference(there, w.gradient[i*width:(i+1)*width])); apart > max(sameRow*math.Sqrt(p.aa), sameRow*least) {
			return nil
		}
		total += w.rows[i] * losses[i]
	}
	if most := slices.Max(w.rows); most == 0 || slices.Min(w.rows) > (1-alikeRows)*most {
		return nil
	}
	w.value = total / float64(n)
	if len(c.targets[0].Values) == n {
		for _, v := range c.targets[0].Values {
			w.targets = append(w.targets, float64(v))
		}
	}
	return w
}

// rowLosses are the losses of each row, of which the batch's is the mean.
func rowLosses(b compute.Backend, l loss.Loss, output, target dataset.Array) ([]float64, error) {
	exec, err := graph.NewExec(b, func(y, p *graph.Node) *graph.Node {
		rows := loss.Rows(l, y, p, nil)
		if n := rows.Shape().Dim(0); rows.Rank() > 1 {
			rows = graph.ReduceMean(graph.Reshape(rows, n, -1), 1)
		}
		return rows
	})
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	out, err := exec.Call(tensorOf(target), tensorOf(output))
	if err != nil {
		return nil, err
	}
	var losses []float64
	for _, v := range tensors.MustCopyFlatData[float32](out[0]) {
		losses = append(losses, float64(v))
	}
	return losses, nil
}

// asWeights says of weights whether they are those of classes, and which, or how far they differ.
func asWeights(known map[int]*weights) string {
	if text := byTarget(known); text != "" {
		return text
	}
	var every []float64
	none := 0
	for _, w := range known {
		for _, v := range w.rows {
			if v == 0 {
				none++
				continue
			}
			every = append(every, v)
		}
	}
	text := fmt.Sprintf("by %s to %s", number(slices.Min(every)), number(slices.Max(every)))
	if number(slices.Min(every)) == number(slices.Max(every)) {
		text = "by " + number(slices.Max(every))
	}
	if none > 0 {
		text += fmt.Sprintf(", and %d of %d count nothing", none, none+len(every))
	}
	return text
}

// byTarget says of weights that each value of the targets has one of its own; empty: they differ among rows of one value. By what a step divides all of its
// weights, their sum perhaps, may differ from step to step.
func byTarget(known map[int]*weights) string {
	of := map[float64][]float64{} // by target: by the weight of the most frequent one in each step
	rows := map[float64]int{}
	for _, w := range known {
		for _, t := range w.targets {
			rows[t]++
		}
	}
	if len(rows) < 2 || len(rows) > mostByClass {
		return ""
	}
	var targets []float64
	for t := range rows {
		targets = append(targets, t)
	}
	slices.Sort(targets)
	base := slices.MaxFunc(targets, func(a, b float64) int { return rows[a] - rows[b] })
	for _, w := range known {
		i := slices.Index(w.targets, base)
		if i < 0 || w.rows[i] == 0 {
			return ""
		}
		for j, t := range w.targets {
			of[t] = append(of[t], w.rows[j]/w.rows[i])
		}
	}
	var parts, names []string
	lightest := math.Inf(1)
	for _, t := range targets {
		if m := median(of[t]); m > 0 {
			lightest = min(lightest, m)
		}
		if low, high := slices.Min(of[t]), slices.Max(of[t]); high-low > 10*alikeRows*high {
			return ""
		}
	}
	for _, t := range targets {
		names = append(names, exponent.Short(fmt.Sprintf("%g", t)))
		parts = append(parts, number(median(of[t])/lightest))
	}
	if len(targets) > 8 {
		return fmt.Sprintf("by their class, %d of them", len(targets))
	}
	return fmt.Sprintf("by their targets: those with %s count %s", strings.Join(names, ", "), strings.Join(parts, " : "))
}
