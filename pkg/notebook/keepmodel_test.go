package notebook

import (
	"context"
	"errors"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

func TestKeepModel(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	data, err := dataset.Random(60, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	trainings := 0
	keep := func(net nn.Sequential, epochs int) (*fit.Model, *fit.History) {
		m, err := fit.Compile(net, optim.Adam(0.01), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend(), Seed: 1})
		require.NoError(t, err)
		h, err := KeepModel("run", m, func() (*fit.History, error) {
			trainings++
			return m.Fit(context.Background(), data, fit.Config{Epochs: epochs})
		}, epochs)
		require.NoError(t, err)
		return m, h
	}
	net := nn.Sequential{nn.Dense{Units: 1}}
	first, h := keep(net, 3)
	again, same := keep(net, 3)
	assert.Equal(t, 1, trainings)
	assert.Equal(t, h.Loss(), same.Loss())
	want, err := first.Weights()
	require.NoError(t, err)
	got, err := again.Weights()
	require.NoError(t, err)
	assert.Equal(t, want, got)

	for _, m := range []*fit.Model{first, again} { // the optimizer's memory came along
		_, err := m.Fit(context.Background(), data, fit.Config{Epochs: 2})
		require.NoError(t, err)
	}
	want, err = first.Weights()
	require.NoError(t, err)
	got, err = again.Weights()
	require.NoError(t, err)
	assert.Equal(t, want, got)

	_, h = keep(net, 4)
	assert.Len(t, h.Epochs, 4)
	assert.Equal(t, 2, trainings, "an input has changed")
	keep(nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 1}}, 4)
	assert.Equal(t, 3, trainings, "the state fits no model of other layers")
	require.NoError(t, Forget("run"))
	keep(net, 4)
	assert.Equal(t, 4, trainings)
}

func TestKeepModelKeepsNothingOfAFailure(t *testing.T) {
	t.Setenv("UNSTUCK_KEEP", t.TempDir())
	m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.Adam(0.01), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	wrong := errors.New("loss is NaN")
	_, err = KeepModel("run", m, func() (*fit.History, error) { return nil, wrong })
	require.ErrorIs(t, err, wrong)
	_, err = KeepModel("run", m, func() (*fit.History, error) { return &fit.History{}, nil })
	require.ErrorContains(t, err, "no weights yet")
}
