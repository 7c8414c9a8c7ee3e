package fit_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// BenchmarkExample1 is ten warm epochs of the article's first example.
func BenchmarkExample1(b *testing.B) {
	eachBackendOf(b, func(b *testing.B, on compute.Backend) {
		m := compile(b, example1(), optim.Adam(1e-3), fit.Options{Backend: on})
		benchmarkFit(b, m, noiseOf(b, 1000, 10), fit.Config{Epochs: 10})
	})
}

// BenchmarkExample3 is ten warm epochs of the article's recurrent network, with clipped gradients.
func BenchmarkExample3(b *testing.B) {
	eachBackendOf(b, func(b *testing.B, on compute.Backend) {
		net := nn.Sequential{nn.SimpleRNN{Units: 64, ReturnSequences: true}, nn.SimpleRNN{Units: 1}}
		m := compile(b, net, optim.Adam(1e-3).With(optim.ClipByNorm{Max: 1}), fit.Options{Backend: on})
		benchmarkFit(b, m, noiseOf(b, 1000, 10, 1), fit.Config{Epochs: 10})
	})
}

// BenchmarkLSTM is ten warm epochs of a network with a longer memory.
func BenchmarkLSTM(b *testing.B) {
	eachBackendOf(b, func(b *testing.B, on compute.Backend) {
		m := compile(b, nn.Sequential{nn.LSTM{Units: 32}, nn.Dense{Units: 1}}, optim.Adam(1e-3), fit.Options{Backend: on})
		benchmarkFit(b, m, noiseOf(b, 1000, 20, 8), fit.Config{Epochs: 10})
	})
}

// BenchmarkMLP is a warm epoch of a classifier whose matrices are large enough to keep the cores busy.
func BenchmarkMLP(b *testing.B) {
	eachBackendOf(b, func(b *testing.B, on compute.Backend) {
		const rows = 6000
		data := noiseOf(b, rows, 784)
		for i, v := range data.Y.Values {
			data.Y.Values[i] = float32(math.Floor(float64(v) * 10))
		}
		relu := nn.ReLU{}
		net := nn.Sequential{nn.Dense{Units: 512, Activation: relu}, nn.Dense{Units: 512, Activation: relu}, nn.Dense{Units: 10}}
		m, err := fit.Compile(net, optim.Adam(1e-3), loss.SparseCategoricalCrossentropy{FromLogits: true}, fit.Options{Backend: on})
		require.NoError(b, err)
		benchmarkFit(b, m, data, fit.Config{BatchSize: 128})
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "samples/s")
	})
}

// BenchmarkSweep trains the article's first example at 100 learning rates, a fresh model for each; all
// share one program, which is compiled before the clock runs.
func BenchmarkSweep(b *testing.B) {
	eachBackendOf(b, func(b *testing.B, on compute.Backend) {
		data := noiseOf(b, 1000, 10)
		sweep := func(rates int) {
			for i := range rates {
				m := compile(b, example1(), optim.Adam(math.Pow(10, -5+float64(i)/20)), fit.Options{Backend: on})
				_, err := m.Fit(ctx, data, fit.Config{Epochs: 10})
				require.NoError(b, err)
			}
		}
		sweep(1)
		for b.Loop() {
			sweep(100)
		}
	})
}

// BenchmarkFirstResult is from nothing but an open backend to the loss of one epoch, compilation included:
// each round's model differs by a setting that is compiled in.
func BenchmarkFirstResult(b *testing.B) {
	eachBackendOf(b, func(b *testing.B, on compute.Backend) {
		data := noiseOf(b, 1000, 10)
		for b.Loop() {
			units++
			net := nn.Sequential{nn.Dense{Units: units, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
			_, err := compile(b, net, optim.Adam(1e-3), fit.Options{Backend: on}).Fit(ctx, data, fit.Config{})
			require.NoError(b, err)
		}
	})
}

// units makes every model of [BenchmarkFirstResult] a new one, also when it is run again.
var units = 64

func eachBackendOf(b *testing.B, f func(b *testing.B, on compute.Backend)) {
	b.Run("xla", func(b *testing.B) { f(b, backendtest.XLA(b)) })
	b.Run("go", func(b *testing.B) {
		on, err := gobackend.New(backend.PureGoSettings)
		require.NoError(b, err)
		f(b, on)
	})
}

// benchmarkFit measures fits of a model that has been trained before.
func benchmarkFit(b *testing.B, m *fit.Model, data dataset.Data, c fit.Config) {
	b.Helper()
	b.ReportAllocs()
	_, err := m.Fit(ctx, data, fit.Config{Epochs: 1, BatchSize: c.BatchSize})
	require.NoError(b, err)
	for b.Loop() {
		_, err := m.Fit(ctx, data, c)
		require.NoError(b, err)
	}
}

// noiseOf is random data whose rows have the given shape, with one target.
func noiseOf(b *testing.B, rows int, row ...int) dataset.Data {
	b.Helper()
	data, err := dataset.Random(rows, row, []int{1}, 7)
	require.NoError(b, err)
	return data
}
