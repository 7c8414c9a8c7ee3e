package probe

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
)

// UpdateRatio measures how far each step moves each weight, and how large the weight is: ‖Δw‖ and ‖w‖,
// w before the step. A training whose ratio ‖Δw‖/‖w‖ is around 1e-3 moves steadily (A. Karpathy, Stanford
// CS231n, "Neural Networks Part 3").
type UpdateRatio struct{}

const (
	updateNorm   = "update norm/"
	updateWeight = "update norm, weight/"
)

// Measure implements [fit.Probe].
func (UpdateRatio) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	for _, w := range s.Weights {
		all = append(all,
			fit.Reading{Name: updateNorm + name(w.Path), Value: norm(graph.Sub(w.After, w.Before))},
			fit.Reading{Name: updateWeight + name(w.Path), Value: norm(w.Before)})
	}
	return all
}

// UpdateRatios are the sizes of steps, by themselves and beside the weights that they change.
type UpdateRatios struct {
	Layers  []string    // the weights, "dense/kernel", from input to output; see ByLayer
	Steps   []int       // measured, counted from 1
	Ratios  [][]float64 // [layer][k], ‖Δw‖/‖w‖; +Inf where a weight left zero, as biases do; 0 where it stayed
	Updates [][]float64 // [layer][k], ‖Δw‖
	Weights [][]float64 // [layer][k], ‖w‖ before the step
	Global  []float64   // [k], ‖Δw‖ of all weights together: the optimizer's step size
}

// ReadUpdateRatios returns what [UpdateRatio] measured. It is an error when it measured nothing.
func ReadUpdateRatios(h *fit.History) (UpdateRatios, error) {
	names, updates, err := scalars(h, updateNorm, UpdateRatio{})
	if err != nil {
		return UpdateRatios{}, err
	}
	_, weights, err := scalars(h, updateWeight, UpdateRatio{})
	if err != nil {
		return UpdateRatios{}, err
	}
	return UpdateRatios{
		Layers: names, Steps: h.Readings.Steps, Updates: updates, Weights: weights,
		Ratios: ratios(updates, weights), Global: globally(updates),
	}, nil
}

// ByLayer puts the weights of each layer together: a kernel and its bias have one ratio, which is finite
// although the bias starts at zero.
func (u UpdateRatios) ByLayer() UpdateRatios {
	out := u
	out.Layers, out.Updates = merged(u.Layers, u.Updates)
	_, out.Weights = merged(u.Layers, u.Weights)
	out.Ratios = ratios(out.Updates, out.Weights)
	return out
}

func ratios(updates, weights [][]float64) [][]float64 {
	all := make([][]float64, len(updates))
	for i := range updates {
		all[i] = make([]float64, len(updates[i]))
		for k, u := range updates[i] {
			if u != 0 {
				all[i][k] = u / weights[i][k]
			}
		}
	}
	return all
}
