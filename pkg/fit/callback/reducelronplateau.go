package callback

import (
	"encoding/json"
	"fmt"
	"math"

	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/fit"
)

// ReduceLROnPlateau multiplies the learning rate by Factor at the Patience-th epoch in a row that does not
// improve on the best so far: Keras' callback of that name. From the first reduction on, its rate stands
// in for the optimizer's own rate or schedule.
//
// Unlike in Keras, NaN is never the best: an epoch whose number is NaN has not improved, and whatever
// follows it has.
type ReduceLROnPlateau struct {
	Monitor  string  // as in [fit.Epoch.Value]; empty: "val_loss", or "loss" without validation data
	Mode     Mode    // Auto: what the metric says
	Factor   float64 // new rate over old, in (0, 1); 0: 0.1
	Patience int     // 0: 10
	MinDelta float64 // an improvement is better by more than this; 0: 1e-4
	Cooldown int     // epochs after a reduction in which none is counted as bad
	MinRate  float64 // the rate never goes below

	monitor monitor
	state   plateauState
}

type plateauState struct {
	Best     jsonnumber.Float64 `json:"best"` // NaN: none yet
	Waited   int                `json:"waited"`
	Cooldown int                `json:"cooldown"` // epochs left
}

// Begin implements [fit.Beginner]. Errors: nothing of that name to monitor, a setting out of its range.
func (p *ReduceLROnPlateau) Begin(r *fit.Run) (err error) {
	switch {
	case !(p.Factor >= 0 && p.Factor < 1):
		return fmt.Errorf("ReduceLROnPlateau: Factor is %g, must lie between 0 and 1", p.Factor)
	case p.Patience < 0:
		return fmt.Errorf("ReduceLROnPlateau: Patience is %d, must be positive", p.Patience)
	case !(p.MinDelta >= 0) || math.IsInf(p.MinDelta, 0):
		return fmt.Errorf("ReduceLROnPlateau: MinDelta is %g, must be zero or positive", p.MinDelta)
	case p.Cooldown < 0:
		return fmt.Errorf("ReduceLROnPlateau: Cooldown is %d, must be zero or positive", p.Cooldown)
	case !(p.MinRate >= 0) || math.IsInf(p.MinRate, 0):
		return fmt.Errorf("ReduceLROnPlateau: MinRate is %g, must be zero or positive", p.MinRate)
	}
	if p.monitor, err = newMonitor(r, p.Monitor, p.Mode); err != nil {
		return fmt.Errorf("ReduceLROnPlateau: %w", err)
	}
	p.state = plateauState{Best: jsonnumber.Float64(math.NaN())}
	return nil
}

// EpochEnd implements [fit.EpochEnder].
func (p *ReduceLROnPlateau) EpochEnd(r *fit.Run) error {
	s, v := &p.state, p.monitor.last(r)
	cooling := s.Cooldown > 0
	if cooling {
		s.Cooldown--
		s.Waited = 0
		cooling = s.Cooldown > 0
	}
	if p.monitor.better(v, float64(s.Best), orDefault(p.MinDelta, 1e-4)) {
		s.Best, s.Waited = jsonnumber.Float64(v), 0
		return nil
	}
	if cooling {
		return nil
	}
	s.Waited++
	if s.Waited < orDefault(p.Patience, 10) {
		return nil
	}
	if rate := r.LearningRate(); rate > p.MinRate {
		r.SetLearningRate(max(rate*orDefault(p.Factor, 0.1), p.MinRate))
		s.Cooldown, s.Waited = p.Cooldown, 0
	}
	return nil
}

// State implements [fit.Stateful].
func (p *ReduceLROnPlateau) State() ([]byte, error) { return json.Marshal(p.state) }

// SetState implements [fit.Stateful].
func (p *ReduceLROnPlateau) SetState(state []byte) error { return json.Unmarshal(state, &p.state) }
