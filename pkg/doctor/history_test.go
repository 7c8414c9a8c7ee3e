package doctor_test

import (
	"context"
	"math"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/probe"
)

func train(t *testing.T, c doctor.Case) *fit.History {
	t.Helper()
	m, err := fit.Compile(c.Model, c.Optimizer, c.Loss, fit.Options{Backend: gobackend.GetBackend(), Seed: c.Seed, Probes: probe.Cheap(), ProbeEvery: 1})
	require.NoError(t, err)
	h, err := m.Fit(context.Background(), c.Data, fit.Config{Epochs: c.Epochs, BatchSize: c.BatchSize})
	require.NoError(t, err)
	return h
}

func TestHistoryAlone(t *testing.T) {
	c := sines(t)
	r, err := doctor.ExamineHistory(train(t, c), doctor.HistoryFacts{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause)
	require.Contains(t, r.Verdict(), "history alone")

	c.Optimizer = optim.Adam(1e-7)
	r, err = doctor.ExamineHistory(train(t, c), doctor.HistoryFacts{Constant: 2})
	require.NoError(t, err)
	require.Equal(t, doctor.LearningRateTooLow, r.Cause)
	require.False(t, r.Findings[0].Verified, "nothing was tried")

	c.Optimizer = optim.SGD(50)
	r, err = doctor.ExamineHistory(train(t, c), doctor.HistoryFacts{})
	require.NoError(t, err)
	require.Equal(t, doctor.LearningRateTooHigh, r.Cause)
}

func TestHistoryOfMemory(t *testing.T) {
	h := &fit.History{}
	for i, v := range []float64{1, 0.5, 0.6, 0.9} {
		h.Epochs = append(h.Epochs, fit.Epoch{Loss: 1 / float64(i+1), Validation: &fit.Result{Loss: v}})
	}
	r, err := doctor.ExamineHistory(h, doctor.HistoryFacts{})
	require.NoError(t, err)
	require.Equal(t, doctor.Overfitting, r.Cause)
	require.True(t, math.IsNaN(r.ExplainedBefore()))

	_, err = doctor.ExamineHistory(&fit.History{}, doctor.HistoryFacts{})
	require.Error(t, err)
}
