package fit_test

import (
	"context"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
)

// norms reads the norm of each gradient before and after the transformations, and of each weight's step.
type norms struct{}

func (norms) Measure(s *fit.StepGraph) []fit.Reading {
	var all []fit.Reading
	for _, w := range s.Weights {
		all = append(all,
			fit.Reading{Name: "gradient" + w.Path, Value: graph.L2Norm(w.Gradient)},
			fit.Reading{Name: "applied" + w.Path, Value: graph.L2Norm(w.Applied)},
			fit.Reading{Name: "step" + w.Path, Value: graph.L2Norm(graph.Sub(w.After, w.Before))})
	}
	for _, l := range s.Layers {
		all = append(all, fit.Reading{Name: "output" + l.Path, Value: graph.ReduceMean(l.Output, 0)})
	}
	return all
}

func TestProbeReadsEachStep(t *testing.T) {
	eachBackend(t, func(t *testing.T, b compute.Backend) {
		data, err := dataset.Random(100, []int{10}, []int{1}, 7)
		require.NoError(t, err)
		o := optim.SGD(0.1).With(optim.ClipByNorm{Max: 0.01})
		m, err := fit.Compile(example1(), o, loss.MSE{}, fit.Options{Backend: b, Probes: []fit.Probe{norms{}}})
		require.NoError(t, err)
		h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 2})
		require.NoError(t, err)
		require.Len(t, h.Readings.Rows, 8)
		gradient, ok := h.Readings.Column("gradient/dense/kernel")
		require.True(t, ok)
		applied, _ := h.Readings.Column("applied/dense/kernel")
		step, _ := h.Readings.Column("step/dense/kernel")
		for i := range gradient {
			require.Greater(t, gradient[i][0], float32(0.01))
			require.InEpsilon(t, 0.01, applied[i][0], 1e-5)
			require.InEpsilon(t, 0.001, step[i][0], 1e-3)
		}
		output, ok := h.Readings.Column("output/dense")
		require.True(t, ok)
		require.Len(t, output[0], 64)
	})
}
