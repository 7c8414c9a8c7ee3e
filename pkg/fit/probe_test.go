package fit_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
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
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data, err := dataset.Random(100, []int{10}, []int{1}, 7)
		require.NoError(t, err)
		o := optim.SGD(0.1).With(optim.ClipByNorm{Max: 0.01})
		m, err := fit.Compile(example1(), o, loss.MSE{}, fit.Options{Backend: b, Probes: []fit.Probe{norms{}}, ProbeEvery: 1})
		require.NoError(t, err)
		h, err := m.Fit(context.Background(), data, fit.Config{Epochs: 2})
		require.NoError(t, err)
		require.Len(t, h.Readings.Rows, 8)
		require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8}, h.Readings.Steps)
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

func TestProbeAtAnIntervalReadsTheSameNumbers(t *testing.T) {
	engines := map[string]fit.Options{"fused": {}, "stepwise": {Stepwise: true}, "in chunks": {MemoryLimit: 1500}}
	for name, options := range engines {
		t.Run(name, func(t *testing.T) {
			options.Backend, options.Probes = backendtest.XLA(t), []fit.Probe{norms{}}
			intervals := func(every int) *fit.History {
				options.ProbeEvery = every
				m := compile(t, small(), optim.Adam(1e-2), options)
				h, err := m.Fit(ctx, noise(t, 70), fit.Config{Epochs: 9, BatchSize: 16, Validation: noise(t, 8)})
				require.NoError(t, err)
				return h
			}
			each, some := intervals(1), intervals(7)
			require.Equal(t, each.Steps, some.Steps)
			require.Equal(t, each.ValidationLoss(), some.ValidationLoss())
			require.Len(t, each.Readings.Rows, 45)
			require.Equal(t, []int{1, 8, 15, 22, 29, 36, 43}, some.Readings.Steps)
			for k, step := range some.Readings.Steps {
				require.InDeltaSlice(t, each.Readings.Rows[step-1], some.Readings.Rows[k], 1e-6)
			}
		})
	}
}

// wide reads more numbers than are kept on the device for a whole execution.
type wide struct{ Size int }

func (w wide) Measure(s *fit.StepGraph) []fit.Reading {
	return []fit.Reading{{Name: "loss, many times", Value: graph.BroadcastToDims(s.Loss, w.Size)}}
}

func TestProbeWithManyNumbers(t *testing.T) {
	options := fit.Options{Backend: backendtest.XLA(t), Probes: []fit.Probe{wide{Size: 1 << 17}}, ProbeEvery: 2}
	m := compile(t, small(), optim.Adam(1e-2), options)
	h, err := m.Fit(ctx, noise(t, 40), fit.Config{Epochs: 3, BatchSize: 4})
	require.NoError(t, err)
	require.Len(t, h.Readings.Steps, 15)
	for k, step := range h.Readings.Steps {
		require.Equal(t, h.Steps[step-1], h.Readings.Rows[k][1<<17-1])
	}
}

func TestProbeEveryMustNotBeNegative(t *testing.T) {
	_, err := fit.Compile(small(), optim.Adam(1e-2), loss.MSE{}, fit.Options{ProbeEvery: -1})
	require.EqualError(t, err, "fit: Options.ProbeEvery is -1: give an interval of at least 1, or 0 for 30")
}

func TestReadingsGoOnFromACheckpoint(t *testing.T) {
	until := func(path string, epochs int) *fit.History {
		m := compile(t, small(), optim.Adam(1e-2), fit.Options{Seed: 3, Probes: []fit.Probe{norms{}}, ProbeEvery: 4})
		h, err := m.Fit(ctx, noise(t, 70), fit.Config{Epochs: epochs, BatchSize: 16, Checkpoint: fit.Checkpointing{Path: path}})
		require.NoError(t, err)
		return h
	}
	whole := until(filepath.Join(t.TempDir(), "whole"), 6)
	path := filepath.Join(t.TempDir(), "parts")
	until(path, 3)
	resumed := until(path, 6)
	require.Equal(t, []int{1, 5, 9, 13, 17, 21, 25, 29}, resumed.Readings.Steps)
	require.Equal(t, whole.Readings, resumed.Readings)
}
