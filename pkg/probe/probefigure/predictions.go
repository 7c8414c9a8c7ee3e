package probefigure

import (
	"context"
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
)

// mostTargets is how many targets get a panel.
const mostTargets = 6

// Predictions shows what the model predicts of d beside d's targets: a [figure.Predictions], or for several targets a grid of one each, of
// the first six. Targets have the names of d.Targets.
//
// Errors: data that don't fit the model, targets of another shape than its outputs, ctx's error.
func Predictions(ctx context.Context, m *fit.Model, d dataset.Data) (figure.Figure, error) {
	if err := d.ValidateShapes(); err != nil {
		return nil, fmt.Errorf("probefigure: %w", err)
	}
	y, err := predict(ctx, m, d.Inputs()...)
	if err != nil {
		return nil, err
	}
	targets := d.Y.RowSize()
	if y.RowSize() != targets {
		return nil, fmt.Errorf("probefigure: targets of shape %v for outputs of %v: they must be alike", d.Y.Shape, y.Shape)
	}
	var panels []figure.Predictions
	for k := range min(targets, mostTargets) {
		p := figure.Predictions{}
		if k < len(d.Targets) {
			p.Name = d.Targets[k]
		} else if targets > 1 {
			p.Name = fmt.Sprintf("target %d", k)
		}
		for i := range y.Rows() {
			p.Targets, p.Values = append(p.Targets, float64(d.Y.Row(i)[k])), append(p.Values, float64(y.Row(i)[k]))
		}
		panels = append(panels, p)
	}
	if targets == 1 {
		return panels[0], nil
	}
	g := figure.Grid{Title: "Predictions beside the targets", Columns: 2}
	if targets > mostTargets {
		g.Subtitle = fmt.Sprintf("The first %d of %d targets", mostTargets, targets)
	}
	for _, p := range panels {
		p.Title = p.Name
		g.Panels = append(g.Panels, p)
	}
	return g, nil
}
