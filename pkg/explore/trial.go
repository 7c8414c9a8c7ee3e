package explore

import (
	"context"
	"fmt"
	"math"
	"time"

	"example.com/unstuck/pkg/fit"
)

// Trial is one training of a search. It is a result whatever came of it.
type Trial struct {
	Point    int // index among the points that were searched
	Settings []Setting
	Seed     int64

	Score      float64   // the monitored number in the last epoch; NaN or infinite: diverged
	Loss       []float64 // of each epoch
	Validation []float64 // validation loss of each epoch; empty without validation data
	Stopped    string    // why a callback ended it before the last epoch; empty: none did
	Err        string    // why it could not be trained; empty: it was
	Duration   time.Duration
}

// Diverged tells whether the trial was trained and has no finite score.
func (t Trial) Diverged() bool { return t.Err == "" && !finite(t.Score) }

// try trains one point with one seed. The error is ctx's alone: others are part of the trial.
func (s *search) try(ctx context.Context, j job) (t Trial, err error) {
	t = Trial{Point: j.point, Settings: j.settings, Seed: j.seed, Score: math.NaN()}
	began := time.Now()
	h, err := s.train(ctx, j)
	t.Duration = time.Since(began)
	if ctx.Err() != nil {
		return t, ctx.Err()
	}
	if err != nil {
		t.Err = err.Error()
		return t, nil
	}
	t.Loss, t.Validation, t.Stopped = h.Loss(), h.ValidationLoss(), h.Stopped
	if n := len(h.Epochs); n > 0 {
		score, ok := h.Epochs[n-1].Value(s.options.Monitor)
		if !ok {
			t.Err = fmt.Sprintf("the training has no %q", s.options.Monitor)
		}
		t.Score = score
	}
	return t, nil
}

// train is a training that doesn't panic, whatever a value's Apply or a callback does.
func (s *search) train(ctx context.Context, j job) (h *fit.History, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	point := s.points[j.point]
	t, err := point.Apply(s.training)
	if err != nil {
		return nil, err
	}
	t.Seed = j.seedOf(t)
	return s.run.train(ctx, t, point.Callbacks(t))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
