package probe_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/probe"
)

// pair is a probe of another package.
type pair struct{}

func (pair) Measure(s *fit.StepGraph) []fit.Reading {
	return []fit.Reading{{Name: "pair", Value: graph.Stack([]*graph.Node{s.Loss, s.Rows}, 0)}}
}

func TestAllSeries(t *testing.T) {
	probes := append(probe.Cheap(), probe.Histogram{}, pair{})
	h := trained(t, nn.Sequential{nn.Dense{Units: 1, Activation: nn.Tanh{}}}, random(t, 8, []int{2}, []int{1}), probes...)
	values := map[string][]float64{}
	for _, s := range probe.AllSeries(h) {
		require.Equal(t, []int{1, 2}, s.Steps)
		require.NotContains(t, values, s.Name)
		values[s.Name] = s.Values
	}
	// Gradient, weight and update norms of 2 weights and of all; ratios; mean, deviation, saturated, dead; the pair.
	require.Len(t, values, 3*2+4+2+4+2)
	require.Equal(t, float64(h.Steps[1]), values["pair/0"][1])
	require.Equal(t, 4.0, values["pair/1"][0])
	norms, err := probe.ReadGradientNorms(h)
	require.NoError(t, err)
	require.Equal(t, norms.Raw[0], values["gradient norm/dense/kernel"])
	require.Equal(t, norms.GlobalRaw, values["gradient norm"])
	ratios, err := probe.ReadUpdateRatios(h)
	require.NoError(t, err)
	require.Equal(t, ratios.Ratios[0], values["update ratio/dense/kernel"])
	require.Empty(t, probe.AllSeries(&fit.History{}))
}
