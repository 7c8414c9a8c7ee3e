package fit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"time"

	"example.com/unstuck/pkg/dataset"
)

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
	Every int    // epochs from one save to the next; 0: 1. The last epoch is saved in any case.
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

// trainingSettings are what a training must share with the one it continues.
type trainingSettings struct {
	Seed       int64  `json:"seed"`
	Rows       int    `json:"rows"`
	BatchSize  int    `json:"batch_size"`
	KeepOrder  bool   `json:"keep_order"`
	Data       uint32 `json:"data"`       // CRC-32C of all values
	Validation uint32 `json:"validation"` // the same
	Model      string `json:"model"`      // hash of its description; empty: it has functions, which nobody can compare
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

// describe reads the data once.
func (t *training) describe() trainingSettings {
	s := trainingSettings{
		Seed: t.m.options.Seed, Rows: t.rows, BatchSize: t.config.BatchSize, KeepOrder: t.config.KeepOrder,
		Data: checksum(t.data), Validation: checksum(t.config.Validation),
	}
	if t.m.description != "" {
		sum := sha256.Sum256([]byte(t.m.description))
		s.Model = hex.EncodeToString(sum[:8])
	}
	return s
}

// differ names the first difference to the settings of a file.
func (s trainingSettings) differ(file trainingSettings) error {
	for _, c := range []struct {
		what       string
		now, saved any
	}{
		{"the seed", s.Seed, file.Seed},
		{"the number of rows", s.Rows, file.Rows},
		{"the batch size", s.BatchSize, file.BatchSize},
		{"KeepOrder", s.KeepOrder, file.KeepOrder},
		{"the checksum of the data", s.Data, file.Data},
		{"the checksum of the validation data", s.Validation, file.Validation},
		{"the model, its loss, metrics or optimizer (as a hash)", s.Model, file.Model},
	} {
		if c.now != c.saved {
			return fmt.Errorf("%s differs: %v now, %v there; delete the file to train anew", c.what, c.now, c.saved)
		}
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(d dataset.Data) uint32 {
	sum := uint32(0)
	buffer := make([]byte, 0, 1<<16)
	for _, values := range [][]float32{d.X.Values, d.Y.Values, d.SampleWeight} {
		for len(values) > 0 {
			n := min(len(values), cap(buffer)/4)
			buffer, _ = binary.Append(buffer[:0], binary.LittleEndian, values[:n]) // float32s always fit
			sum = crc32.Update(sum, castagnoli, buffer)
			values = values[n:]
		}
	}
	return sum
}

// resume goes back to where the checkpoint file, if there is one, was written. The rest is done by goOn,
// when the callbacks have begun.
func (t *training) resume() (*trainingRecord, error) {
	path := t.config.Checkpoint.Path
	if path == "" {
		return nil, nil
	}
	t.settings = t.describe()
	if err := removeLeftovers(path); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := openCheckpoint(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = t.takeUp(c)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint %s: %w", path, err)
	}
	return c.Training, nil
}

func (t *training) takeUp(c *checkpoint) error {
	saved := c.Training
	if saved == nil {
		return errors.New("it was written by Save, not by a training: Restore it, and train with another path")
	}
	if err := t.settings.differ(saved.Settings); err != nil {
		return err
	}
	if saved.Done != len(saved.Epochs) {
		return fmt.Errorf("it counts %d epochs and describes %d: it is damaged", saved.Done, len(saved.Epochs))
	}
	history, err := c.history()
	if err != nil {
		return err
	}
	if err := t.m.apply(c); err != nil {
		return err
	}
	*t.history = history
	t.view.Epoch = saved.Done
	return nil
}

// goOn gives the callbacks their memory back. It returns a [Stop] when the training had been stopped.
func (t *training) goOn(saved *trainingRecord) error {
	if saved == nil {
		return nil
	}
	t.rate = float64(saved.Rate)
	states := map[string][][]byte{}
	for _, s := range saved.Callbacks {
		states[s.Type] = append(states[s.Type], s.State)
	}
	for _, c := range t.config.Callbacks {
		name := fmt.Sprintf("%T", c)
		s, ok := c.(Stateful)
		if !ok || len(states[name]) == 0 {
			continue
		}
		if err := s.SetState(states[name][0]); err != nil {
			return fmt.Errorf("checkpoint %s: the state of %s: %w", t.config.Checkpoint.Path, name, err)
		}
		states[name] = states[name][1:]
	}
	if saved.Stopped != nil {
		return stopReason(*saved.Stopped)
	}
	return nil
}

// stopReason is a [Stop] read from a file.
type stopReason string

func (r stopReason) Error() string { return string(r) }

// Is makes it a [Stop].
func (r stopReason) Is(target error) bool { return target == Stop }

// keep writes the checkpoint after an epoch, when it is due, and returns end, the callbacks' verdict on
// the epoch, or its own error.
func (t *training) keep(end error) error {
	stopped := errors.Is(end, Stop)
	if t.config.Checkpoint.Path == "" || end != nil && !stopped {
		return end
	}
	every := max(1, t.config.Checkpoint.Every)
	if t.view.Epoch%every != 0 && t.view.Epoch < t.config.Epochs && !stopped {
		return nil
	}
	c, err := t.checkpoint(end)
	if err == nil {
		err = writeAtomically(t.config.Checkpoint.Path, c.write)
	}
	if err != nil {
		return fmt.Errorf("saving the checkpoint: %w", err)
	}
	return end
}

func (t *training) checkpoint(end error) (*checkpoint, error) {
	c, err := t.m.checkpoint()
	if err != nil {
		return nil, err
	}
	c.Training = &trainingRecord{
		Settings: t.settings,
		Done:     t.view.Epoch,
		Rate:     number(t.rate),
		Epochs:   recordOf(t.history.Epochs),
	}
	if end != nil {
		reason := end.Error()
		c.Training.Stopped = &reason
	}
	for _, callback := range t.config.Callbacks {
		if s, ok := callback.(Stateful); ok {
			state, err := s.State()
			if err != nil {
				return nil, err
			}
			c.Training.Callbacks = append(c.Training.Callbacks, callbackState{Type: fmt.Sprintf("%T", callback), State: state})
		}
	}
	return c, c.addHistory(t.history)
}
