package explore_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

// walked is a model after a training, the snapshots on its way, and the data.
func walked(t testing.TB, net nn.Layer, o optim.Optimizer, epochs int) (*fit.Model, probe.Snapshots, dataset.Data) {
	d, err := dataset.Random(64, []int{3}, []int{1}, 5)
	require.NoError(t, err)
	m, err := fit.Compile(net, o, loss.MSE{}, fit.Options{Backend: gobackend.GetBackend(), Seed: 3})
	require.NoError(t, err)
	var s probe.Snapshots
	_, err = m.Fit(context.Background(), d, fit.Config{Epochs: epochs, Callbacks: []fit.Callback{&s}})
	require.NoError(t, err)
	return m, s, d
}

func bent() nn.Layer {
	return nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 1}}
}

func TestLandscapeGoesThroughStartMiddleAndEnd(t *testing.T) {
	m, s, d := walked(t, bent(), optim.Adam(0.02), 30)
	before, err := m.Weights()
	require.NoError(t, err)
	l, err := explore.LossLandscape(context.Background(), m, s, d, explore.LandscapeOptions{Places: 9})
	require.NoError(t, err)
	after, err := m.Weights()
	require.NoError(t, err)
	assert.Equal(t, before, after, "the model is left as it was")
	require.Len(t, l.Loss, 9)
	require.Len(t, l.Path, len(s.Kept))
	on := 0
	for _, p := range l.Path {
		if p.Beside < 1e-5 {
			on++
		}
		assert.True(t, p.A > l.A[0] && p.A < l.A[8] && p.B > l.B[0] && p.B < l.B[8], "%v lies inside", p)
	}
	assert.Equal(t, 3, on, "three points lie on their plane")
	assert.InDelta(t, 0, l.Path[0].A, 1e-6)
	assert.Zero(t, l.Path[len(l.Path)-1].B, "the first direction leads from start to end, and no rounding is told")
	found, err := m.Evaluate(context.Background(), d)
	require.NoError(t, err)
	assert.Equal(t, found.Loss, l.Path[len(l.Path)-1].Loss)
	assert.InDelta(t, l.A[8]-l.A[0], l.B[8]-l.B[0], 1e-12, "equal scales")
	assert.Regexp(t, `^distance of weights across, towards epoch \d+$`, l.BName, "above the axis it must say what the numbers are")
}

// The loss of a linear model is a quadratic function of its weights: so it must be along any line of the plane.
func TestLandscapeOfALinearModelIsAParabola(t *testing.T) {
	for _, random := range []bool{false, true} {
		m, s, d := walked(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.05), 20)
		l, err := explore.LossLandscape(context.Background(), m, s, d, explore.LandscapeOptions{Places: 7, Random: random})
		require.NoError(t, err)
		for i := range 7 {
			for j := 3; j < 7; j++ {
				row, column := l.Loss[i], func(k int) float64 { return l.Loss[k][i] }
				third := func(at func(int) float64) float64 { return at(j) - 3*at(j-1) + 3*at(j-2) - at(j-3) }
				assert.InDelta(t, 0, third(func(k int) float64 { return row[k] }), 1e-5)
				assert.InDelta(t, 0, third(column), 1e-5)
			}
		}
		assert.Greater(t, l.Loss[0][0], 0.0)
	}
}

func TestRandomDirectionsAreFilterNormalized(t *testing.T) {
	m, s, d := walked(t, bent(), optim.Adam(0.02), 10)
	l, err := explore.LossLandscape(context.Background(), m, s, d, explore.LandscapeOptions{Places: 5, Random: true, Seed: 4})
	require.NoError(t, err)
	assert.Equal(t, []float64{-1, -0.5, 0, 0.5, 1}, l.A)
	end := l.Path[len(l.Path)-1]
	assert.InDelta(t, 0, math.Hypot(end.A, end.B), 1e-9)
	assert.InDelta(t, end.Loss, l.Loss[2][2], 1e-7, "the middle is the end of the training")
	assert.Contains(t, l.Directions, "Li et al.")
	assert.Equal(t, "random direction 2, in lengths of the filters", l.BName, "with what it is counted in")
	same, err := explore.LossLandscape(context.Background(), m, s, d, explore.LandscapeOptions{Places: 5, Random: true, Seed: 4})
	require.NoError(t, err)
	assert.Equal(t, l, same)
	other, err := explore.LossLandscape(context.Background(), m, s, d, explore.LandscapeOptions{Places: 5, Random: true, Seed: 5})
	require.NoError(t, err)
	assert.NotEqual(t, l.Loss, other.Loss)
}

func TestLandscapeOfTwoSnapshots(t *testing.T) {
	m, s, d := walked(t, bent(), optim.Adam(0.02), 10)
	s.Kept = []probe.Snapshot{s.Kept[0], s.Kept[len(s.Kept)-1]}
	l, err := explore.LossLandscape(context.Background(), m, s, d, explore.LandscapeOptions{Places: 3})
	require.NoError(t, err)
	assert.Equal(t, "The line from start to epoch 10, and a random direction across it", l.Directions)
	assert.Equal(t, "distance of weights across, at random", l.BName)
}

func TestLandscapeRefuses(t *testing.T) {
	m, s, d := walked(t, bent(), optim.Adam(0.02), 10)
	at := func(m *fit.Model, s probe.Snapshots, o explore.LandscapeOptions) error {
		_, err := explore.LossLandscape(context.Background(), m, s, d, o)
		return err
	}
	assert.ErrorIs(t, at(m, probe.Snapshots{}, explore.LandscapeOptions{}), probe.ErrNoSnapshots)
	assert.ErrorContains(t, at(nil, s, explore.LandscapeOptions{}), "no model")
	assert.ErrorContains(t, at(m, s, explore.LandscapeOptions{Places: 2}), "at least 3")
	assert.ErrorContains(t, at(m, s, explore.LandscapeOptions{Random: true, Reach: -1}), "must be positive")
	still := probe.Snapshots{Kept: []probe.Snapshot{s.Kept[0], s.Kept[0]}}
	assert.ErrorContains(t, at(m, still, explore.LandscapeOptions{}), "nothing was trained")
	broken, _, _ := walked(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1), 1)
	assert.ErrorContains(t, at(broken, s, explore.LandscapeOptions{}), "of another model")
	_, diverged, _ := walked(t, bent(), optim.SGD(1e30), 3)
	assert.ErrorContains(t, at(m, diverged, explore.LandscapeOptions{}), "keep snapshots of earlier epochs")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := explore.LossLandscape(ctx, m, s, d, explore.LandscapeOptions{})
	assert.ErrorIs(t, err, context.Canceled)
}

// The loss around the way of a training; explorefigure.Landscape draws it.
func ExampleLossLandscape() {
	d, err := dataset.Random(64, []int{3}, []int{1}, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 4, Activation: nn.Tanh{}}, nn.Dense{Units: 1}}, optim.Adam(0.02), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
	if err != nil {
		fmt.Println(err)
		return
	}
	var shots probe.Snapshots
	if _, err := m.Fit(context.Background(), d, fit.Config{Epochs: 30, Callbacks: []fit.Callback{&shots}}); err != nil {
		fmt.Println(err)
		return
	}
	l, err := explore.LossLandscape(context.Background(), m, shots, d, explore.LandscapeOptions{Places: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(l.B), "×", len(l.A), "losses; the path has", len(l.Path), "points from", l.Path[0].Name, "to", l.Path[len(l.Path)-1].Name)
	// Output:
	// 5 × 5 losses; the path has 6 points from start to epoch 30
}
