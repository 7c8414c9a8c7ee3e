package callback

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/fit"
)

// BestCheckpoint saves the model (see [fit.Model.Save]) after each epoch that is better than all before it:
// Keras' ModelCheckpoint with save_best_only. NaN is never the best. [fit.Model.Restore] reads it back.
type BestCheckpoint struct {
	Path    string // the file, written anew each time
	Monitor string // as in [fit.Epoch.Value]; empty: "val_loss", or "loss" without validation data
	Mode    Mode   // Auto: what the metric says

	monitor monitor
	best    jsonnumber.Float64
}

// Begin implements [fit.Beginner]. Errors: no path, nothing of that name to monitor.
func (b *BestCheckpoint) Begin(r *fit.Run) (err error) {
	if b.Path == "" {
		return errors.New("BestCheckpoint: there is no Path")
	}
	if err := atomicfile.RemoveLeftovers(b.Path); err != nil {
		return fmt.Errorf("BestCheckpoint: %w", err)
	}
	if b.monitor, err = newMonitor(r, b.Monitor, b.Mode); err != nil {
		return fmt.Errorf("BestCheckpoint: %w", err)
	}
	b.best = jsonnumber.Float64(math.NaN())
	return nil
}

// EpochEnd implements [fit.EpochEnder].
func (b *BestCheckpoint) EpochEnd(r *fit.Run) error {
	v := b.monitor.last(r)
	if !b.monitor.better(v, float64(b.best), 0) {
		return nil
	}
	if err := r.Model.Save(b.Path); err != nil {
		return fmt.Errorf("BestCheckpoint: %w", err)
	}
	b.best = jsonnumber.Float64(v)
	return nil
}

// State implements [fit.Stateful].
func (b *BestCheckpoint) State() ([]byte, error) { return json.Marshal(b.best) }

// SetState implements [fit.Stateful].
func (b *BestCheckpoint) SetState(state []byte) error { return json.Unmarshal(state, &b.best) }
