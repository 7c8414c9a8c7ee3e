package probe_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

func faultOf(t *testing.T, rate float64, every int, spoil func(d []float32)) probe.Fault {
	t.Helper()
	d := random(t, 16, []int{2}, []int{1})
	spoil(d.X.Values)
	net := nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 1}}
	m := compile(t, net, optim.SGD(rate), fit.Options{Probes: []fit.Probe{probe.NonFinite{}}, ProbeEvery: every})
	h, err := m.Fit(ctx, d, fit.Config{BatchSize: 4, NoShuffle: true, AllowNonFinite: true, Epochs: 12})
	require.NoError(t, err)
	f, err := probe.FirstFault(h)
	require.NoError(t, err)
	return f
}

func TestFirstFault(t *testing.T) {
	nan := float32(math.NaN())
	tests := map[string]struct {
		rate  float64
		every int
		spoil func([]float32)
		want  probe.Fault
		text  string
	}{
		"none": {0.01, 1, func([]float32) {}, probe.Fault{}, "all values are finite"},
		"a NaN in the third batch": {0.01, 1, func(x []float32) { x[2*4*2] = nan },
			probe.Fault{Step: 3, Kind: "output", Layer: "dense", Count: 3}, "step 3: 3 values of the output of dense aren't finite"},
		"seen by the loss before the probe looks": {0.01, 10, func(x []float32) { x[2*4*2] = nan },
			probe.Fault{Step: 3, Kind: "loss", Count: 1}, "step 3: the loss isn't finite"},
	}
	for name, c := range tests {
		t.Run(name, func(t *testing.T) {
			f := faultOf(t, c.rate, c.every, c.spoil)
			require.Equal(t, c.want, f)
			require.Equal(t, c.text, f.String())
		})
	}
}

func TestFirstFaultOfAnExplodingTraining(t *testing.T) {
	f := faultOf(t, 1e4, 1, func([]float32) {})
	require.NotEmpty(t, f.Kind)
	require.Less(t, f.Step, 48)
}

func TestNonFiniteOnEachBackend(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		d := random(t, 10, []int{2}, []int{1})
		d.X.Values[2*9] = float32(math.Inf(1)) // in the padded last batch, rows 8 and 9
		net := nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 1}}
		m := compile(t, net, optim.SGD(0.01), fit.Options{Backend: b, Probes: []fit.Probe{probe.NonFinite{}}, ProbeEvery: 2})
		h, err := m.Fit(ctx, d, fit.Config{BatchSize: 4, NoShuffle: true, AllowNonFinite: true})
		require.NoError(t, err)
		f, err := probe.FirstFault(h)
		require.NoError(t, err)
		require.Equal(t, probe.Fault{Step: 3, Kind: "output", Layer: "dense", Count: 3}, f)
	})
}

func TestFirstFaultNeedsItsProbe(t *testing.T) {
	_, err := probe.FirstFault(trained(t, nn.Sequential{nn.Dense{Units: 1}}, random(t, 8, []int{2}, []int{1}), probe.WeightNorm{}))
	require.ErrorContains(t, err, "add probe.NonFinite{} to fit.Options.Probes")
}
