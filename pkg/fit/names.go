package fit

import (
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
	names := append([]string{"loss"}, r.Model.metricNames()...)
	if r.validated {
		for _, n := range slices.Clone(names) {
			names = append(names, "val_"+n)
		}
	}
	return names
}

// HigherIsBetter tells whether one of the [Run.Names] is best when it is large: what its metric says, see [loss.HigherIsBetter].
// Losses, and names that nothing has, are best when low.
func (r *Run) HigherIsBetter(name string) bool {
	for _, metric := range r.Model.options.Metrics {
		of, _, _ := strings.Cut(strings.TrimPrefix(name, "val_"), "[") // one of several values is as good as the others
		if h, ok := metric.(loss.HigherIsBetter); ok && (metric.String() == strings.TrimPrefix(name, "val_") || metric.String() == of) {
			return h.HigherIsBetter()
		}
	}
	return false
}
