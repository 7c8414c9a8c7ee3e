package callback

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/fit"
)

// Mode says which values of a monitored number are good.
type Mode int

// The modes. Auto asks the metric, see [loss.HigherIsBetter]; losses are best when low.
const (
	Auto Mode = iota
	Lowest
	Highest
)

// monitor watches one number of each epoch.
type monitor struct {
	name    string
	highest bool
}

// newMonitor finds the number that a callback was told to watch, by default the validation loss, or the
// loss where there is no validation data.
func newMonitor(r *fit.Run, name string, mode Mode) (monitor, error) {
	names := r.Names()
	if name == "" {
		name = "loss"
		if r.Validated() {
			name = "val_loss"
		}
	}
	if !slices.Contains(names, name) {
		return monitor{}, fmt.Errorf("there is nothing named %q to monitor; this training has %s", name, strings.Join(names, ", "))
	}
	if mode < Auto || mode > Highest {
		return monitor{}, fmt.Errorf("mode %d is none of callback.Auto, callback.Lowest and callback.Highest", mode)
	}
	highest := mode == Highest || mode == Auto && r.HigherIsBetter(name)
	return monitor{name: name, highest: highest}, nil
}

// last is the watched number of the epoch that has just ended.
func (m monitor) last(r *fit.Run) float64 {
	v, _ := r.History.Epochs[len(r.History.Epochs)-1].Value(m.name)
	return v
}

// better tells whether v is better than best by more than delta. NaN is never better, and anything
// else is better than NaN.
func (m monitor) better(v, best, delta float64) bool {
	switch {
	case v != v:
		return false
	case best != best:
		return true
	case m.highest:
		return v > best+delta
	default:
		return v < best-delta
	}
}
