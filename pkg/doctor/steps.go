package doctor

import (
	"context"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// masksOf are the masks of a training's outputs for some data, one set of rows behind the other, see [fit.Model.Masks]; nil where
// no output has one.
func masksOf(ctx context.Context, m *fit.Model, c training.Training, all ...dataset.Data) ([]dataset.Array, error) {
	if !nn.MasksOutput(c.Model, len(nn.InputNames(c.Model))) {
		return nil, nil
	}
	return inRows(all, func(d dataset.Data) ([]dataset.Array, error) { return m.Masks(ctx, d.Inputs()...) })
}

// masksUntrained is masksOf for a training that nobody has compiled; nil where that fails.
func masksUntrained(c training.Training, rows dataset.Data) []dataset.Array {
	if c.Model == nil || c.Loss == nil || !nn.MasksOutput(c.Model, len(nn.InputNames(c.Model))) {
		return nil
	}
	m, err := run.New(c, fit.Options{Backend: pureGo()})
	if err != nil {
		return nil
	}
	masks, err := masksOf(context.Background(), m, c, rows)
	if err != nil {
		return nil
	}
	return masks
}

// counting are the steps of some rows that a mask, [rows, time], counts, as rows of their own: those of an array that begins with
// the same axes, or the weights of the rows they come from.
type counting []int // places among all steps

// countingOf is nil, and leaves everything as it is, where there is no mask of steps.
func countingOf(masks []dataset.Array, at, from, to int) counting {
	if at >= len(masks) || len(masks[at].Shape) < 2 && !slices.Contains(masks[at].Values, 0) {
		return nil
	}
	steps := counting{}
	for i, v := range masks[at].Range(from, to).Values {
		if v != 0 {
			steps = append(steps, i)
		}
	}
	return steps
}

// of takes the steps out of an array; size is how many there are in all.
func (s counting) of(a dataset.Array, size int) dataset.Array {
	if s == nil || size == 0 || len(a.Values)%size != 0 {
		return a
	}
	width := len(a.Values) / size
	taken := dataset.Array{Shape: []int{len(s)}}
	if width > 1 || a.Shape[len(a.Shape)-1] == 1 {
		taken.Shape = append(taken.Shape, width)
	}
	for _, i := range s {
		taken.Values = append(taken.Values, a.Values[i*width:(i+1)*width]...)
	}
	return taken
}

// weights are those of the steps, by those of the rows.
func (s counting) weights(rows []float32, size int) []float32 {
	if s == nil || rows == nil {
		return rows
	}
	taken := make([]float32, len(s))
	for k, i := range s {
		taken[k] = rows[i/(size/len(rows))]
	}
	return taken
}

// stepsOf is how many steps the rows from..to-1 have in a mask.
func stepsOf(masks []dataset.Array, at, from, to int) int {
	if at >= len(masks) {
		return 0
	}
	return (to - from) * masks[at].RowSize()
}

// inRows are arrays of some data, the rows of each behind those of the one before; without rows there is nothing.
func inRows(all []dataset.Data, of func(dataset.Data) ([]dataset.Array, error)) ([]dataset.Array, error) {
	var joined []dataset.Array
	for _, d := range all {
		if d.Rows() == 0 {
			continue
		}
		part, err := of(d)
		if err != nil {
			return nil, err
		}
		if joined == nil {
			joined = part
			continue
		}
		for i, p := range joined {
			shape := slices.Clone(p.Shape)
			shape[0] += part[i].Rows()
			joined[i] = dataset.Array{Shape: shape, Values: append(p.Values, part[i].Values...)}
		}
	}
	return joined, nil
}
