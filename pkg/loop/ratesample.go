package loop

import "encoding/json"

// RateSample has the rates of each group of each optimizer at a step, and the loss there.
type RateSample struct {
	Step  int
	Rates [][]float64
	Loss  *float64 // nil: not known, as in recordings of earlier versions
	// Training is whether the model, or a part of it that acts by its mode, was in training mode in a call with gradients since the step before; nil:
	// not known, or a part is frozen by now.
	Training *bool
}

// UnmarshalJSON reads [step, rates], with the loss and the mode behind them where they are known.
func (r *RateSample) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&r.Step, &r.Rates, &r.Loss, &r.Training})
}
