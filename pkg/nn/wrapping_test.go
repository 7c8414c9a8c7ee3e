package nn_test

import (
	"slices"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
)

// What goes through a model's layers goes into those inside of others too.
func TestLayersInsideOfLayers(t *testing.T) {
	net := nn.Sequential{
		nn.Bidirectional{Layer: nn.LSTM{Units: 3, ReturnSequences: true}},
		nn.TimeDistributed{Layer: nn.Dense{Units: 2}},
	}
	var paths []string
	for _, p := range nn.Leaves(net) {
		paths = append(paths, p.Path)
	}
	assert.Equal(t, []string{"bidirectional/forward_lstm", "bidirectional/backward_lstm", "time_distributed/dense"}, paths)

	wider, err := nn.Rewrite(net, func(p nn.Place) nn.Change {
		c := nn.Change{Layer: nn.WithUnits(p.Layer, 5)}
		if _, dense := p.Layer.(nn.Dense); dense {
			c.Behind = []nn.Layer{nn.BatchNormalization{}}
		}
		return c
	})
	require.NoError(t, err)
	outputs, err := nn.Measure(wider, [][]int{{2, 4, 3}}, func(nn.Measured) error { return nil })
	require.NoError(t, err)
	assert.Equal(t, [][]int{{2, 4, 5}}, outputs)

	without, err := nn.Edit(net, func(p nn.Place) nn.Layer {
		if _, dense := p.Layer.(nn.Dense); dense {
			return nil
		}
		return p.Layer
	})
	require.NoError(t, err)
	assert.Len(t, without, 1)

	code, err := nn.KerasCode(net)
	require.NoError(t, err)
	assert.Contains(t, code, "layers.Bidirectional(layers.LSTM(3, return_sequences=True))")
	assert.Contains(t, code, "layers.TimeDistributed(layers.Dense(2))")
}

// Probes are told of outputs with the batch in front, also of a layer that saw all steps as rows, and once of one that saw
// one step after the other.
func TestTimeDistributedIsObserved(t *testing.T) {
	net := nn.TimeDistributed{Layer: nn.Sequential{nn.Dense{Units: 2}, nn.BatchNormalization{}}}
	for _, l := range []nn.Layer{net, nn.TimeDistributed{Layer: nn.Dense{Units: 2}}} {
		seen := map[string][]int{}
		exec, err := model.NewExec(gobackend.GetBackend(), model.NewStore(), func(scope *model.Scope, x *graph.Node) *graph.Node {
			nn.Observe(x.Graph(), func(scope string, l nn.Layer, y *graph.Node) {
				if seen[scope] != nil {
					t.Errorf("%s was observed twice", scope)
				}
				seen[scope] = slices.Clone(y.Shape().Dimensions)
			})
			defer nn.Observe(x.Graph(), nil)
			return l.Apply(scope, x)
		})
		require.NoError(t, err)
		y, err := exec.Exec(tensor(quantiles(2*4*3), 2, 4, 3))
		require.NoError(t, err)
		assert.Equal(t, []int{2, 4, 2}, y[0].Shape().Dimensions)
		require.NotEmpty(t, seen)
		for scope, dims := range seen {
			assert.Equal(t, []int{2, 4, 2}, dims, scope)
		}
	}
}

// What doesn't go together is an error that says so.
func TestWrongWrappers(t *testing.T) {
	for _, c := range []struct {
		layer nn.Layer
		error string
	}{
		{nn.Bidirectional{}, "Bidirectional.Layer is nil"},
		{nn.TimeDistributed{}, "TimeDistributed.Layer is nil"},
		{nn.Bidirectional{Layer: nn.LSTM{Units: 2}, Backward: nn.GRU{Units: 2}}, "go the same way"},
		{nn.Bidirectional{Layer: nn.LSTM{Units: 2}, Backward: nn.LSTM{Units: 2, GoBackwards: true}}, `are named "lstm"`},
		{nn.Bidirectional{Layer: nn.LSTM{Units: 2}, Backward: nn.GRU{Units: 3, GoBackwards: true}, MergeMode: "sum"}, "can't merge"},
		{nn.Bidirectional{Layer: nn.LSTM{Units: 2}, MergeMode: "max"}, "MergeMode"},
		{nn.Bidirectional{Layer: nn.LSTM{Units: 2}, MergeMode: "none"}, "several outputs"},
		{nn.LSTM{Units: 2, RecurrentDropout: 1}, "LSTM.RecurrentDropout is 1"},
		{nn.MultiHeadAttention{NumHeads: 2}, "must be positive"},
		{nn.GroupQueryAttention{HeadDim: 2, NumQueryHeads: 3, NumKeyValueHeads: 2}, "can't share"},
		{nn.EinsumDense{Equation: "abc,cd", Output: []int{2}}, "has another form"},
		{nn.EinsumDense{Equation: "abc,ce->abd", Output: []int{4, 2}}, "axis 'd'"},
	} {
		_, err := run(gobackend.GetBackend(), model.NewStore(), c.layer, false, tensor(quantiles(2*4*3), 2, 4, 3))
		assert.ErrorContains(t, err, c.error, "%#v", c.layer)
	}
}
