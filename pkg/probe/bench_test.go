package probe_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

// BenchmarkProbes trains with and without the cheap probes, in turns, and reports how many times as long an
// epoch takes with them: the fastest turn of each, which other programs on the machine disturbed least.
func BenchmarkProbes(b *testing.B) {
	for _, c := range []struct {
		name          string
		net           nn.Sequential
		rows, in, out int
		batch, epochs int
	}{
		{"example 1", nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, 1000, 10, 1, 32, 160},
		{"784-512-512-10", nn.Sequential{nn.Dense{Units: 512, Activation: nn.ReLU{}}, nn.Dense{Units: 512, Activation: nn.ReLU{}}, nn.Dense{Units: 10}}, 2560, 784, 10, 128, 2},
	} {
		for _, every := range []int{0, 1} {
			name := c.name + "/default interval"
			if every > 0 {
				name = c.name + "/each step"
			}
			b.Run(name, func(b *testing.B) {
				backend := backendtest.XLA(b)
				data, err := dataset.Random(c.rows, []int{c.in}, []int{c.out}, 7)
				require.NoError(b, err)
				plain := compile(b, c.net, optim.Adam(1e-3), fit.Options{Backend: backend})
				probed := compile(b, c.net, optim.Adam(1e-3), fit.Options{Backend: backend, Probes: probe.Cheap(), ProbeEvery: every})
				epoch := func(m *fit.Model) float64 {
					began := time.Now()
					train(b, m, data, fit.Config{Epochs: c.epochs, BatchSize: c.batch})
					return time.Since(began).Seconds() / float64(c.epochs)
				}
				epoch(plain)
				epoch(probed)
				var without, with []float64
				for b.Loop() {
					without, with = append(without, epoch(plain)), append(with, epoch(probed))
				}
				b.ReportMetric(1000*slices.Min(without), "ms/epoch-without")
				b.ReportMetric(1000*slices.Min(with), "ms/epoch-with")
				b.ReportMetric(slices.Min(with)/slices.Min(without), "times")
			})
		}
	}
}
