package torch

import (
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// Describe reads a training.json for the model and its data; see [ReadDescription]. It returns the data as the model here
// takes it: a target that is one number for each row has an axis of its own where the model's output has.
func (m *Model) Describe(content []byte, data dataset.Data) (Description, dataset.Data, error) {
	of := Subject{Outputs: nn.OutputNames(m.Layer), Weights: m.Places}
	if data.Rows() > 0 {
		of.Targets = data.Outputs()
		var inputs [][]int
		for _, x := range data.Inputs() {
			inputs = append(inputs, x.Shape)
		}
		if shapes, err := nn.Measure(m.Layer, inputs, func(nn.Measured) error { return nil }); err == nil {
			for i, rank := range m.Ranks {
				of.Predictions = append(of.Predictions, shapes[i][:max(rank, 1)])
			}
		}
	}
	d, err := ReadDescription(content, of)
	if err != nil {
		return d, data, err
	}
	for i, rank := range m.Ranks {
		y := of.target(i)
		if rank == 1 && y != nil && len(y.Shape) == 1 {
			shaped := dataset.Array{Shape: append(slices.Clone(y.Shape), 1), Values: y.Values}
			if i == 0 {
				data.Y = shaped
			} else {
				data.MoreY = slices.Clone(data.MoreY)
				data.MoreY[i-1] = shaped
			}
		}
	}
	return d, data, nil
}

func (s Subject) target(i int) *dataset.Array {
	if i >= len(s.Targets) {
		return nil
	}
	return &s.Targets[i]
}
