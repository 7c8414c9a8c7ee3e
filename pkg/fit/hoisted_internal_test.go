package fit

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// XLA takes what is the same in all rounds out of a loop and computes it even where there are no rounds. In the loops over batches all
// that is computed from data waits for the round it is for: validation data in one batch was once evaluated for every few steps, and
// LeNet trained at a tenth of its speed.
func TestNothingOfTheDataIsComputedOutsideOfLoops(t *testing.T) {
	b := backendtest.XLA(t) // the only one whose loops are programs
	ones := func(shape ...int) dataset.Array {
		a := dataset.Array{Shape: shape, Values: make([]float32, shape[0])}
		for _, n := range shape[1:] {
			a.Values = make([]float32, len(a.Values)*n)
		}
		for i := range a.Values {
			a.Values[i] = 1
		}
		return a
	}
	image := nn.Sequential{nn.Conv2D{Filters: 2, KernelSize: []int{3}}, nn.MaxPooling2D{}, nn.Flatten{}, nn.Dense{Units: 3, Activation: nn.Softmax{}}}
	for name, c := range map[string]struct {
		net  nn.Layer
		loss loss.Loss
		data func(rows int) dataset.Data
	}{
		"plain": {nn.Dense{Units: 1}, loss.MSE{}, func(n int) dataset.Data { return dataset.Data{X: ones(n, 3), Y: ones(n, 1)} }},
		"weights": {nn.Dense{Units: 1}, loss.MSE{}, func(n int) dataset.Data {
			return dataset.Data{X: ones(n, 3), Y: ones(n, 1), SampleWeight: ones(n).Values}
		}},
		"images": {image, loss.SparseCategoricalCrossentropy{}, func(n int) dataset.Data { return dataset.Data{X: ones(n, 8, 8, 1), Y: ones(n, 1)} }},
	} {
		for held, batches := range map[int]int{20: 1, 2*evalBatch + 1: 3} {
			m, err := Compile(c.net, optim.Adam(1e-2), c.loss, Options{Backend: b, Seed: 1})
			require.NoError(t, err)
			train, validation := c.data(40), c.data(held)
			require.NoError(t, m.buildTraining(rowsOf(train.Inputs()), rowsOf(train.Outputs())))
			shapes := fusedShapes{capacity: 2, batch: 20, columns: m.columns(), records: 2, train: shapesOf(train), eval: m.evalShapes(validation, 20)}
			require.Equal(t, batches, shapes.eval.batches)
			for loop, body := range map[string]func(g *graph.Graph) []*graph.Node{
				"training":   func(g *graph.Graph) []*graph.Node { return m.trainBody(g, shapes, false) },
				"evaluation": func(g *graph.Graph) []*graph.Node { return m.evalBody(g, shapes.eval) },
			} {
				g := graph.NewGraph(b, loop)
				out := body(g)
				step := out[len(out)-2].Inputs()[0]
				require.Equal(t, graph.NodeTypeParameter, step.Type())
				ofData, ofStep := map[*graph.Node]bool{}, map[*graph.Node]bool{step: true}
				size := len(shapes.train.shapes())
				from := len(out) - 2 - size
				if loop == "training" {
					from -= 3 // rows, counts and rates lie between data and step
				}
				for _, parameter := range out[from : from+size] {
					require.Equal(t, graph.NodeTypeParameter, parameter.Type())
					ofData[parameter] = true
				}
				computed := 0
				for _, n := range g.Nodes() {
					for _, input := range n.Inputs() {
						ofData[n] = ofData[n] || ofData[input]
						ofStep[n] = ofStep[n] || ofStep[input]
					}
					if n.Type() != graph.NodeTypeParameter && ofData[n] {
						computed++
						require.True(t, ofStep[n], "%s, %d batches, %s: %s is the same in all rounds", name, batches, loop, n)
					}
				}
				require.Positive(t, computed)
			}
		}
	}
}
