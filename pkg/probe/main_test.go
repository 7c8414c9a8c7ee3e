package probe_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

var (
	ctx = context.Background()
)

// random is data with a last batch of 2 rows where batches have 4: XLA's is padded.
func random(t testing.TB, rows int, x, y []int) dataset.Data {
	t.Helper()
	d, err := dataset.Random(rows, x, y, 11)
	require.NoError(t, err)
	return d
}

func compile(t testing.TB, net nn.Layer, o optim.Optimizer, options fit.Options) *fit.Model {
	t.Helper()
	if options.Backend == nil {
		options.Backend = gobackend.GetBackend()
	}
	m, err := fit.Compile(net, o, loss.MSE{}, options)
	require.NoError(t, err)
	return m
}

func train(t testing.TB, m *fit.Model, d dataset.Data, c fit.Config) *fit.History {
	t.Helper()
	h, err := m.Fit(ctx, d, c)
	require.NoError(t, err)
	return h
}

// trained trains net for one epoch with those probes, on pure Go.
func trained(t testing.TB, net nn.Layer, d dataset.Data, probes ...fit.Probe) *fit.History {
	t.Helper()
	return train(t, compile(t, net, optim.SGD(0.1), fit.Options{Probes: probes, ProbeEvery: 1}), d, fit.Config{BatchSize: 4, NoShuffle: true})
}

// twinRun is a training and the naive one of the same weights and data, step by step.
type twinRun struct {
	history *fit.History
	steps   []naiveStep
}

const twinRows, twinBatch, twinEpochs = 10, 4, 3

// twin trains a net with tanh, sigmoid and ReLU and a last batch of 2 rows, once with fit and once in plain
// loops. Its weights are so large that many units saturate, its learning rate so large that units die.
func twin(t *testing.T, b compute.Backend, options fit.Options) twinRun {
	t.Helper()
	d := random(t, twinRows, []int{3}, []int{2})
	wide := nn.RandomNormal{StdDev: 2}
	net := nn.Sequential{
		nn.Dense{Units: 6, Activation: nn.Tanh{}, KernelInitializer: wide, BiasInitializer: wide},
		nn.Dense{Units: 5, Activation: nn.Sigmoid{}, KernelInitializer: wide, BiasInitializer: wide},
		nn.Dense{Units: 7, Activation: nn.ReLU{}, KernelInitializer: wide, BiasInitializer: wide},
		nn.Dense{Units: 2, KernelInitializer: wide, BiasInitializer: nn.Ones{}},
	}
	const rate, maxNorm = 0.05, 3
	options.Backend, options.Seed = b, 4
	m := compile(t, net, optim.SGD(rate).With(optim.ClipByNorm{Max: maxNorm}), options)
	require.NoError(t, m.Build(3))
	weights, err := m.Weights()
	require.NoError(t, err)
	n := newNaive(weights, []function{tanh, sigmoid, relu, linear})
	n.rate, n.maxNorm = rate, maxNorm
	run := twinRun{history: train(t, m, d, fit.Config{Epochs: twinEpochs, BatchSize: twinBatch, NoShuffle: true})}
	for range twinEpochs {
		for from := 0; from < twinRows; from += twinBatch {
			run.steps = append(run.steps, n.step(d, from, min(from+twinBatch, twinRows)))
		}
	}
	return run
}

// close compares numbers to 1e-5, relative to the larger one or to 1.
func closeTo(t *testing.T, want, got float64, what string, args ...any) {
	t.Helper()
	require.InDelta(t, want, got, 1e-5*max(1e-2, want, -want), append([]any{what}, args...)...)
}
