package training

import (
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
)

// Output is one of a training's outputs with what belongs to it.
type Output struct {
	At      int           // its place
	Name    string        // empty for the only one
	Loss    loss.Loss     // which has the mean, also where the training is by a [loss.Summed] or a [loss.MeanByWeight]
	Factor  float64       // of the loss in the sum
	Targets dataset.Array // of all rows
}

// Outputs are the outputs that are trained on. The training must be valid.
func (t Training) Outputs() []Output {
	names, targets := nn.OutputNames(t.Model), t.Data.Outputs()
	all, several := t.Loss.(loss.Outputs)
	var outputs []Output
	for i, y := range targets {
		o := Output{At: i, Loss: loss.Unreduced(t.Loss), Factor: 1, Targets: y}
		if len(targets) > 1 {
			o.Name = names[i]
		}
		if several {
			if all[i].Loss == nil {
				continue
			}
			o.Loss, o.Factor = loss.Unreduced(all[i].Loss), all[i].Factor()
		}
		outputs = append(outputs, o)
	}
	return outputs
}

// SummedTerms is how many losses the sum over a full batch is of where the loss isn't their mean, of several outputs that with the
// most: as many times as large as the gradient of the mean is that of the sum. 1 where a loss is the mean, and where the model's
// outputs aren't known.
func (t Training) SummedTerms() int {
	all, several := t.Loss.(loss.Outputs)
	if !several {
		all = loss.Outputs{{Loss: t.Loss}}
	}
	rows, size := t.TrainRows(), t.BatchSize
	if rows == 0 {
		return 1
	}
	if size == 0 {
		size = 32
	}
	size = min(size, rows)
	shapes := t.RowShapes()
	for i, row := range shapes {
		shapes[i] = slices.Concat([]int{size}, row)
	}
	most := 1
	var outputs [][]int
	for i, o := range all {
		if o.Loss == nil {
			continue
		}
		s, summed := o.Loss.(loss.Summed)
		if !summed {
			return 1
		}
		if outputs == nil {
			var err error
			if outputs, err = nn.Measure(t.Model, shapes, func(nn.Measured) error { return nil }); err != nil {
				return 1
			}
		}
		for at := range outputs {
			if (at == i || !several) && len(outputs[at]) > 0 {
				most = max(most, s.Terms(outputs[at]))
			}
		}
	}
	return most
}

// WithMeans is the training by the means of its losses where it is by their sums.
func (t Training) WithMeans() Training {
	all, several := t.Loss.(loss.Outputs)
	if !several {
		t.Loss = loss.Unreduced(t.Loss)
		return t
	}
	all = slices.Clone(all)
	for i, o := range all {
		if o.Loss != nil {
			all[i].Loss = loss.Unreduced(o.Loss)
		}
	}
	t.Loss = all
	return t
}

// WithLoss is the training with another loss of the output at that place, reduced as the one before is.
func (t Training) WithLoss(at int, l loss.Loss) Training {
	if len(t.Data.MoreY) == 0 {
		t.Loss = loss.ReducedAs(t.Loss, l)
		return t
	}
	all, several := t.Loss.(loss.Outputs)
	all = slices.Clone(all)
	if !several {
		for _, name := range nn.OutputNames(t.Model) {
			all = append(all, loss.Output{Name: name, Loss: t.Loss})
		}
	}
	all[at].Loss = loss.ReducedAs(all[at].Loss, l)
	t.Loss = all
	return t
}

// withTargets are the rows with other targets of the output at that place.
func withTargets(d dataset.Data, at int, y dataset.Array) dataset.Data {
	if at == 0 {
		d.Y = y
		return d
	}
	d.MoreY = slices.Clone(d.MoreY)
	d.MoreY[at-1] = y
	return d
}
