package probe_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/probe"
)

func TestActivationsNameInnerLayersOnce(t *testing.T) {
	net := nn.Sequential{
		nn.Renamed{Name: "block", Layer: nn.Sequential{nn.Dense{Units: 3, Name: "wide"}, nn.Tanh{}}},
		nn.Dense{Units: 1},
	}
	h := trained(t, net, random(t, 8, []int{2}, []int{1}), probe.Activation{}, probe.Saturation{}, probe.GradientNorm{})
	a, err := probe.ReadActivations(h)
	require.NoError(t, err)
	require.Equal(t, []string{"block/wide", "block/activation", "dense"}, a.Layers)
	s, err := probe.ReadSaturations(h)
	require.NoError(t, err)
	require.Nil(t, s.Saturated[0])
	require.Len(t, s.Saturated[1], len(s.Steps))
	g, err := probe.ReadGradientNorms(h)
	require.NoError(t, err)
	require.Equal(t, []string{"block/wide", "dense"}, g.ByLayer().Layers)
}

func TestUnitsOfASequenceAreOnTheLastAxis(t *testing.T) {
	net := nn.Sequential{nn.SimpleRNN{Units: 4, ReturnSequences: true, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -100}}, nn.Flatten{}, nn.Dense{Units: 1}}
	s, err := probe.ReadSaturations(trained(t, net, random(t, 8, []int{3, 2}, []int{1}), probe.Saturation{}))
	require.NoError(t, err)
	require.Equal(t, "simple_rnn", s.Layers[0])
	require.Equal(t, []float64{1, 1}, s.Dead[0])
	require.Equal(t, []float64{1}, s.DeadThroughout(0, 2)[:1])
	require.Nil(t, s.DeadThroughout(1, 1))
	require.Nil(t, s.DeadThroughout(0, 3))
}

func TestAnyModelFunctionShowsGradientsAndWeights(t *testing.T) {
	line := func(scope *model.Scope, x *graph.Node) *graph.Node {
		w := scope.VariableWithValue("slope", [][]float32{{1}, {2}})
		return graph.Dot(x, w.NodeValue(x)).Product()
	}
	h := trained(t, nn.Func(line), random(t, 8, []int{2}, []int{1}), probe.Cheap()...)
	g, err := probe.ReadGradientNorms(h)
	require.NoError(t, err)
	require.Equal(t, []string{"slope"}, g.Layers)
	require.Equal(t, []string{""}, g.ByLayer().Layers)
	require.Positive(t, g.Raw[0][0])
	_, err = probe.ReadActivations(h)
	require.EqualError(t, err, "probe: the history has no readings of probe.Activation: add probe.Activation{} to fit.Options.Probes (activations are measured in named layers only: those of an nn.Sequential)")
}

func TestReadingWithoutProbesSaysWhatToAdd(t *testing.T) {
	h := trained(t, nn.Sequential{nn.Dense{Units: 1}}, random(t, 8, []int{2}, []int{1}))
	_, err := probe.ReadGradientNorms(h)
	require.EqualError(t, err, "probe: the history has no readings at all: train with fit.Options{Probes: []fit.Probe{probe.GradientNorm{}}} for at least one step")
}
