package nnfigure_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/nn/nnfigure"
)

func models() map[string]nn.Layer {
	dense := nn.Dense{Units: 8, Activation: nn.ReLU{}}
	chain := nn.Sequential{}
	for range 50 {
		chain = append(chain, dense)
	}
	encoder := nn.Sequential{dense, nn.Sequential{nn.Dense{Units: 16}, nn.Dense{Units: 4}}}
	return map[string]nn.Layer{
		"sequential": nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.BatchNormalization{}, nn.Frozen{Layer: dense}, nn.Dense{Units: 1}},
		"chain":      chain,
		"residual": nn.Graph{Inputs: []nn.Input{{Name: "left", Shape: []int{8}}, {Name: "right", Shape: []int{8}}},
			Nodes: []nn.Node{
				{Name: "a", Layer: dense, From: []string{"left"}}, {Name: "b", Shared: "a", From: []string{"right"}},
				{Name: "sum", Layer: nn.Add{}, From: []string{"a", "b", "left"}},
				{Name: "score", Layer: nn.Dense{Units: 1}, From: []string{"sum"}},
				{Name: "kind", Layer: nn.Dense{Units: 3}, From: []string{"sum"}},
			}, Outputs: []string{"score", "kind"}},
		"encoder": nn.Graph{Inputs: []nn.Input{{Name: "left", Shape: []int{8}}, {Name: "right", Shape: []int{8}}},
			Nodes: []nn.Node{
				{Name: "encoder", Layer: encoder, From: []string{"left"}}, {Name: "encoder_2", Shared: "encoder", From: []string{"right"}},
				{Name: "both", Layer: nn.Concatenate{}, From: []string{"encoder", "encoder_2", "left"}},
				{Name: "score", Layer: nn.Dense{Units: 1}, From: []string{"both"}},
			}, Outputs: []string{"score"}},
	}
}

func TestDiagramCountsAsSummarize(t *testing.T) {
	for name, m := range models() {
		var inputs [][]int
		var shape []int
		if _, ok := m.(nn.Graph); !ok {
			inputs, shape = [][]int{{8}}, []int{8}
		}
		d, err := nnfigure.Diagram(m, inputs...)
		require.NoError(t, err, name)
		s, err := nn.Summarize(m, shape...)
		require.NoError(t, err)
		want := fmt.Sprintf("%d of them not trained", s.NonTrainable)
		if s.NonTrainable > 0 {
			assert.Contains(t, d.Subtitle, want, name)
		}
		assert.NoError(t, figure.Save(filepath.Join(t.TempDir(), name+".svg"), d), name)
		if dir := os.Getenv("MODEL_PICTURES"); dir != "" {
			require.NoError(t, figure.Save(filepath.Join(dir, name+".png"), d))
		}
	}
}

func TestDiagramErrors(t *testing.T) {
	_, err := nnfigure.Diagram(nil)
	assert.ErrorContains(t, err, "no model")
	_, err = nnfigure.Diagram(nn.Dense{Units: 1})
	assert.ErrorContains(t, err, "give the shape")
	_, err = nnfigure.Diagram(nn.Dense{Units: 1}, []int{0})
	assert.ErrorContains(t, err, "must be positive")
	g := nn.Graph{Inputs: []nn.Input{{Name: "x"}}, Nodes: []nn.Node{{Name: "a", Layer: nn.Dense{Units: 3}, From: []string{"x"}}, {Name: "sum", Layer: nn.Add{}, From: []string{"a", "x"}}}, Outputs: []string{"sum"}}
	_, err = nnfigure.Diagram(g)
	assert.ErrorContains(t, err, "doesn't say its shape")
	_, err = nnfigure.Diagram(g, []int{2})
	assert.ErrorContains(t, err, `layer "sum"`)
	g.Nodes[0].From = []string{"sum"}
	_, err = nnfigure.Diagram(g, []int{2})
	assert.ErrorContains(t, err, "wait for each other")
}

func ExampleDiagram() {
	d, err := nnfigure.Diagram(nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, []int{10})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Text())
	// Output:
	// Model
	//   49 parameters.
	//   input: (None, 10)
	//   dense: Dense · (None, 4), 44 parameters, from input
	//   dense_1: Dense · (None, 1), 5 parameters, from dense
	//   output: (None, 1), from dense_1
}
