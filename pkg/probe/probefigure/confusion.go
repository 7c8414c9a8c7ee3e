package probefigure

import (
	"context"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
)

// Confusion counts which class of d the model takes for which. Outputs are [rows, classes], or [rows, 1] for two; predictions that are
// NaN are counted apart.
//
// Errors: data that don't fit the model, targets that are no classes, outputs beyond 0 to 1 without Logits, ctx's error.
func Confusion(ctx context.Context, m *fit.Model, d dataset.Data, c Classes) (figure.Confusion, error) {
	a, err := c.answers(ctx, m, d)
	if err != nil {
		return figure.Confusion{}, err
	}
	f := figure.Confusion{Classes: c.all(a.classes), Counts: make([][]int, a.classes)}
	for i := range f.Counts {
		f.Counts[i] = make([]int, a.classes)
	}
	for i, target := range a.targets {
		if a.said[i] < 0 {
			f.Unread++
			continue
		}
		f.Counts[target][a.said[i]]++
	}
	return f, nil
}
