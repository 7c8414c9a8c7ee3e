package nn_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// A table that is used both ways in one model: each index scores its own vector's square highest or not by the table alone.
func TestTiedEmbeddingIsCalledBothWays(t *testing.T) {
	net := nn.Graph{
		Inputs: []nn.Input{{Name: "x", Shape: []int{2}}},
		Nodes: []nn.Node{
			{Name: "table", Layer: nn.ReversibleEmbedding{InputDim: 3, OutputDim: 2}, From: []string{"x"}},
			{Name: "scores", Shared: "table", Reverse: true, From: []string{"table"}},
		},
		Outputs: []string{"scores"},
	}
	require.NoError(t, net.Check())
	store := model.NewStore()
	_, err := store.Scope("/table").CreateVariable("embeddings", tensors.FromValue([][]float32{{1, 0}, {0, 2}, {3, 1}}))
	require.NoError(t, err)
	exec, err := model.NewExec(pureGo(t), store, func(scope *model.Scope, x *graph.Node) *graph.Node { return net.Apply(scope, x) })
	require.NoError(t, err)
	out, err := exec.Exec([][]float32{{0, 2}})
	require.NoError(t, err)
	assert.Equal(t, [][][]float32{{{1, 0, 3}, {3, 2, 10}}}, out[0].Value())

	shapes, err := nn.Measure(net, [][]int{{1, 2}}, func(nn.Measured) error { return nil })
	require.NoError(t, err)
	assert.Equal(t, [][]int{{1, 2, 3}}, shapes)
	code, err := nn.KerasModel(net, []int{2})
	require.NoError(t, err)
	assert.Contains(t, code, "scores = table_layer(table, reverse=True)")

	net.Nodes[0].Layer = nn.Embedding{InputDim: 3, OutputDim: 2}
	assert.ErrorContains(t, net.Check(), "only a ReversibleEmbedding")
}
