package probe_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

func TestProbesAgreeWithPlainLoops(t *testing.T) {
	everything := append(probe.Cheap(), probe.InputGradient{})
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		run := twin(t, b, fit.Options{Probes: everything, ProbeEvery: 2})
		for i, s := range run.steps {
			closeTo(t, s.loss, float64(run.history.Steps[i]), "loss of step %d", i+1)
		}
		t.Run("gradient norms", func(t *testing.T) { checkGradientNorms(t, run) })
		t.Run("update ratios", func(t *testing.T) { checkUpdateRatios(t, run) })
		t.Run("activations", func(t *testing.T) { checkActivations(t, run) })
		t.Run("saturations", func(t *testing.T) { checkSaturations(t, run) })
		t.Run("input gradients", func(t *testing.T) { checkInputGradients(t, run) })
	})
}

func checkGradientNorms(t *testing.T, run twinRun) {
	g, err := probe.ReadGradientNorms(run.history)
	require.NoError(t, err)
	require.Equal(t, []string{"dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias", "dense_2/kernel", "dense_2/bias", "dense_3/kernel", "dense_3/bias"}, g.Layers)
	layers := g.ByLayer()
	require.Equal(t, []string{"dense", "dense_1", "dense_2", "dense_3"}, layers.Layers)
	clipped := 0
	for k, step := range g.Steps {
		s := run.steps[step-1]
		var raw, applied []float64
		for w := range g.Layers {
			closeTo(t, normOf(s.gradient[w]), g.Raw[w][k], "%s at %d", g.Layers[w], step)
			closeTo(t, normOf(s.applied[w]), g.Applied[w][k], "%s at %d, applied", g.Layers[w], step)
			if g.Applied[w][k] < 0.99*g.Raw[w][k] {
				clipped++
			}
			raw, applied = append(raw, s.gradient[w]...), append(applied, s.applied[w]...)
			if w%2 == 1 {
				closeTo(t, normOf(append(s.gradient[w-1], s.gradient[w]...)), layers.Raw[w/2][k], "%s at %d", layers.Layers[w/2], step)
			}
		}
		closeTo(t, normOf(raw), g.GlobalRaw[k], "all at %d", step)
		closeTo(t, normOf(applied), g.GlobalApplied[k], "all at %d, applied", step)
	}
	require.NotZero(t, clipped, "the case should clip")
	for _, limit := range []float64{0, 0.1, 1, 1e9} {
		steps := map[int]bool{}
		for w := range g.Layers {
			for k, norm := range g.Raw[w] {
				if norm > limit {
					steps[k] = true
				}
			}
		}
		require.Equal(t, len(steps), g.LongerThan(limit), "longer than %g", limit)
	}
}

func checkUpdateRatios(t *testing.T, run twinRun) {
	u, err := probe.ReadUpdateRatios(run.history)
	require.NoError(t, err)
	weights, err := probe.ReadWeightNorms(run.history)
	require.NoError(t, err)
	layers := u.ByLayer()
	for k, step := range u.Steps {
		s := run.steps[step-1]
		var all, update, weight []float64
		for w := range u.Layers {
			moved := make([]float64, len(s.before[w]))
			for i := range moved {
				moved[i] = s.after[w][i] - s.before[w][i]
			}
			all = append(all, moved...)
			closeTo(t, normOf(s.before[w]), weights.Norms[w][k], "weight norm of %s at %d", u.Layers[w], step)
			// What float32 can keep of a small difference: the weights are of size 5, their last bit is 5e-7.
			require.InDelta(t, normOf(moved), u.Updates[w][k], 2e-6, "update of %s at %d", u.Layers[w], step)
			require.InDelta(t, normOf(moved)/normOf(s.before[w]), u.Ratios[w][k], 1e-6, "ratio of %s at %d", u.Layers[w], step)
			update, weight = append(update, moved...), append(weight, s.before[w]...)
			if w%2 == 1 {
				require.InDelta(t, normOf(update)/normOf(weight), layers.Ratios[w/2][k], 1e-6, "ratio of %s at %d", layers.Layers[w/2], step)
				update, weight = nil, nil
			}
		}
		require.InDelta(t, normOf(all), u.Global[k], 2e-6, "step %d", step)
	}
}

func checkActivations(t *testing.T, run twinRun) {
	a, err := probe.ReadActivations(run.history)
	require.NoError(t, err)
	require.Equal(t, []string{"dense", "dense_1", "dense_2", "dense_3"}, a.Layers)
	for k, step := range a.Steps {
		for l, output := range run.steps[step-1].outputs {
			values := output.all()
			mean, square := 0.0, 0.0
			for _, v := range values {
				mean += v / float64(len(values))
			}
			for _, v := range values {
				square += (v - mean) * (v - mean) / float64(len(values))
			}
			closeTo(t, mean, a.Mean[l][k], "mean of %s at %d", a.Layers[l], step)
			closeTo(t, math.Sqrt(square), a.SD[l][k], "deviation of %s at %d", a.Layers[l], step)
		}
	}
}

func checkSaturations(t *testing.T, run twinRun) {
	s, err := probe.ReadSaturations(run.history)
	require.NoError(t, err)
	require.Nil(t, s.Saturated[2], "a ReLU has no flat part on both sides")
	require.Nil(t, s.Saturated[3])
	dead, saturated := 0.0, 0.0
	for k, step := range s.Steps {
		outputs := run.steps[step-1].outputs
		for l, output := range outputs {
			require.InDelta(t, deadShare(output), s.Dead[l][k], 1e-7, "%s at %d", s.Layers[l], step)
			dead += s.Dead[l][k]
		}
		require.InDelta(t, shareOf(outputs[0], func(y float64) bool { return math.Abs(y) > 0.97 }), s.Saturated[0][k], 1e-6)
		require.InDelta(t, shareOf(outputs[1], func(y float64) bool { return y < 0.015 || y > 0.985 }), s.Saturated[1][k], 1e-6)
		saturated += s.Saturated[0][k]
	}
	require.NotZero(t, dead, "the case should have dead units")
	require.NotZero(t, saturated, "the case should have saturated units")
	var window matrix
	for _, step := range run.steps[:3] {
		window = append(window, step.outputs[2]...)
	}
	require.InDelta(t, deadShare(window), s.DeadThroughout(0, 3)[2], 1e-7)
}

func deadShare(output matrix) float64 {
	dead := 0
	for u := range output[0] {
		alive := false
		for _, row := range output {
			alive = alive || row[u] != 0
		}
		if !alive {
			dead++
		}
	}
	return float64(dead) / float64(len(output[0]))
}

func shareOf(output matrix, is func(float64) bool) float64 {
	n := 0
	for _, v := range output.all() {
		if is(v) {
			n++
		}
	}
	return float64(n) / float64(len(output.all()))
}

func checkInputGradients(t *testing.T, run twinRun) {
	g, err := probe.ReadInputGradients(run.history)
	require.NoError(t, err)
	require.Len(t, g.Norms, 1)
	for k, step := range g.Steps {
		closeTo(t, normOf(run.steps[step-1].inputGradient.all()), g.Norms[0][k], "step %d", step)
	}
}
