package doctor

import (
	"fmt"
	"strings"

	"example.com/unstuck/pkg/fit"
)

// symmetricInitialization suspects units that start alike.
var symmetricInitialization = &Rule{
	Cause:    SymmetricInitialization,
	Doc:      "The units of a layer start with equal weights, get equal gradients, and remain one unit forever.",
	Source:   "Goodfellow et al., Deep Learning, 8.4: initial parameters need to break symmetry",
	Requires: all(unusualInitials, symmetricUnits),
	Suspect: func(p *Patient) *Suspicion {
		names := unusualInitials.of(p)
		if len(names) == 0 {
			return nil
		}
		layer := symmetricUnits.of(p)
		if layer == "" {
			return nil
		}
		from := ""
		if len(p.Training.Weights) == 0 { // else the report's second line says so
			from = " (" + strings.Join(names, ", ") + ")"
		}
		return &Suspicion{
			Strength: Strong,
			Symptoms: []Symptom{{Gauge: "different units in a layer at the start", Got: 1, Limit: "all",
				Text: fmt.Sprintf("all units of %s start with the same weights%s", p.Training.LayerName(strings.TrimPrefix(layer, "/")), from)}},
			Treatments: freshStarts(p.Training),
		}
	},
}

var symmetricUnits = measure("a layer whose units start alike", FromRun, func(p *Patient) string {
	return symmetricLayer(p.Before.before, endsOf(p.Training.Model))
})

// symmetricLayer is the first layer whose units all start alike: equal columns in its kernel and equal
// biases. Such units get the same gradient and stay alike for ever, but for those that make the model's outputs: each of them has
// targets of its own. Empty: there is none.
func symmetricLayer(weights []fit.Weight, ends map[string]bool) string {
	for i, w := range weights {
		layer, name := splitPath(w.Path)
		if name != "kernel" || ends[strings.Trim(layer, "/")] || len(w.Shape) != 2 || w.Shape[1] < 2 || !w.Trainable || !equalColumns(w.Shape[1], w.Values) {
			continue
		}
		alike := true
		for _, b := range weights[i:] {
			if l, n := splitPath(b.Path); l == layer && n == "bias" {
				alike = equalColumns(len(b.Values), b.Values)
			}
		}
		if alike {
			return layer
		}
	}
	return ""
}

func equalColumns(columns int, values []float32) bool {
	for i, v := range values {
		if v != values[i-i%columns] {
			return false
		}
	}
	return true
}

func splitPath(path string) (layer, name string) {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[:i], path[i+1:]
		}
	}
	return "", path
}
