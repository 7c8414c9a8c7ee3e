package probe_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

// fading sums x [batch, time, 1] over time with weights 2^-(time left): the gradient halves with each step
// back.
func fading(_ *model.Scope, x *graph.Node) *graph.Node {
	time := x.Shape().Dim(1)
	factors := make([]float32, time)
	for t := range factors {
		factors[t] = float32(math.Pow(0.5, float64(time-1-t)))
	}
	weights := graph.Const(x.Graph(), factors)
	return graph.Dot(graph.Reshape(x, -1, time), graph.Reshape(weights, time, 1)).Product()
}

func TestInputGradientShowsTheWayBackInTime(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		net := nn.Sequential{nn.Func(fading), nn.Dense{Units: 1}}
		m := compile(t, net, optim.SGD(0.1), fit.Options{Backend: b, Probes: []fit.Probe{probe.InputGradient{}}, ProbeEvery: 1})
		h := train(t, m, random(t, 10, []int{5, 1}, []int{1}), fit.Config{BatchSize: 4})
		g, err := probe.ReadInputGradients(h)
		require.NoError(t, err)
		require.Len(t, g.Norms, 5)
		require.Equal(t, []string{"time 1", "time 2", "time 3", "time 4", "time 5"}, g.Times())
		for k := range g.Steps {
			at := g.At(k)
			require.Len(t, at, 5)
			for time, norms := range g.Norms {
				require.Equal(t, norms[k], at[time])
			}
			require.Positive(t, g.Norms[4][k])
			for time := range 4 {
				require.InEpsilon(t, g.Norms[time+1][k]/2, g.Norms[time][k], 1e-5)
			}
			require.InEpsilon(t, 1.0/16, g.Ratio()[k], 1e-5)
		}
	})
}

func TestInputGradientOfARecurrentNet(t *testing.T) {
	net := nn.Sequential{nn.SimpleRNN{Units: 4}, nn.Dense{Units: 1}}
	h := trained(t, net, random(t, 8, []int{6, 2}, []int{1}), probe.InputGradient{})
	g, err := probe.ReadInputGradients(h)
	require.NoError(t, err)
	require.Len(t, g.Norms, 6)
	require.Positive(t, g.Norms[0][0])
}

func TestInputGradientOfIndicesIsZero(t *testing.T) {
	d := random(t, 8, []int{3}, []int{1})
	for i := range d.X.Values {
		d.X.Values[i] = float32(i % 5)
	}
	net := nn.Sequential{nn.Embedding{InputDim: 5, OutputDim: 2}, nn.Flatten{}, nn.Dense{Units: 1}}
	g, err := probe.ReadInputGradients(trained(t, net, d, probe.InputGradient{}))
	require.NoError(t, err)
	require.Equal(t, [][]float64{{0, 0}}, g.Norms)
}
