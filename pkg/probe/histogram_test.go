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

func TestHistogramsAgreeWithPlainLoops(t *testing.T) {
	probes := []fit.Probe{
		probe.Histogram{Low: -1, High: 2, Bins: 7}, probe.Histogram{Of: probe.Gradients},
		probe.Histogram{Of: probe.Weights}, probe.Histogram{Of: probe.Updates, Bins: 5},
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		run := twin(t, b, fit.Options{Probes: probes, ProbeEvery: 3}) // the padded batches
		for _, of := range []probe.Quantity{probe.Outputs, probe.Gradients, probe.Weights, probe.Updates} {
			h, err := probe.ReadHistograms(run.history, of)
			require.NoError(t, err)
			for i, layer := range h.Layers {
				for k, step := range h.Steps {
					checkHistogram(t, h, i, k, valuesOf(run.steps[step-1], of, i), layer)
				}
			}
		}
	})
}

func valuesOf(s naiveStep, of probe.Quantity, i int) []float64 {
	switch of {
	case probe.Outputs:
		return s.outputs[i].all()
	case probe.Gradients:
		return s.gradient[i]
	case probe.Weights:
		return s.before[i]
	}
	moved := make([]float64, len(s.before[i]))
	for j := range moved {
		moved[j] = s.after[i][j] - s.before[i][j]
	}
	return moved
}

// checkHistogram counts again; a value within rounding of a border may lie on either side.
func checkHistogram(t *testing.T, h probe.Histograms, i, k int, values []float64, layer string) {
	t.Helper()
	got := append(append([]float64{h.Below[i][k]}, h.Counts[i][k]...), h.Above[i][k])
	total := 0.0
	for b, n := range got {
		low, high := math.Inf(-1), math.Inf(1)
		if b > 0 {
			low = h.Edges[b-1]
		}
		if b < len(h.Edges) {
			high = h.Edges[b]
		}
		sure, perhaps := 0.0, 0.0
		for _, v := range values {
			if v >= low+1e-5 && v < high-1e-5 {
				sure++
			}
			if v >= low-1e-5 && v < high+1e-5 {
				perhaps++
			}
		}
		require.GreaterOrEqual(t, n, sure, "%s of %s, bin %d", h.Of, layer, b)
		require.LessOrEqual(t, n, perhaps, "%s of %s, bin %d", h.Of, layer, b)
		total += n
	}
	require.Equal(t, float64(len(values)), total)
}

func TestHistogramBordersAndNaN(t *testing.T) {
	d := random(t, 4, []int{1}, []int{1})
	copy(d.X.Values, []float32{-1, 0, 1, float32(math.NaN())})
	net := nn.Sequential{nn.Linear{}, nn.Dense{Units: 1}}
	m := compile(t, net, optim.SGD(0), fit.Options{Probes: []fit.Probe{probe.Histogram{Low: -1, High: 1, Bins: 2}}})
	h, err := m.Fit(ctx, d, fit.Config{AllowNonFinite: true})
	require.NoError(t, err)
	counts, err := probe.ReadHistograms(h, probe.Outputs)
	require.NoError(t, err)
	require.Equal(t, []float64{-1, 0, 1}, counts.Edges)
	require.Equal(t, [][]float64{{1, 1}}, counts.Layer("activation"))
	require.Equal(t, []float64{0}, counts.Below[0])
	require.Equal(t, 1.0, counts.Above[0][0])
	require.Nil(t, counts.Layer("missing"))
	_, err = probe.ReadHistograms(h, probe.Weights)
	require.ErrorContains(t, err, "(of weights)")
}

func TestHistogramRefusesAnImpossibleRange(t *testing.T) {
	for _, p := range []probe.Histogram{{Low: 1, High: 1}, {Low: 1}, {High: math.NaN()}, {High: math.Inf(1)}, {Bins: -1}, {Of: 9}} {
		m := compile(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1), fit.Options{Probes: []fit.Probe{p}})
		_, err := m.Fit(ctx, random(t, 4, []int{1}, []int{1}), fit.Config{})
		require.ErrorContains(t, err, "probe.Histogram")
	}
}
