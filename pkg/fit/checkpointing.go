package fit

import "time"

// Checkpointing keeps a training in a file, so that it can go on after an interruption.
//
// A Fit that finds the file goes on from it, up to Config.Epochs in total, and ends with the numbers of
// a training that was never interrupted: the same weights, and a History of all epochs. A training that was
// complete, or stopped by a callback, is just read back. To train anew, delete the file; to train a
// complete one for longer, raise Config.Epochs.
//
// The model, the data and the other settings that the numbers depend on must be those that the file was
// written with, which is checked. The learning rate and the callbacks may change; callbacks that are new
// begin anew.
type Checkpointing struct {
	Path  string // empty: nothing is kept. The folder must exist.
	Every int    // epochs from one save to the next; 0: 1. The last epoch is saved in any case. A save waits for the disk.
}

// Stateful is implemented by callbacks that remember something from epoch to epoch: it goes into
// checkpoints. SetState is called after Begin.
type Stateful interface {
	State() ([]byte, error)
	SetState([]byte) error
}

// trainingRecord is what a checkpoint knows of the Fit that wrote it.
type trainingRecord struct {
	Settings  trainingSettings `json:"settings"`
	Done      int              `json:"done"`    // epochs of this Fit
	Rate      number           `json:"rate"`    // set by a callback; NaN: the optimizer's own
	Stopped   *string          `json:"stopped"` // why a callback stopped it; null: none did
	Epochs    []epochRecord    `json:"history"`
	Readings  []ReadingColumn  `json:"readings,omitempty"` // of the array stepReadings
	Measured  []int            `json:"measured,omitempty"` // the steps of its rows
	Callbacks []callbackState  `json:"callbacks,omitempty"`
}

type callbackState struct {
	Type  string `json:"type"`
	State []byte `json:"state"`
}

type epochRecord struct {
	Number     int               `json:"number"`
	Loss       number            `json:"loss"`
	Rate       number            `json:"learning_rate"`
	Metrics    map[string]number `json:"metrics,omitempty"`
	Validation *resultRecord     `json:"validation,omitempty"`
	Duration   time.Duration     `json:"nanoseconds"`
}

type resultRecord struct {
	Loss    number            `json:"loss"`
	Metrics map[string]number `json:"metrics,omitempty"`
}
