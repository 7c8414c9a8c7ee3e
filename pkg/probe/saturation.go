package probe

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
)

// Saturation measures which units of each layer are dead, and which share of the outputs is saturated.
//
// A unit (a place on the output's last axis) is dead in a batch when it is 0 for every row of data: no
// gradient passes through a ReLU there. Outputs of a tanh are saturated where |y| > 0.97, the limit of A.
// Karpathy's "makemore, part 3"; the slope is then below 6% of the steepest. The same slope gives y < 0.015
// or y > 0.985 for a sigmoid; a hard sigmoid is saturated at 0 and 1. Other activations, and GRU and LSTM,
// whose outputs are products, have no such bounds and aren't measured.
type Saturation struct{}

const (
	alive     = "alive/"
	saturated = "saturated/"
)

// Measure implements [fit.Probe].
func (Saturation) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	for _, o := range outputs(s) {
		lives := graph.ConvertDType(graph.NotEqual(o.x, graph.ZerosLike(o.x)), dtypes.Float32)
		all = append(all, fit.Reading{Name: alive + o.name, Value: graph.ReduceMax(lives, 0)})
		low, high, ok := nn.FlatBeyond(o.layer)
		if !ok {
			continue
		}
		at := func(v float32) *graph.Node {
			return graph.BroadcastToDims(graph.Const(s.Graph, v), o.x.Shape().Dimensions...)
		}
		marks := graph.LogicalOr(graph.LessThan(o.x, at(low)), graph.GreaterThan(o.x, at(high)))
		all = append(all, fit.Reading{Name: saturated + o.name, Value: o.share(marks)})
	}
	return all
}

// Saturations are shares of dead units and of saturated outputs, from 0 to 1.
type Saturations struct {
	Layers    []string    // in the order of computation
	Steps     []int       // measured, counted from 1
	Dead      [][]float64 // [layer][k], share of units that were 0 for the whole batch
	Saturated [][]float64 // [layer][k], share of outputs; nil for layers without a sigmoid or tanh

	alive [][][]float32 // [layer][k][unit], 1 for those that weren't 0 throughout
}

// ReadSaturations returns what [Saturation] measured. It is an error when it measured nothing.
func ReadSaturations(h *fit.History) (Saturations, error) {
	r := under(h, alive)
	if len(r.names) == 0 {
		return Saturations{}, missing(h, Saturation{})
	}
	s := Saturations{
		Layers: r.names, Steps: h.Readings.Steps, alive: r.values,
		Dead: make([][]float64, len(r.names)), Saturated: make([][]float64, len(r.names)),
	}
	shares := under(h, saturated)
	values := shares.number(0)
	for i, n := range shares.names {
		for l, layer := range s.Layers {
			if layer == n {
				s.Saturated[l] = values[i]
			}
		}
	}
	for l := range s.Layers {
		s.Dead[l] = make([]float64, len(s.Steps))
		for k := range s.Steps {
			s.Dead[l][k] = s.DeadThroughout(k, k+1)[l]
		}
	}
	return s, nil
}

// DeadThroughout is, for each layer, the share of units that were 0 in all of the measured batches
// from..to-1 (places in Steps): units that no row of any of them woke. It is nil when that window is empty
// or reaches beyond Steps.
func (s Saturations) DeadThroughout(from, to int) []float64 {
	if from < 0 || from >= to || to > len(s.Steps) {
		return nil
	}
	shares := make([]float64, len(s.Layers))
	for l, steps := range s.alive {
		units := len(steps[from])
		dead := 0
		for u := range units {
			if !wokeIn(steps[from:to], u) {
				dead++
			}
		}
		shares[l] = float64(dead) / float64(units)
	}
	return shares
}

func wokeIn(steps [][]float32, unit int) bool {
	for _, alive := range steps {
		if alive[unit] != 0 {
			return true
		}
	}
	return false
}
