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

	Score      float64       // the monitored number in the last epoch; NaN or infinite: diverged
	Loss       []float64     // of each epoch
	Validation []float64     // validation loss of each epoch; empty without validation data
	Stopped    string        // why a callback ended it before the last epoch; empty: none did
	Err        string        // why it could not be trained; empty: it was
	Duration   time.Duration // of trainings that ran together, its share

	Together int    // how many trainings ran as one program with it, itself among them; 0: it ran alone
	Alone    string // why it ran alone though there were others that differ in numbers only, or it can't run with any; empty: too few were left
}

// Diverged tells whether the trial was trained and has no finite score.
func (t Trial) Diverged() bool { return t.Err == "" && !finite(t.Score) }

// try trains one point with one seed. The error is ctx's alone: others are part of the trial.
func (s *search) try(ctx context.Context, j job) (Trial, error) {
	began := time.Now()
	h, err := s.train(ctx, j)
	if ctx.Err() != nil {
		return Trial{}, ctx.Err()
	}
	t := s.trial(j, h, err)
	t.Duration = time.Since(began)
	return t, nil
}

// trial is what came of a job.
func (s *search) trial(j job, h *fit.History, err error) Trial {
	t := Trial{Point: j.point, Settings: j.settings, Seed: j.seed, Score: math.NaN()}
	if err != nil {
		t.Err = err.Error()
		return t
	}
	t.Loss, t.Validation, t.Stopped = h.Loss(), h.ValidationLoss(), h.Stopped
	if n := len(h.Epochs); n > 0 {
		score, ok := h.Epochs[n-1].Value(s.options.Monitor)
		if !ok {
			t.Err = fmt.Sprintf("the training has no %q", s.options.Monitor)
		}
		t.Score = score
	}
	return t
}

// train is a training that doesn't panic, whatever a value's Apply or a callback does.
func (s *search) train(ctx context.Context, j job) (h *fit.History, err error) {
	t, err := s.prepared(j)
	if err != nil {
		return nil, err
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return s.run.train(ctx, t, s.points[j.point].Callbacks(t))
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
