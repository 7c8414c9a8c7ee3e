package probefigure_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
	"example.com/unstuck/pkg/probe/probefigure"
)

// trained is a tanh layer and a ReLU layer ahead of the output.
func trained(t *testing.T, rate float64, probes ...fit.Probe) *fit.History {
	t.Helper()
	d, err := dataset.Random(64, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	net := nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 4, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	o := fit.Options{Backend: gobackend.GetBackend(), Seed: 9, Probes: probes, ProbeEvery: 2}
	m, err := fit.Compile(net, optim.SGD(rate), loss.MSE{}, o)
	require.NoError(t, err)
	h, err := m.Fit(context.Background(), d, fit.Config{Epochs: 3})
	require.NoError(t, err)
	return h
}

func TestFiguresHoldWhatWasRead(t *testing.T) {
	h := trained(t, 0.1, append(probe.Cheap(), probe.Histogram{Low: -1, High: 1, Bins: 5})...)

	updates, err := probefigure.UpdateRatios("u", h)
	require.NoError(t, err)
	u, err := probe.ReadUpdateRatios(h)
	require.NoError(t, err)
	assert.Equal(t, figure.UpdateRatios{Title: "u", Layers: []string{"dense", "dense_1", "dense_2"}, Steps: u.Steps, Ratios: u.ByLayer().Ratios}, updates)

	norms, err := probefigure.GradientNorms("g", h)
	require.NoError(t, err)
	g, err := probe.ReadGradientNorms(h)
	require.NoError(t, err)
	assert.Equal(t, figure.GradientNorms{Title: "g", Layers: updates.Layers, Steps: g.Steps, Norms: g.ByLayer().Raw}, norms)

	s, err := probe.ReadSaturations(h)
	require.NoError(t, err)
	dead, err := probefigure.Dead("d", h)
	require.NoError(t, err)
	assert.Equal(t, figure.Saturation{Title: "d", Layers: []string{"dense", "dense_1"}, Steps: s.Steps, Dead: s.Dead[:2]}, dead)
	saturated, err := probefigure.Saturated("s", h)
	require.NoError(t, err)
	assert.Equal(t, figure.Saturation{Title: "s", Layers: []string{"dense"}, Steps: s.Steps, Saturated: s.Saturated[:1]}, saturated)

	outputs, err := probefigure.Outputs("o", h, "dense")
	require.NoError(t, err)
	assert.Len(t, outputs.Counts, len(outputs.Steps))
	assert.Len(t, outputs.Edges, 6)

	page := probefigure.Overview("p", h, "SGD")
	assert.Equal(t, updates.Ratios, page.Updates.Ratios)
	assert.Equal(t, norms.Norms, page.Gradients.Norms)
	assert.Equal(t, dead.Dead, page.Dead.Dead)
	assert.False(t, page.Loss.LogY, "the loss stays within two decades")
	clipping, err := probefigure.Clipping("c", h, "dense_1/kernel", 1)
	require.NoError(t, err)
	assert.Equal(t, figure.Clipping{Title: "c", Steps: g.Steps, Before: g.Raw[2], After: g.Applied[2], Limit: 1}, clipping)
	_, err = probefigure.Clipping("c", h, "dense_3/kernel", 1)
	assert.ErrorContains(t, err, `no weight "dense_3/kernel" was measured; there are dense/kernel, dense/bias, dense_1/kernel`)
	for _, f := range []figure.Figure{clipping, updates, norms, dead, saturated, outputs, page} {
		draws(t, f)
	}
}

func TestWithoutProbesIsAnErrorThatNamesTheProbe(t *testing.T) {
	h := trained(t, 0.1)
	for name, draw := range map[string]func() error{
		"probe.UpdateRatio":  func() error { _, err := probefigure.UpdateRatios("", h); return err },
		"probe.GradientNorm": func() error { _, err := probefigure.GradientNorms("", h); return err },
		"probe.Saturation":   func() error { _, err := probefigure.Dead("", h); return err },
		"probe.Histogram":    func() error { _, err := probefigure.Outputs("", h, "dense"); return err },
	} {
		assert.ErrorContains(t, draw(), name)
	}
	_, err := probefigure.Saturated("", h)
	assert.ErrorContains(t, err, "probe.Saturation")
	page := probefigure.Overview("", h)
	assert.Empty(t, page.Updates.Ratios)
	draws(t, page)
}

// TestOverviewOfAJump: a rate of 10 throws the loss up by decades, which a linear axis would hide.
func TestOverviewOfAJump(t *testing.T) {
	h := &fit.History{Epochs: []fit.Epoch{{Loss: 8e6}, {Loss: 120}, {Loss: 12}}}
	assert.True(t, probefigure.Overview("", h).Loss.LogY)
	assert.False(t, probefigure.Overview("", &fit.History{}).Loss.LogY)
}
