package checkpoint

import (
	"time"

	"example.com/unstuck/internal/jsonnumber"
)

// Training is what a checkpoint knows of the training that wrote it.
type Training struct {
	Settings  Settings           `json:"settings"`
	Done      int                `json:"done"`    // epochs of this Fit
	Rate      jsonnumber.Float64 `json:"rate"`    // set by a callback; NaN: the optimizer's own
	Stopped   *string            `json:"stopped"` // why a callback stopped it; null: none did
	Epochs    []Epoch            `json:"history"`
	Readings  []Column           `json:"readings,omitempty"` // of the array StepReadings
	Measured  []int              `json:"measured,omitempty"` // the steps of its rows
	Callbacks []Callback         `json:"callbacks,omitempty"`
}

// Column names a reading in a row of readings.
type Column struct {
	Name string
	Size int // numbers in it
}

// Callback is what one callback remembers.
type Callback struct {
	Type  string `json:"type"`
	State []byte `json:"state"`
}

// Epoch is a line of the history.
type Epoch struct {
	Number     int                           `json:"number"`
	Loss       jsonnumber.Float64            `json:"loss"`
	Rate       jsonnumber.Float64            `json:"learning_rate"`
	Metrics    map[string]jsonnumber.Float64 `json:"metrics,omitempty"`
	Validation *Result                       `json:"validation,omitempty"`
	Duration   time.Duration                 `json:"nanoseconds"`
}

// Result is what an evaluation gave.
type Result struct {
	Loss    jsonnumber.Float64            `json:"loss"`
	Metrics map[string]jsonnumber.Float64 `json:"metrics,omitempty"`
}
