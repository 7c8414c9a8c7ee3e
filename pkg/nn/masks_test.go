package nn_test

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/assert"

	"example.com/unstuck/pkg/nn"
)

// What is said of a model's output beforehand is what its graph has. Numbers behind masks are compared with Keras' in package
// keras.
func TestMasksOutput(t *testing.T) {
	embedding := nn.Embedding{InputDim: 4, OutputDim: 3, MaskZero: true}
	graphOf := func(nodes ...nn.Node) nn.Graph {
		return nn.Graph{Inputs: []nn.Input{{Name: "x"}}, Nodes: append([]nn.Node{node("e", embedding, "x")}, nodes...), Outputs: []string{nodes[len(nodes)-1].Name}}
	}
	plain := node("p", nn.Embedding{InputDim: 4, OutputDim: 3}, "x")
	for name, c := range map[string]struct {
		model nn.Layer
		want  bool
	}{
		"embedding":             {nn.Sequential{embedding}, true},
		"no zero":               {nn.Sequential{nn.Embedding{InputDim: 4, OutputDim: 3}}, false},
		"masking":               {nn.Sequential{nn.Embedding{InputDim: 4, OutputDim: 3}, nn.Masking{}}, true},
		"sequence":              {nn.Sequential{embedding, nn.LSTM{Units: 2, ReturnSequences: true}, nn.Dense{Units: 2}}, true},
		"last step":             {nn.Sequential{embedding, nn.GRU{Units: 2}, nn.Dense{Units: 2}}, false},
		"both ways":             {nn.Sequential{embedding, nn.Bidirectional{Layer: nn.LSTM{Units: 2, ReturnSequences: true}}}, true},
		"both ends":             {nn.Sequential{embedding, nn.Bidirectional{Layer: nn.LSTM{Units: 2}}}, false},
		"each step":             {nn.Sequential{embedding, nn.TimeDistributed{Layer: nn.Dense{Units: 2}}}, true},
		"flat":                  {nn.Sequential{embedding, nn.Flatten{}, nn.Dense{Units: 2}}, false},
		"mean":                  {nn.Sequential{embedding, nn.GlobalAveragePooling1D{}}, false},
		"nested and frozen":     {nn.Sequential{nn.Frozen{Layer: nn.Sequential{embedding, nn.Dropout{Rate: 0.5}}}, nn.ReLU{}}, true},
		"a function":            {nn.Sequential{embedding, nn.Func(func(_ *model.Scope, x *graph.Node) *graph.Node { return x })}, false},
		"merged":                {graphOf(node("f", nn.Dense{Units: 3}, "e"), node("out", nn.Add{}, "e", "f")), true},
		"merged with a plain":   {graphOf(plain, node("out", nn.Add{}, "e", "p")), false},
		"joined with a plain":   {graphOf(plain, node("out", nn.Concatenate{}, "p", "e")), true},
		"attention":             {graphOf(plain, node("out", nn.Attention{}, "e", "p")), true},
		"attention from plain":  {graphOf(plain, node("out", nn.Attention{}, "p", "e")), false},
		"residual around heads": {graphOf(node("h", nn.MultiHeadAttention{NumHeads: 1, KeyDim: 2}, "e", "e"), node("out", nn.Add{}, "e", "h")), false},
		"heads":                 {graphOf(node("h", nn.MultiHeadAttention{NumHeads: 1, KeyDim: 2}, "e", "e"), node("out", nn.LayerNormalization{}, "h")), true},
	} {
		assert.Equal(t, c.want, nn.MasksOutput(c.model, 1), name)
		onEachBackend(t, func(t *testing.T, b compute.Backend) {
			has := false
			probe := nn.Func(func(scope *model.Scope, x *graph.Node) *graph.Node {
				y := nn.ApplyAll(c.model, scope, []*graph.Node{x})[0]
				has = nn.MaskOf(y) != nil
				return y
			})
			mustRun(t, b, model.NewStore(), probe, false, tensor([]float32{1, 2, 0, 0, 3, 1}, 2, 3))
			assert.Equal(t, c.want, has, name)
		})
	}
}

// A step that doesn't count changes nothing behind a recurrent layer, whatever stands in it.
func TestMaskedStepsChangeNothing(t *testing.T) {
	net := nn.Sequential{nn.Masking{}, nn.LSTM{Units: 3}}
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		store := model.NewStore()
		short := mustRun(t, b, store, net, false, tensor([]float32{1, 2, 3, 4}, 1, 2, 2))
		long := mustRun(t, b, store, net, false, tensor([]float32{0, 0, 1, 2, 0, 0, 3, 4, 0, 0}, 1, 5, 2))
		assert.InDeltaSlice(t, short, long, 1e-6)
	})
}
