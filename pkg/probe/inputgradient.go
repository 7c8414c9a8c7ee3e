package probe

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
)

// InputGradient measures the L2 norm of the loss's gradient with respect to the input, for each place in
// time: inputs are [batch, time, …], and the norm goes over the rows and all other axes. Where the norms
// fall towards the first times, the model doesn't learn what lies long back. Inputs [batch, features] have
// one time. Of a model with several inputs it is the first.
//
// It costs up to another backward pass where the backend doesn't see what both have in common. A model that
// has no gradient there, because it takes its inputs for indices (nn.Embedding), reads 0.
type InputGradient struct{}

const inputGradient = "input gradient/time"

// Measure implements [fit.Probe].
func (InputGradient) Measure(s *fit.StepGraph) []fit.Reading {
	if !s.Inputs[0].DType().IsFloat() {
		return nil
	}
	g := graph.Gradient(s.Loss, s.Inputs[0])[0]
	if s.Mask != nil {
		g = graph.Where(rowsOf(s, g), g, graph.ZerosLike(g))
	}
	batch, time := g.Shape().Dim(0), 1
	if g.Rank() > 2 {
		time = g.Shape().Dim(1)
	}
	squares := graph.Reshape(graph.Mul(g, g), batch, time, -1)
	return []fit.Reading{{Name: inputGradient, Value: graph.Sqrt(graph.ReduceSum(squares, 0, 2))}}
}

// InputGradients are norms of the gradient with respect to the input.
type InputGradients struct {
	Steps []int       // measured, counted from 1
	Norms [][]float64 // [time][k]
}

// ReadInputGradients returns what [InputGradient] measured. It is an error when it measured nothing.
func ReadInputGradients(h *fit.History) (InputGradients, error) {
	r := under(h, inputGradient)
	if len(r.names) == 0 {
		return InputGradients{}, missing(h, InputGradient{})
	}
	g := InputGradients{Steps: h.Readings.Steps}
	for t := range h.Readings.Columns[columnAt(h, inputGradient)].Size {
		g.Norms = append(g.Norms, r.number(t)[0])
	}
	return g, nil
}

// At are the norms over time at the measurement with that index: 0 is the first step that was measured.
func (g InputGradients) At(k int) []float64 {
	norms := make([]float64, len(g.Norms))
	for t, of := range g.Norms {
		norms[t] = of[k]
	}
	return norms
}

// Times names the places in time for a figure that wants layers: "time 1" is the first.
func (g InputGradients) Times() []string {
	names := make([]string, len(g.Norms))
	for t := range names {
		names[t] = fmt.Sprintf("time %d", t+1)
	}
	return names
}

// Ratio is, at each measured step, the norm at the first time divided by that at the last: far below 1 the
// gradient vanishes on its way back, far above it explodes. NaN where both are 0.
func (g InputGradients) Ratio() []float64 {
	ratio := make([]float64, len(g.Steps))
	for k := range ratio {
		ratio[k] = math.NaN()
		if n := len(g.Norms); n > 0 {
			ratio[k] = g.Norms[0][k] / g.Norms[n-1][k]
		}
	}
	return ratio
}

func columnAt(h *fit.History, name string) int {
	for i, c := range h.Readings.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}
