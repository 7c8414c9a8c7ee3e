package torch

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// Describe reads a training.json for the model and its data; see [ReadDescription]. It returns the data as the model here
// takes it: a target that is one number for each row has an axis of its own where the model's output has.
func (m *Model) Describe(content []byte, data dataset.Data) (Description, dataset.Data, error) {
	of := Subject{Outputs: nn.OutputNames(m.Layer), Weights: m.named(content), Own: m.ownLoss(content)}
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

// ownLoss is the loss of the user's own, with the name that the description has.
func (m *Model) ownLoss(description []byte) *OwnLoss {
	if m.Own == nil {
		return nil
	}
	var said struct{ Loss struct{ Class string } }
	_ = json.Unmarshal(description, &said) // reading it tells what is wrong with it
	l := *m.Own
	l.Name = strings.TrimPrefix(said.Loss.Class, "own:")
	return &l
}

// named are the Places, of tied parameters under the name that the description has.
func (m *Model) named(description []byte) map[string][]string {
	var said struct {
		Optimizer struct {
			Groups []struct{ Parameters []string }
		}
	}
	_ = json.Unmarshal(description, &said) // reading it tells what is wrong with it
	in := map[string]bool{}
	for _, g := range said.Optimizer.Groups {
		for _, name := range g.Parameters {
			in[name] = true
		}
	}
	all := maps.Clone(m.Places)
	for other, name := range m.Tied {
		if paths, ok := all[name]; ok && in[other] && !in[name] {
			delete(all, name)
			all[other] = paths
		}
	}
	return all
}

func (s Subject) target(i int) *dataset.Array {
	if i >= len(s.Targets) {
		return nil
	}
	return &s.Targets[i]
}
