package callback

import (
	"encoding/json"
	"fmt"
	"math"

	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// EarlyStopping stops a training that no longer gets better: at the Patience-th epoch in a row that does
// not improve on the best so far, as in Keras for a patience of 1 or more. (Keras' 0 does what 1 does.)
//
// Unlike in Keras, NaN is never the best: an epoch whose number is NaN has not improved, and whatever
// follows it has.
type EarlyStopping struct {
	Monitor        string   // as in [fit.Epoch.Value]; empty: "val_loss", or "loss" without validation data
	Mode           Mode     // Auto: what the metric says
	MinDelta       float64  // an improvement is better by more than this; 0 or more
	Patience       int      // epochs in a row without improvement; 0: 10
	StartFromEpoch int      // epochs at the start that don't count, neither as best nor as bad
	Baseline       *float64 // an epoch must improve on this, too, to end the waiting; nil: none
	RestoreBest    bool     // leaves the model with the weights of the best epoch, also when the training ends by itself

	monitor monitor
	patient earlyStoppingState
	weights []dataset.Array // of the best epoch; nil: none kept
}

// earlyStoppingState is what goes into a checkpoint.
type earlyStoppingState struct {
	Best    jsonnumber.Float64 `json:"best"` // NaN: none yet
	Epoch   int                `json:"epoch"`
	Waited  int                `json:"waited"`
	Weights []weights          `json:"weights,omitempty"`
}

// Begin implements [fit.Beginner]. Errors: nothing of that name to monitor, a negative or NaN setting.
func (e *EarlyStopping) Begin(r *fit.Run) (err error) {
	switch {
	case !(e.MinDelta >= 0) || math.IsInf(e.MinDelta, 0):
		return fmt.Errorf("EarlyStopping: MinDelta is %g, must be zero or positive", e.MinDelta)
	case e.Patience < 0:
		return fmt.Errorf("EarlyStopping: Patience is %d, must be positive", e.Patience)
	case e.StartFromEpoch < 0:
		return fmt.Errorf("EarlyStopping: StartFromEpoch is %d, must be zero or positive", e.StartFromEpoch)
	case e.Baseline != nil && math.IsNaN(*e.Baseline):
		return fmt.Errorf("EarlyStopping: Baseline is NaN")
	}
	if e.monitor, err = newMonitor(r, e.Monitor, e.Mode); err != nil {
		return fmt.Errorf("EarlyStopping: %w", err)
	}
	e.patient, e.weights = earlyStoppingState{Best: jsonnumber.Float64(math.NaN())}, nil
	return nil
}

// EpochEnd implements [fit.EpochEnder].
func (e *EarlyStopping) EpochEnd(r *fit.Run) error {
	if r.Epoch <= e.StartFromEpoch {
		return nil
	}
	p, v := &e.patient, e.monitor.last(r)
	p.Waited++
	if e.monitor.better(v, float64(p.Best), e.MinDelta) {
		p.Best, p.Epoch = jsonnumber.Float64(v), r.Epoch
		if e.Baseline == nil || e.monitor.better(v, *e.Baseline, e.MinDelta) {
			p.Waited = 0
		}
		if e.RestoreBest {
			var err error
			e.weights, err = weightsOf(r.Model)
			return err
		}
		return nil
	}
	if patience := orDefault(e.Patience, 10); p.Waited >= patience {
		return fmt.Errorf("%s has not improved for %d epochs (best %.4g, %s): %w", e.monitor.name, p.Waited, float64(p.Best), p.epoch(), fit.Stop)
	}
	return nil
}

func (p *earlyStoppingState) epoch() string {
	if p.Epoch == 0 {
		return "in none"
	}
	return fmt.Sprintf("in epoch %d", p.Epoch)
}

// End implements [fit.Ender]: it gives the best weights back.
func (e *EarlyStopping) End(r *fit.Run) error {
	if !e.RestoreBest || e.weights == nil {
		return nil
	}
	return r.SetWeights(e.weights)
}

// Best is the best value seen and the epoch it was seen in, counted from 1 within the Fit; 0 and NaN
// when there was none.
func (e *EarlyStopping) Best() (epoch int, value float64) {
	return e.patient.Epoch, float64(e.patient.Best)
}

// State implements [fit.Stateful].
func (e *EarlyStopping) State() ([]byte, error) {
	s := e.patient
	s.Weights = encodeWeights(e.weights)
	return json.Marshal(s)
}

// SetState implements [fit.Stateful].
func (e *EarlyStopping) SetState(state []byte) (err error) {
	var s earlyStoppingState
	if err := json.Unmarshal(state, &s); err != nil {
		return err
	}
	if e.weights, err = decodeWeights(s.Weights); err != nil {
		return err
	}
	s.Weights = nil
	e.patient = s
	return nil
}

func orDefault[T int | float64](given, fallback T) T {
	if given == 0 {
		return fallback
	}
	return given
}
