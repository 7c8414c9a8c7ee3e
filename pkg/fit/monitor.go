package fit

import (
	"fmt"
	"slices"
	"strings"

	"example.com/unstuck/pkg/loss"
)

// Value returns one of the epoch's numbers by Keras' name: "loss", "val_loss", a metric's name, or that
// with "val_" before it; false when the epoch has no such number.
func (e Epoch) Value(name string) (float64, bool) {
	if name == "loss" {
		return e.Loss, true
	}
	if v, ok := e.Metrics[name]; ok {
		return v, true
	}
	name, validation := strings.CutPrefix(name, "val_")
	if !validation || e.Validation == nil {
		return 0, false
	}
	if name == "loss" {
		return e.Validation.Loss, true
	}
	v, ok := e.Validation.Metrics[name]
	return v, ok
}

// Names are the names that [Epoch.Value] knows in this training: the loss and the metrics, then those of
// the validation data, if there is any.
func (r *Run) Names() []string {
	names := []string{"loss"}
	for _, m := range r.Model.options.Metrics {
		names = append(names, m.String())
	}
	if r.validated {
		for _, n := range slices.Clone(names) {
			names = append(names, "val_"+n)
		}
	}
	return names
}

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
func newMonitor(r *Run, name string, mode Mode) (monitor, error) {
	names := r.Names()
	if name == "" {
		name = "loss"
		if r.validated {
			name = "val_loss"
		}
	}
	if !slices.Contains(names, name) {
		return monitor{}, fmt.Errorf("there is nothing named %q to monitor; this training has %s", name, strings.Join(names, ", "))
	}
	if mode < Auto || mode > Highest {
		return monitor{}, fmt.Errorf("mode %d is none of fit.Auto, fit.Lowest and fit.Highest", mode)
	}
	m := monitor{name: name, highest: mode == Highest}
	if mode == Auto {
		for _, metric := range r.Model.options.Metrics {
			if h, ok := metric.(loss.HigherIsBetter); ok && metric.String() == strings.TrimPrefix(name, "val_") {
				m.highest = h.HigherIsBetter()
			}
		}
	}
	return m, nil
}

// last is the watched number of the epoch that has just ended.
func (m monitor) last(r *Run) float64 {
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
