package fit

import "time"

// History is what a training went through.
type History struct {
	Epochs   []Epoch
	Steps    []float32 // the loss of each step, as it was trained
	Readings Readings  // what Options.Probes read off the measured steps
	Stopped  string    // why the training ended before the last epoch; empty: it did not
}

// Epoch is one pass over the training data.
type Epoch struct {
	Number       int     // counts from 1 over the life of the model
	Loss         float64 // mean over the rows, while the weights were moving, as Keras reports it
	LearningRate float64 // of the epoch's last step
	Metrics      map[string]float64
	Validation   *Result       // nil without validation data
	Duration     time.Duration // with validation and callbacks; with compilations only where steps are executed one by one
}

// Loss returns the training loss of each epoch.
func (h *History) Loss() []float64 {
	return h.column(func(e Epoch) (float64, bool) { return e.Loss, true })
}

// ValidationLoss returns the validation loss of each epoch; empty without validation data.
func (h *History) ValidationLoss() []float64 {
	return h.column(func(e Epoch) (float64, bool) {
		if e.Validation == nil {
			return 0, false
		}
		return e.Validation.Loss, true
	})
}

func (h *History) column(value func(Epoch) (float64, bool)) []float64 {
	var values []float64
	for _, e := range h.Epochs {
		if v, ok := value(e); ok {
			values = append(values, v)
		}
	}
	return values
}
