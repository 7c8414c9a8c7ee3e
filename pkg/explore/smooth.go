package explore

import (
	"fmt"
	"math"
)

// smoother averages losses as fastai's AvgSmoothLoss does: a_k = β·a_{k−1} + (1−β)·loss_k from a_0 = 0,
// and a_k/(1−β^k) corrects the bias towards that zero. A NaN stays.
type smoother struct {
	beta        float64
	average     float64
	count       int
	first, best float64 // of the values; best is the lowest
}

// add takes a loss and returns the smoothed one.
func (s *smoother) add(loss float64) float64 {
	s.average = loss + s.beta*(s.average-loss)
	s.count++
	v := s.value()
	if s.count == 1 {
		s.first, s.best = v, v
	}
	s.best = math.Min(s.best, v)
	return v
}

func (s *smoother) value() float64 { return s.average / (1 - math.Pow(s.beta, float64(s.count))) }

// diverged tells whether the loss exceeds 4 times its lowest value, as in fastai. Where losses can be
// negative, which there stops the test at once, it may rise by 3 times its fall or size, the larger one.
func (s *smoother) diverged() bool {
	if s.best > 0 {
		return s.value() > 4*s.best
	}
	return s.value() > s.best+3*max(-s.best, s.first-s.best) && s.count > 1
}

// verdict says why the test is to end; empty: it isn't.
func (s *smoother) verdict() string {
	switch v := s.value(); {
	case math.IsNaN(v):
		return "the loss is NaN"
	case math.IsInf(v, 1):
		return "the loss is infinite"
	case s.diverged():
		return fmt.Sprintf("the smoothed loss, %.3g, is far above its lowest value, %.3g", v, s.best)
	}
	return ""
}
