package probe_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

func epochsOf(s probe.Snapshots) (epochs []int) {
	for _, one := range s.Kept {
		epochs = append(epochs, one.Epoch)
	}
	return epochs
}

func TestSnapshotsKeepStartAndEnd(t *testing.T) {
	d := random(t, 10, []int{3}, []int{1})
	for _, c := range []struct {
		shots  probe.Snapshots
		epochs int
		want   []int
	}{
		{probe.Snapshots{}, 100, []int{0, 1, 3, 10, 32, 100}},
		{probe.Snapshots{}, 2, []int{0, 1, 2}},
		{probe.Snapshots{Most: 2}, 5, []int{0, 5}},
		{probe.Snapshots{Most: 3}, 9, []int{0, 1, 9}},
		{probe.Snapshots{Epochs: []int{2, 4}}, 5, []int{2, 4, 5}},
		{probe.Snapshots{Epochs: []int{}}, 5, []int{5}},
	} {
		m := compile(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.01), fit.Options{})
		h := train(t, m, d, fit.Config{Epochs: c.epochs, Callbacks: []fit.Callback{&c.shots}})
		assert.Equal(t, c.want, epochsOf(c.shots))
		last := c.shots.Kept[len(c.shots.Kept)-1]
		own, err := m.Weights()
		require.NoError(t, err)
		assert.Equal(t, own, last.Weights)
		assert.Equal(t, h.Epochs[c.epochs-1].Loss, last.Loss)
		if first := c.shots.Kept[0]; first.Epoch == 0 {
			assert.True(t, math.IsNaN(first.Loss))
			assert.NotEqual(t, own, first.Weights)
		}
	}
}

func TestSnapshotsOfAStoppedTraining(t *testing.T) {
	shots := probe.Snapshots{Most: 2}
	m := compile(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.01), fit.Options{})
	stop := fit.OnEpochEnd(func(r *fit.Run) error {
		if r.Epoch == 3 {
			return fit.Stop
		}
		return nil
	})
	train(t, m, random(t, 10, []int{3}, []int{1}), fit.Config{Epochs: 50, Callbacks: []fit.Callback{&shots, stop}})
	assert.Equal(t, []int{0, 3}, epochsOf(shots))
}

func TestSnapshotsRefuse(t *testing.T) {
	d := random(t, 10, []int{3}, []int{1})
	for want, shots := range map[string]probe.Snapshots{"epochs count from 1": {Epochs: []int{-1}}, "at least 2": {Most: 1}} {
		m := compile(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.01), fit.Options{})
		_, err := m.Fit(ctx, d, fit.Config{Callbacks: []fit.Callback{&shots}})
		assert.ErrorContains(t, err, want)
	}
}

func TestBorrowPutsWeightsBack(t *testing.T) {
	var shots probe.Snapshots
	m := compile(t, nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.01), fit.Options{})
	assert.Error(t, probe.Borrow(m, func() error { return nil }), "not built yet")
	train(t, m, random(t, 10, []int{3}, []int{1}), fit.Config{Epochs: 2, Callbacks: []fit.Callback{&shots}})
	before, err := m.Weights()
	require.NoError(t, err)
	broken := errors.New("broken")
	err = probe.Borrow(m, func() error {
		require.NoError(t, shots.Kept[0].Set(m))
		return broken
	})
	require.ErrorIs(t, err, broken)
	after, err := m.Weights()
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func ExampleSnapshots() {
	s := probe.Snapshots{Kept: []probe.Snapshot{{Epoch: 0, Loss: math.NaN()}, {Epoch: 10, Loss: 0.25}}}
	for _, one := range s.Kept {
		fmt.Println(one.Name(), one.Loss)
	}
	// Output:
	// start NaN
	// epoch 10 0.25
}
