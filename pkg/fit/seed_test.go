package fit_test

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// drawing is everything that a training may draw, each alone: all else is the same for every seed.
func drawing() map[string]drawn {
	constant := func(net ...nn.Layer) nn.Sequential { return net }
	dense := nn.Dense{Units: 6, KernelInitializer: nn.Constant{Value: 0.3}}
	head := nn.Dense{Units: 1, KernelInitializer: nn.Constant{Value: -0.2}}
	all := map[string]drawn{
		"dropout":               {net: constant(dense, nn.Dropout{Rate: 0.5}, head)},
		"two dropouts":          {net: constant(nn.Dropout{Rate: 0.2}, dense, nn.Dropout{Rate: 0.5}, head)},
		"dropout in a sequence": {net: constant(nn.Sequential{dense, nn.Dropout{Rate: 0.5}}, head)},
		"frozen dropout":        {net: constant(nn.Frozen{Layer: nn.Sequential{dense, nn.Dropout{Rate: 0.5}}}, head)},
		"dropout between cells": {net: constant(nn.SimpleRNN{Units: 4, ReturnSequences: true, KernelInitializer: nn.Ones{}, RecurrentInitializer: nn.Identity{}},
			nn.Dropout{Rate: 0.5}, nn.SimpleRNN{Units: 1, KernelInitializer: nn.Ones{}, RecurrentInitializer: nn.Identity{}}), row: []int{5, 3}},
		"order of the rows": {net: constant(dense, head), shuffle: true},
		"embedding":         {net: constant(nn.Embedding{InputDim: 4, OutputDim: 3}, nn.Flatten{}, head), row: []int{2}},
		"recurrent":         {net: constant(nn.SimpleRNN{Units: 3}, head), row: []int{5, 3}},
		"LSTM":              {net: constant(nn.LSTM{Units: 3}, head), row: []int{5, 3}},
		"GRU":               {net: constant(nn.GRU{Units: 3}, head), row: []int{5, 3}},
		"GoMLX's layers":    {net: nn.Func(gomlxDropoutNet)},
		"validation split":  {net: constant(dense, nn.Dropout{Rate: 0.5}, head), shuffle: true, split: 0.25},
	}
	for name, init := range map[string]nn.Initializer{
		"RandomUniform": nn.RandomUniform{}, "RandomNormal": nn.RandomNormal{}, "TruncatedNormal": nn.TruncatedNormal{},
		"GlorotUniform": nn.GlorotUniform{}, "GlorotNormal": nn.GlorotNormal{}, "HeUniform": nn.HeUniform{}, "HeNormal": nn.HeNormal{},
		"LecunUniform": nn.LecunUniform{}, "LecunNormal": nn.LecunNormal{}, "Orthogonal": nn.Orthogonal{},
	} {
		all[name] = drawn{net: constant(nn.Dense{Units: 6, KernelInitializer: init}, head)}
		all[name+" bias"] = drawn{net: constant(nn.Dense{Units: 3, KernelInitializer: nn.Ones{}, BiasInitializer: init}, head)}
		if name == "Orthogonal" {
			delete(all, name+" bias")
		}
	}
	return all
}

type drawn struct {
	net     nn.Layer
	row     []int // nil: 3 features
	shuffle bool
	split   float64
}

func (d drawn) train(t *testing.T, b compute.Backend, seed int64, alone bool) run {
	row := d.row
	if row == nil {
		row = []int{3}
	}
	data, err := dataset.Random(40, row, []int{1}, 5)
	require.NoError(t, err)
	for i := range data.X.Values {
		data.X.Values[i] *= 2
	}
	net := d.net
	if alone {
		net = nn.Func(d.net.Apply) // shares its programs with nobody
	}
	m := compile(t, net, optim.Adam(1e-2), fit.Options{Backend: b, Seed: seed})
	h, err := m.Fit(ctx, data, fit.Config{Epochs: 2, BatchSize: 16, NoShuffle: !d.shuffle, ValidationSplit: d.split})
	require.NoError(t, err)
	return outcome(t, m, h)
}

// A seed fixes everything, 0 too, and nothing else does: a training gives the same numbers alone in its process,
// after trainings with other seeds whose program it shares, and beside them. Whatever is drawn depends on it.
//
// XLA compiles too long for all of them; initial values are drawn on the host for every backend.
func TestSeed(t *testing.T) {
	for name, d := range drawing() {
		t.Run(name, func(t *testing.T) {
			each := backendtest.Each
			if name != "two dropouts" && name != "GoMLX's layers" {
				each = func(t *testing.T, f func(*testing.T, compute.Backend)) { f(t, goBackend) }
			}
			each(t, func(t *testing.T, b compute.Backend) {
				seeds := []int64{0, 1, -1, 1 << 40}
				if b != goBackend {
					seeds = seeds[:2]
				}
				want := make([]run, len(seeds))
				for i, seed := range seeds {
					want[i] = d.train(t, b, seed, true)
					for j := range i {
						require.NotEqual(t, want[j].Steps, want[i].Steps, "seeds %d and %d", seeds[j], seed)
					}
				}
				for i, seed := range seeds {
					require.Equal(t, want[i], d.train(t, b, seed, false), "seed %d behind others", seed)
				}
				var beside sync.WaitGroup
				got := make([]run, len(seeds))
				for i, seed := range seeds {
					beside.Go(func() { got[i] = d.train(t, b, seed, false) })
				}
				beside.Wait()
				require.Equal(t, want, got, "beside each other")
			})
		})
	}
}
