package fit

import (
	"errors"
	"fmt"
	"os"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/internal/jsonnumber"
	"example.com/unstuck/pkg/fit/checkpoint"
)

// resume goes back to where the checkpoint file, if there is one, was written. The rest is done by goOn,
// when the callbacks have begun.
func (t *trainer) resume() (*checkpoint.Training, error) {
	path := t.config.Checkpoint.Path
	if path == "" {
		return nil, nil
	}
	t.settings = t.describe()
	if err := atomicfile.RemoveLeftovers(path); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := checkpoint.Open(path)
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

func (t *trainer) takeUp(c *checkpoint.File) error {
	saved := c.Training
	if saved == nil {
		return errors.New("it was written by Save, not by a training: Restore it, and train with another path")
	}
	if err := t.settings.Differ(saved.Settings); err != nil {
		return err
	}
	if saved.Done != len(saved.Epochs) {
		return fmt.Errorf("it counts %d epochs and describes %d: it is damaged", saved.Done, len(saved.Epochs))
	}
	history, err := historyOf(c)
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
func (t *trainer) goOn(saved *checkpoint.Training) error {
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
func (t *trainer) keep(end error) error {
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
		err = c.Save(t.config.Checkpoint.Path)
	}
	if err != nil {
		return fmt.Errorf("saving the checkpoint: %w", err)
	}
	return end
}

func (t *trainer) checkpoint(end error) (*checkpoint.File, error) {
	c, err := t.m.checkpoint()
	if err != nil {
		return nil, err
	}
	c.Training = &checkpoint.Training{
		Settings: t.settings,
		Done:     t.view.Epoch,
		Rate:     jsonnumber.Float64(t.rate),
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
			c.Training.Callbacks = append(c.Training.Callbacks, checkpoint.Callback{Type: fmt.Sprintf("%T", callback), State: state})
		}
	}
	return c, addHistory(c, t.history)
}
