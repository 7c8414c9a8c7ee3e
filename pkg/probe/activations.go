package probe

import (
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/fit"
)

// Activation measures the mean and the standard deviation of each layer's outputs, over the rows of data and
// all units. The deviation is that of the outputs at hand (divided by their number, as numpy's std).
type Activation struct{}

const activation = "activation/"

// Measure implements [fit.Probe].
func (Activation) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	for _, o := range outputs(s) {
		mean := graph.Div(graph.ReduceAllSum(o.x), o.count)
		centred := graph.Reshape(o.data(graph.Sub(o.x, mean)), -1)
		sd := graph.Sqrt(graph.Div(graph.Dot(centred, centred).Product(), o.count))
		all = append(all, fit.Reading{Name: activation + o.name, Value: graph.Stack([]*graph.Node{mean, sd}, 0)})
	}
	return all
}

// Activations are the means and standard deviations of outputs.
type Activations struct {
	Layers []string    // in the order of computation
	Steps  []int       // measured, counted from 1
	Mean   [][]float64 // [layer][k]
	SD     [][]float64 // [layer][k]
}

// ReadActivations returns what [Activation] measured. It is an error when it measured nothing.
func ReadActivations(h *fit.History) (Activations, error) {
	r := under(h, activation)
	if len(r.names) == 0 {
		return Activations{}, missing(h, Activation{})
	}
	return Activations{Layers: r.names, Steps: h.Readings.Steps, Mean: r.number(0), SD: r.number(1)}, nil
}
