package curve

import (
	"fmt"
	"strings"
)

// stuckAmong says which of the training's losses that aren't described never moved, in one line: those of single outputs, which a
// sum that falls hides.
func stuckAmong(rest []Series) []string {
	var flat []string
	for _, s := range rest {
		if roleOf(s.called()) != trainingLoss {
			continue
		}
		if c := ShapeOf(s); c.Shape == Flat && (c.Start != 0 || c.End != 0) { // 0 all along is one that is met, or not in use
			flat = append(flat, fmt.Sprintf("%s (%s at the start, %s at the end)", s.Name, number(s.numbers().Values[0]), number(c.End)))
		}
	}
	switch {
	case len(flat) == 0:
		return nil
	case len(flat) > 12:
		flat = append(flat[:12:12], "…")
	}
	return []string{"Flat from the start among the other losses, whatever their sum does: " + strings.Join(flat, ", ")}
}
