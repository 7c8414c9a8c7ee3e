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
	"example.com/unstuck/pkg/training"
)

func train(t *testing.T, c training.Training) *fit.History {
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

// losses makes a history of losses an epoch, ten steps each, without validation where that is nil.
func losses(train, validation []float64) *fit.History {
	h := &fit.History{}
	for i, x := range train {
		e := fit.Epoch{Number: i + 1, Loss: x}
		if validation != nil {
			e.Validation = &fit.Result{Loss: validation[i]}
		}
		h.Epochs = append(h.Epochs, e)
		for range 10 {
			h.Steps = append(h.Steps, float32(x))
		}
	}
	return h
}

// A curve may only say what a curve can show.
func TestWhatACurveShows(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name              string
		train, validation []float64
		facts             doctor.HistoryFacts
		cause             doctor.Cause
		says              string
	}{
		{"flat", []float64{2.3041, 2.3036, 2.3037, 2.3030}, nil, doctor.HistoryFacts{}, doctor.Undecided, "flat from the start"},
		{"flat at the constant", []float64{2.3041, 2.3036, 2.3037, 2.3030}, nil, doctor.HistoryFacts{Constant: 2.3026}, doctor.Undecided, "one answer for every row"},
		{"not a digit", []float64{1.25, 1.25, 1.25}, nil, doctor.HistoryFacts{}, doctor.Undecided, "Not a digit has moved"},
		{"one epoch", []float64{0.7}, nil, doctor.HistoryFacts{}, doctor.Undecided, "one number is no curve"},
		{"fell, then flat", []float64{2, 1, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4}, nil, doctor.HistoryFacts{}, doctor.Healthy, "hardly moves from epoch 4 on"},
		{"still falling", []float64{2, 1.8, 1.6, 1.4, 1.2, 1.0}, nil, doctor.HistoryFacts{}, doctor.Healthy, "still falling"},
		{"fell to the constant", []float64{2, 1, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4}, nil, doctor.HistoryFacts{Constant: 0.4}, doctor.Undecided, "one answer for every row"},
		{"fell, still above the constant", []float64{2, 1, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4}, nil, doctor.HistoryFacts{Constant: 0.2}, doctor.Undecided, "above the loss of the best constant"},
		{"fell below the constant", []float64{2, 1, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4}, nil, doctor.HistoryFacts{Constant: 4}, doctor.Healthy, "hardly moves"},
		{"no finite constant", []float64{2, 1, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4}, nil, doctor.HistoryFacts{Constant: math.Inf(1)}, doctor.Healthy, "hardly moves"},
		{"validation that doesn't follow", []float64{2, 1, 0.5, 0.4}, []float64{2, 2, 2, 2}, doctor.HistoryFacts{}, doctor.Undecided, "flat from the start"},
		{"validation that is lost", []float64{2, 1, 0.5, 0.4}, []float64{2, 1, nan, nan}, doctor.HistoryFacts{}, doctor.Undecided, "not a finite number at the end"},
		{"rising slowly", []float64{1, 1.1, 1.2, 1.3}, nil, doctor.HistoryFacts{}, doctor.Undecided, "it rose"},
		{"swinging", []float64{2, 9, 1.5, 8, 1, 9, 1.2, 7, 1.1}, nil, doctor.HistoryFacts{}, doctor.Undecided, "swings up and down"},
		{"gap", []float64{1, 0.5, 0.25, 0.1}, []float64{1, 0.6, 0.8, 1.1}, doctor.HistoryFacts{}, doctor.Overfitting, "The validation loss went from 1 down to 0.6 in epoch 2, then up to 1.1"},
		{"lost from the start", []float64{nan, nan}, nil, doctor.HistoryFacts{}, doctor.Undecided, "never a finite number"},
		{"lost later", []float64{1, 0.9, nan}, nil, doctor.HistoryFacts{}, doctor.Undecided, "from step 21 on"},
		{"blown up", []float64{1, 30, 4000, nan}, nil, doctor.HistoryFacts{}, doctor.LearningRateTooHigh, "lowest, 1, in epoch 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := doctor.ExamineHistory(losses(c.train, c.validation), c.facts)
			require.NoError(t, err)
			verdict := r.Verdict()
			require.Equal(t, c.cause, r.Cause, verdict)
			require.Contains(t, verdict, c.says)
			require.Contains(t, verdict, "history alone")
			require.NotContains(t, verdict, "held-out", "no rows were seen")
			require.NotContains(t, verdict, "not a number", "no share can be told without data")
		})
	}
}
